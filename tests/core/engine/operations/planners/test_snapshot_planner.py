"""The plans about snapshots: of the very container, with a name that one can have, or a refusal."""

from __future__ import annotations

from proximity_tui.core.engine.operations.outcome import Refused
from proximity_tui.core.model import Refusal
from proximity_tui.core.model.actions.plan_options import RollbackOptions, SnapshotOptions
from proximity_tui.simulator import Simulator
from tests.support.actions.snapshotting import BASE, rolling_back, sent
from tests.support.house import House


def test_a_stranger_s_vmid_is_neither_snapshotted_nor_rolled_back(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    vmid = native.vmid or 0
    simulator.world.add_snapshot(vmid, "base", ago=60.0)
    back = rolling_back(house, native)
    simulator.world.destroy_outside(vmid)
    simulator.world.recreate_outside(vmid)
    simulator.world.add_snapshot(vmid, "base", ago=30.0)
    simulator.journal.clear()

    for plan in (
        house.engine.plan_rollback_snapshot(native, RollbackOptions("base")),
        house.engine.plan_snapshot(native, BASE),
        house.engine.plan_delete_snapshot(native, BASE),
    ):
        assert isinstance(plan, Refusal)
        assert plan.code == "replaced"
    agreed = house.engine.carry_out(back, native)
    assert isinstance(agreed, Refused)
    assert agreed.refusal.code == "changed"
    assert sent(simulator) == []


def test_a_folder_of_the_node_that_is_mounted_takes_no_snapshot(house: House, simulator: Simulator) -> None:
    adopted = house.adopted(101)
    simulator.world.set_config(101, mp0="/srv/data,mp=/data")
    refused = house.engine.plan_snapshot(adopted, BASE)
    assert isinstance(refused, Refusal)
    assert refused.code == "no_snapshots"
    assert "mp0 /srv/data" in refused.reason


def test_a_snapshot_whose_name_no_snapshot_can_have_is_refused(house: House, simulator: Simulator) -> None:
    adopted = house.adopted(101)
    simulator.world.add_snapshot(101, "a")
    for refused in (
        house.engine.plan_rollback_snapshot(adopted, RollbackOptions("a")),
        house.engine.plan_delete_snapshot(adopted, SnapshotOptions("a")),
    ):
        assert isinstance(refused, Refusal)
        assert refused.code == "invalid"
