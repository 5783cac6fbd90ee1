"""A run judges what a list does not confirm, and writes of all others only that they were seen, in one row."""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.observe.poller import Poller
from proximity_tui.core.model import Container, Presence
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.core.store import database
from proximity_tui.core.store.records.known import KnownRecords
from proximity_tui.simulator import Simulator
from tests.core.store.making import drop_trigger, raw
from tests.support.house import AheadClock, House, gateway_to
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import asked, when


def writes(run: list[str]) -> list[str]:
    """The tables that were written for the records."""
    wanted = ("UPDATE container", 'UPDATE "container"', "INSERT INTO seen_list")
    return [sql.split(" (")[0].split(" SET")[0] for sql in run if sql.startswith(wanted)]


def seen_at(house: House, *ours: Container) -> set[object]:
    """When these containers were last seen, by their records."""
    return {house.again(one).observed_at for one in ours}


@both_databases
def test_a_quiet_fleet_is_seen_by_one_write_whether_its_records_are_known_or_not(house: House) -> None:
    ours = [house.adopted(vmid) for vmid in (101, 102, 103)]
    run: list[str] = []
    database.proxy.obj.query_hooks.append(lambda event: run.append(event.sql))
    known = KnownRecords()
    known.all()
    for memory in (None, known, known, None):
        before = seen_at(house, *ours)
        run.clear()
        report = house.reconcile(known=memory)
        assert (report.verdicts, report.as_recorded) == ((), {one.id for one in ours})
        assert report.total_apps == 3
        assert writes(run) == ["INSERT INTO seen_list"]
        assert len(seen_at(house, *ours)) == 1
        assert seen_at(house, *ours) != before


@both_databases
def test_only_what_differs_is_judged_and_written_by_itself(house: House, simulator: Simulator) -> None:
    ours, locked, gone = (house.adopted(vmid) for vmid in (101, 102, 103))
    simulator.world.set_lock(102, "backup")
    simulator.world.destroy_outside(103)
    simulator.world.broadcast()
    report = house.reconcile()
    assert report.as_recorded == {ours.id}
    assert [one.container.id for one in report.verdicts] == [locked.id, gone.id]
    assert (house.again(locked).lock, house.again(gone).presence) == ("backup", Presence.UNKNOWN)
    assert seen_at(house, ours) == seen_at(house, locked)
    assert house.again(gone).observed_at == gone.observed_at, "a list that misses it does not make it younger"


@both_databases
def test_what_was_changed_during_a_run_is_left_to_the_next(house: House, simulator: Simulator) -> None:
    ours, other = house.adopted(101), house.adopted(102)
    change = f"UPDATE container SET presence = 'replaced' WHERE id = {other.id}"
    when(simulator, asked("GET", "/cluster/status"), lambda: raw(change))
    assert house.reconcile().as_recorded == {ours.id, other.id}
    assert house.again(other).presence is Presence.REPLACED
    assert house.again(other).observed_at == other.observed_at
    assert house.again(ours).observed_at != ours.observed_at
    assert [one.container.id for one in house.reconcile().verdicts] == [other.id]


def test_records_whose_vmid_cannot_be_one_are_unknown_and_hold_up_nothing(house: House, simulator: Simulator) -> None:
    """Somebody changed five records by hand: more than the breaker lets vanish at once."""
    bent = [house.adopted(vmid) for vmid in (101, 102, 103, 104, 110)]
    gone = house.adopted(111)
    drop_trigger("container_identity", "container")
    for number, record in enumerate(bent):
        raw(f"UPDATE container SET vmid = {-number} WHERE id = {record.id}")
    simulator.world.destroy_outside(111)

    report = house.reconcile_twice()

    assert (report.outcome, report.undecided, report.errors) == (JobOutcome.PARTIAL, len(bent), ())
    assert house.again(gone).is_tombstone
    for number, record in enumerate(map(house.again, bent)):
        assert not record.is_tombstone
        assert record.presence is Presence.UNKNOWN
        assert f"{-number} is not a VMID, so nothing was sent to Proxmox" in str(record.presence_reason)


@both_databases
def test_where_nobody_knows_what_was_changed_each_is_written_by_itself(house: House, simulator: Simulator) -> None:
    ours = [house.adopted(vmid) for vmid in (101, 102)]
    when(simulator, asked("GET", "/cluster/status"), lambda: raw("DELETE FROM change"))
    run: list[str] = []
    database.proxy.obj.query_hooks.append(lambda event: run.append(event.sql))
    assert house.reconcile().as_recorded == {one.id for one in ours}
    assert "INSERT INTO seen_list" not in writes(run)
    assert len(seen_at(house, *ours)) == 1
    assert seen_at(house, *ours).isdisjoint(one.observed_at for one in ours)


@pytest.mark.parametrize("meanwhile", [False, True])
def test_a_poll_during_a_run_does_not_undo_what_the_run_read_of_a_config(
    house: House, simulator: Simulator, meanwhile: bool
) -> None:
    """Two processes: one polls, the other reconciles. The guest was made again with the same name, tags and node."""
    ours = house.adopted(101)
    simulator.world.recreate_outside(101, hostname=ours.name)
    simulator.world.set_status(101, ours.status.value)
    simulator.world.set_config(101, tags=";".join(ours.tags))
    simulator.world.set_lock(101, None)
    simulator.world.broadcast()
    if meanwhile:
        when(simulator, asked("GET", "/lxc/101/config"), house.poller)
    report = house.reconcile()
    assert [one.presence for one in report.verdicts] == [Presence.REPLACED]
    assert house.again(ours).presence is Presence.REPLACED
    house.poller()
    assert house.again(ours).presence is Presence.REPLACED


@pytest.mark.parametrize("meanwhile", [False, True])
def test_a_poll_during_a_run_does_not_undo_that_the_guest_is_still_ours(
    house: House, simulator: Simulator, meanwhile: bool
) -> None:
    ours = house.adopted(101)
    simulator.world.set_status(101, "stopped")
    simulator.world.broadcast()
    house.poller()
    known = house.again(ours).identity_seen_at
    if meanwhile:
        when(simulator, asked("GET", "/lxc/101/config"), house.poller)
    assert house.reconcile().verdicts
    now = house.again(ours).identity_seen_at
    assert known is not None
    assert now is not None
    assert now > known


@pytest.mark.parametrize("same", [False, True])
def test_a_config_is_judged_although_another_host_whose_clock_is_ahead_saw_the_guest_last(
    house: House, simulator: Simulator, same: bool
) -> None:
    ours = house.adopted(101)
    simulator.world.set_status(101, "stopped")
    if not same:
        simulator.world.recreate_outside(101, hostname=ours.name)
        simulator.world.set_config(101, tags=";".join(ours.tags))
        simulator.world.set_lock(101, None)
    simulator.world.broadcast()
    ahead = AheadClock()
    ahead.ahead = 20.0
    Poller(gateway_to(simulator, clock=ahead), 60.0, ahead).poll_once()
    seen = house.again(ours)
    house.reconcile()
    now = house.again(ours)
    assert now.presence is (Presence.PRESENT if same else Presence.REPLACED)
    assert now.observed_at == seen.observed_at, "our list is older by the time of the other host"
    assert seen.identity_seen_at is not None
    assert now.identity_seen_at is not None
    assert (now.identity_seen_at > seen.identity_seen_at) is same
