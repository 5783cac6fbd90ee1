"""Snapshots through the real parts: taken, deleted and rolled back once, proved, and never on a stranger's VMID."""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.operations.outcome import Done, Failed, Outcome, Refused
from proximity_tui.core.model import Action, Container, Plan, Presence, Refusal, State
from proximity_tui.core.model.actions.snapshot_options import RollbackOptions, SnapshotOptions
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import clinical_records
from proximity_tui.core.store.revisions import drifts
from proximity_tui.simulator import Simulator
from tests.support.databases import both_databases
from tests.support.every_action import EVERY_ACTION
from tests.support.house import House
from tests.support.meddling import Killed, doomed
from tests.support.waiting import until

BASE = SnapshotOptions("base", "before the upgrade")


def taking(house: House, container: Container) -> Plan:
    plan = house.engine.plan_snapshot(container, BASE)
    assert isinstance(plan, Plan), plan
    return plan


def take(house: House, container: Container) -> Outcome:
    return house.engine.carry_out(taking(house, container), container)


def rolling_back(house: House, container: Container, **how: bool) -> Plan:
    plan = house.engine.plan_rollback_snapshot(container, RollbackOptions("base", **how))
    assert isinstance(plan, Plan), plan
    return plan


def rolled_back(simulator: Simulator) -> bool:
    """Whether Proxmox is done with it: the lock of a roll back is gone, and the config is that of the snapshot."""
    conf = simulator.world.container(101).conf  # type: ignore[union-attr]
    return conf.get("parent") == "base" and "lock" not in conf


def sent(simulator: Simulator) -> list[str]:
    return [f"{entry.method} {entry.path.partition('/lxc/')[2]}" for entry in simulator.journal.writes()]


@both_databases
def test_an_adopted_container_is_snapshotted_rolled_back_and_freed_of_its_snapshot(
    house: House, simulator: Simulator
) -> None:
    adopted = house.adopt(101)
    simulator.journal.clear()
    assert isinstance(take(house, adopted), Done)
    assert simulator.world.container(101).snapshots == ("base",)  # type: ignore[union-attr]
    simulator.world.set_config(101, memory=1024, onboot=0)
    adopted = house.again(adopted)
    plan = rolling_back(house, adopted, start=True)
    assert any("memory 1024 → 2048; onboot 0 → 1" in one for one in plan.warnings)

    result = house.engine.carry_out(plan, adopted)

    assert isinstance(result, Done), result
    after = house.again(adopted)
    assert (after.state, after.name, after.operation) == (State.RUNNING, "web-1", None)
    last = clinical_records.latest(adopted.id)
    assert last is not None
    assert (last.reason, last.record.config and last.record.config["memory"]) == ("rolled back to base", 2048)
    assert drifts.Drifts().known()[adopted.id].changed == frozenset()
    assert house.reconcile().orphans_found == 0
    gone = house.engine.plan_delete_snapshot(after, BASE)
    assert isinstance(gone, Plan), gone
    assert house.engine.carry_out(gone, after).success
    assert simulator.world.container(101).snapshots == ()  # type: ignore[union-attr]
    assert sent(simulator) == [
        "POST 101/snapshot",
        "POST 101/snapshot/base/rollback",
        "POST 101/status/start",
        "DELETE 101/snapshot/base",
    ]
    assert events.verify().whole


def test_new_network_cards_that_a_roll_back_brings_are_no_stranger(house: House, simulator: Simulator) -> None:
    adopted = house.adopt(101)
    before = adopted.fingerprint
    simulator.world.add_snapshot(101, "base", ago=60.0)
    with simulator.world.entered() as cluster:
        kept = cluster.guests[101].snapshots["base"].conf
        kept["net0"] = str(kept["net0"]).replace("BC:24:11", "AA:BB:CC")
    adopted = house.again(adopted)

    result = house.engine.carry_out(rolling_back(house, adopted), adopted)

    assert isinstance(result, Done), result
    after = house.again(adopted)
    assert after.fingerprint != before
    assert (after.state, after.presence) == (State.STOPPED, "present")
    assert events.verify().whole
    assert house.power(after, Action.START).success


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
    adopted = house.adopt(101)
    simulator.world.set_config(101, mp0="/srv/data,mp=/data")
    refused = house.engine.plan_snapshot(adopted, BASE)
    assert isinstance(refused, Refusal)
    assert refused.code == "no_snapshots"
    assert "mp0 /srv/data" in refused.reason


def test_a_snapshot_whose_name_no_snapshot_can_have_is_refused(house: House, simulator: Simulator) -> None:
    adopted = house.adopt(101)
    simulator.world.add_snapshot(101, "a")
    for refused in (
        house.engine.plan_rollback_snapshot(adopted, RollbackOptions("a")),
        house.engine.plan_delete_snapshot(adopted, SnapshotOptions("a")),
    ):
        assert isinstance(refused, Refusal)
        assert refused.code == "invalid"


def test_a_snapshot_that_somebody_takes_meanwhile_voids_the_plan(house: House, simulator: Simulator) -> None:
    adopted = house.adopt(101)
    simulator.world.add_snapshot(101, "base", ago=60.0)
    plan = rolling_back(house, adopted)
    simulator.world.add_snapshot(101, "later")
    result = house.engine.carry_out(plan, adopted)
    assert isinstance(result, Refused)
    assert result.refusal.code == "changed"


@pytest.mark.parametrize("told", ["can't rollback, more recent snapshots exist", "storage is busy"])
def test_a_roll_back_that_fails_says_why_and_leaves_what_is_observed(
    house: House, simulator: Simulator, told: str
) -> None:
    adopted = house.adopt(101)
    simulator.world.add_snapshot(101, "base", ago=60.0)
    simulator.world.fail_next_task("vzrollback", 101, told)
    plan = rolling_back(house, adopted)
    result = house.engine.carry_out(plan, adopted)
    assert isinstance(result, Failed)
    assert told in result.reason
    assert result.reason.endswith("CT 101 ran before and is stopped on pve1 now; `proximity-tui start web-1` starts it")
    guest = simulator.world.container(101)
    assert guest is not None
    assert house.again(adopted).state == guest.status


@pytest.mark.parametrize("path", ["/snapshot$", "/rollback$"])
def test_a_lost_answer_is_found_by_its_task_and_nothing_is_sent_twice(
    house: House, simulator: Simulator, path: str
) -> None:
    adopted = house.adopt(101)
    simulator.journal.clear()
    simulator.faults.lose_answer(path, method="POST")
    assert take(house, adopted).success
    adopted = house.again(adopted)
    assert house.engine.carry_out(rolling_back(house, adopted), adopted).success
    assert sent(simulator) == ["POST 101/snapshot", "POST 101/snapshot/base/rollback"]


def test_a_task_that_ended_well_is_believed_only_when_the_snapshot_is_listed(
    house: House, simulator: Simulator
) -> None:
    adopted = house.adopt(101)
    plan = taking(house, adopted)
    simulator.faults.rewrite(lambda rows: [row for row in rows if row["name"] != "base"], "/snapshot$")
    result = house.impatient(settle_timeout=0.0).carry_out(plan, adopted)
    assert isinstance(result, Failed)
    assert "is not listed" in result.reason
    assert house.again(adopted).state is State.RUNNING


@pytest.mark.parametrize(("note", "ours"), [("theirs", False), (BASE.note, True)])
def test_a_snapshot_that_somebody_else_took_after_our_process_died_is_not_told_as_ours(
    house: House, simulator: Simulator, note: str, ours: bool
) -> None:
    """With the note of ours nothing tells the two apart, and the container has what was asked for."""
    adopted = house.adopt(101)
    plan = taking(house, adopted)
    simulator.journal.clear()
    with pytest.raises(Killed):
        doomed(house, "take_snapshot", after=False).carry_out(plan, adopted)
    simulator.world.add_snapshot(101, "base", note)
    (left,) = house.engine.interrupted()
    resumed = house.engine.resume(left.id)
    assert resumed.success is ours, resumed
    if not ours:
        assert isinstance(resumed, Failed)
        assert "somebody else took a snapshot base of CT 101 meanwhile; ours was not taken" in resumed.reason
    assert sent(simulator) == []
    assert house.again(adopted).operation is None


def test_a_roll_back_that_nobody_finished_makes_no_other_guest_of_its_container(
    house: House, simulator: Simulator
) -> None:
    """The snapshot has another hardware address and name. Abandoned, the record follows what is there."""
    simulator.world.add_snapshot(101, "base", ago=60.0)
    card = str(simulator.world.container(101).conf["net0"])  # type: ignore[union-attr]
    address = card.partition("hwaddr=")[2][:17]
    simulator.world.set_config(101, net0=card.replace(address, "BC:24:11:AA:BB:CC"), hostname="renamed")
    adopted = house.adopt(101)
    with pytest.raises(Killed):
        doomed(house, "roll_back", after=True).carry_out(rolling_back(house, adopted), adopted)
    (left,) = house.engine.interrupted()
    until(lambda: rolled_back(simulator))

    house.reconcile_twice()
    seen = house.again(adopted)
    assert (seen.presence, seen.name, alerts.open_alerts()) == (Presence.PRESENT, "renamed", ())
    assert house.engine.abandon(left.id).success

    after = house.again(adopted)
    assert after.fingerprint is not None
    assert (after.presence, after.name, after.state) == (Presence.PRESENT, "web-1", State.STOPPED)
    assert after.fingerprint.hwaddrs == frozenset({address})
    assert any("it is what its rollback-snapshot makes of it" in one for one in house.said(after))
    house.reconcile_twice()
    again = house.again(adopted)
    assert (again.presence, again.name, again.state) == (Presence.PRESENT, "web-1", State.STOPPED)
    assert alerts.open_alerts() == ()


@pytest.mark.parametrize("name", ["snapshot", "delete-snapshot"])
def test_a_snapshot_of_a_container_that_moved_right_after_is_proved_where_it_is(
    house: House, simulator: Simulator, name: str
) -> None:
    action = next(one for one in EVERY_ACTION if one.name == name)
    ready = action.prepare(house)
    with simulator.world.entered() as cluster:
        finish = cluster.tasks._finish

        def moving(task, status):  # type: ignore[no-untyped-def]
            finish(task, status)
            if task.type == action.task:
                cluster.guests[ready.at].node = "pve3"

        cluster.tasks._finish = moving  # type: ignore[method-assign]

    result = ready.execute(house.engine)

    assert isinstance(result, Done), result
    assert result.container is not None
    assert result.container.node == "pve3"
