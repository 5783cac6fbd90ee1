"""A roll back: done once and proved, the record follows what is there, and never on a stranger's VMID."""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.operations.outcome import Done, Failed, Resumable
from proximity_tui.core.model import Action, Plan, Presence, State
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import clinical_records
from proximity_tui.core.store.revisions import drifts
from proximity_tui.simulator import Simulator
from tests.support.actions.snapshotting import BASE, rolling_back, sent, take
from tests.support.house import House
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import Killed, doomed, give_other_cards
from tests.support.timing.waiting import until


def rolled_back(simulator: Simulator, vmid: int = 101) -> bool:
    """Whether Proxmox is done with it: the lock of a roll back is gone, and the config is that of the snapshot."""
    conf = simulator.world.container(vmid).conf  # type: ignore[union-attr]
    return conf.get("parent") == "base" and "lock" not in conf


@both_databases
def test_an_adopted_container_is_snapshotted_rolled_back_and_freed_of_its_snapshot(
    house: House, simulator: Simulator
) -> None:
    adopted = house.adopted(101)
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
    adopted = house.adopted(101)
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


@pytest.mark.parametrize("told", ["can't rollback, more recent snapshots exist", "storage is busy"])
def test_a_roll_back_that_fails_says_why_and_leaves_what_is_observed(
    house: House, simulator: Simulator, told: str
) -> None:
    adopted = house.adopted(101)
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


def test_a_roll_back_that_nobody_finished_makes_no_other_guest_of_its_container(
    house: House, simulator: Simulator
) -> None:
    """The snapshot has another hardware address and name. Abandoned, the record follows what is there."""
    simulator.world.add_snapshot(101, "base", ago=60.0)
    card = str(simulator.world.container(101).conf["net0"])  # type: ignore[union-attr]
    address = card.partition("hwaddr=")[2][:17]
    simulator.world.set_config(101, net0=card.replace(address, "BC:24:11:AA:BB:CC"), hostname="renamed")
    adopted = house.adopted(101)
    with pytest.raises(Killed):
        doomed(house, "roll_back", after=True).carry_out(rolling_back(house, adopted), adopted)
    (left,) = house.engine.mark_interrupted()
    until(lambda: rolled_back(simulator))

    house.reconcile_twice()
    seen = house.again(adopted)
    assert (seen.presence, seen.name, alerts.open_alerts()) == (Presence.PRESENT, "renamed", ())
    assert house.engine.abandon(left.id).success

    after = house.again(adopted)
    assert after.fingerprint is not None
    assert (after.presence, after.name, after.state) == (Presence.PRESENT, "web-1", State.STOPPED)
    assert after.fingerprint.hwaddrs == frozenset({address})
    assert any("recorded after its rollback-snapshot" in one for one in house.said(after))
    house.reconcile_twice()
    again = house.again(adopted)
    assert (again.presence, again.name, again.state) == (Presence.PRESENT, "web-1", State.STOPPED)
    assert alerts.open_alerts() == ()


def test_law_3_after_a_roll_back_no_guest_is_started_that_is_only_perhaps_ours(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    vmid = native.vmid or 0
    simulator.world.add_snapshot(vmid, "base", ago=60.0)
    with pytest.raises(Killed):
        doomed(house, "start", after=False).carry_out(rolling_back(house, native, start=True), native)
    give_other_cards(simulator, vmid)
    simulator.journal.clear()
    (left,) = house.engine.mark_interrupted()

    result = house.engine.resume(left.id)

    assert isinstance(result, Failed), result
    assert "no hardware address agrees" in result.reason
    assert sent(simulator) == []


def test_law_3_a_doubtful_guest_after_a_roll_back_is_not_recorded_as_ours(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    vmid = native.vmid or 0
    simulator.world.add_snapshot(vmid, "base", ago=60.0)
    with pytest.raises(Killed):
        doomed(house, "roll_back", after=True).carry_out(rolling_back(house, native, start=True), native)
    until(lambda: rolled_back(simulator, vmid))
    give_other_cards(simulator, vmid)
    simulator.journal.clear()
    (left,) = house.engine.mark_interrupted()

    result = house.engine.resume(left.id)

    assert isinstance(result, Resumable), result
    assert f"CT {vmid} cannot be recognised: our marker is there, but no hardware address agrees" in result.reason
    assert house.again(native).fingerprint == native.fingerprint
    assert sent(simulator) == []
