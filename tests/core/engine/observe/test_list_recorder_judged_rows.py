"""A row that says what it said, of a record that is what it was, is not judged again, and means what it would mean."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.doctrine.observation.as_recorded import same_row, still_holds
from proximity_tui.core.doctrine.observation.match_row import follow
from proximity_tui.core.doctrine.reconciliation.run_at_once import wants_reconciler
from proximity_tui.core.engine.observe.poller import Poller
from proximity_tui.core.engine.observe.status_update import from_list
from proximity_tui.core.model import Presence, Status
from proximity_tui.core.model.guests.guest_list import GuestList
from proximity_tui.core.store import database
from proximity_tui.simulator import Simulator
from tests.core.store.making import raw
from tests.support.house import House
from tests.support.records.make import NOON, after, container, few_of, guest, inventory
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import held_by_another, impatient

SETTLED: dict[str, Any] = {
    "presence": Presence.PRESENT, "status": Status.RUNNING, "state_since": after(-7200), "observed_at": after(-10),
    "tags": (), "identity_seen_at": after(-20), "lock": None, "presence_reason": None,
}  # fmt: skip
USUAL: dict[str, Any] = {"status": Status.RUNNING, "lock": None, "name": "web1", "tags": (), "uptime": 100_000}
RECORDS = few_of(
    SETTLED,
    presence=tuple(Presence),
    status=tuple(Status),
    state_since=(after(-10), after(-1)),
    identity_seen_at=(None, NOON, after(-7200), after(5)),
    observed_at=(None, NOON, after(5)),
    missing_since=(after(-60),),
    half_destroyed_since=(after(-60),),
    identity_due_since=(after(-60),),
    lock=("backup", "destroyed"),
    presence_reason=("Proxmox has no current data about it", "hidden"),
)
ROWS = few_of(
    USUAL,
    status=tuple(Status),
    lock=("backup", "create", "destroyed"),
    name=("CT101", "other", None),
    tags=(("web",),),
    type=("qemu",),
    uptime=(None, 5),
    node=("pve2",),
)


@given(RECORDS, ROWS, st.booleans(), st.sampled_from([None, 0, 3, 10**6]), st.sampled_from([5, 60, 7200]))
def test_what_still_holds_is_what_a_later_list_would_say_but_for_the_time(
    record: dict[str, Any], row: dict[str, Any], unchanged: bool, uptime: int | None, seconds: int
) -> None:
    ours = container(**record)
    first, later = inventory(guest(**row)), after(seconds)
    seen = follow(ours, first, unchanged=unchanged)
    if not still_holds(seen, first):
        return
    again = inventory(replace(guest(**row), uptime=uptime, cpu=0.7), taken_at=later)
    assert same_row(again.guests[101], first.guests[101])
    assert from_list(follow(ours, again, unchanged=unchanged), later) == replace(
        from_list(seen, NOON), observed_at=later
    )
    assert not wants_reconciler(ours, again)


@both_databases
def test_a_settled_fleet_is_seen_again_by_one_write_and_anything_new_is_noticed(
    house: House, simulator: Simulator
) -> None:
    ours, other = house.adopted(101), house.adopted(102)
    raw("UPDATE container SET state_since = '2026-01-01T00:00:00.000000Z'")
    poller = Poller(house.clients["lab"], 60.0, house.clock)
    run: list[str] = []
    database.proxy.obj.query_hooks.append(lambda event: run.append(event.sql))
    for _ in range(3):
        run.clear()
        look = poller.poll_once()
        assert look.inventory is not None
        assert {house.again(one).observed_at for one in (ours, other)} == {look.inventory.taken_at}
    assert [sql.split(" (")[0] for sql in run if sql.startswith("INSERT")] == ["INSERT INTO seen_list"]
    assert not [sql for sql in run if sql.startswith("UPDATE container")]
    raw(f"UPDATE container SET status = 'unknown', presence_reason = 'by hand' WHERE id = {ours.id}")
    poller.poll_once()
    assert (house.again(ours).status, house.again(ours).presence_reason) == (ours.status, None)
    simulator.world.set_status(101, "stopped" if ours.status is Status.RUNNING else "running")
    simulator.world.broadcast()
    poller.poll_once()
    assert house.again(ours).status is not ours.status
    simulator.world.destroy_outside(102)
    assert poller.poll_once().inventory is not None
    assert house.again(other).presence is Presence.UNKNOWN


def test_no_guest_is_made_of_a_row_that_says_nothing_new(house: House, simulator: Simulator) -> None:
    house.adopted(101)
    ours = house.adopted(102)
    raw("UPDATE container SET state_since = '2026-01-01T00:00:00.000000Z'")
    simulator.world.set_config(102, hostname="renamed")
    simulator.world.broadcast()
    look = Poller(house.clients["lab"], 60.0, house.clock).poll_once()
    assert look.inventory is not None
    assert house.again(ours).name == "renamed"
    guests = look.inventory.guests
    assert isinstance(guests, GuestList)
    assert [vmid for vmid, row in guests.rows.items() if "guest" in vars(row)] == [102]


@both_databases
def test_a_list_that_is_not_written_down_settles_nothing(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    raw("UPDATE container SET state_since = '2026-01-01T00:00:00.000000Z'")
    with impatient(house.database):
        poller = Poller(house.clients["lab"], 60.0, house.clock)
        poller.subscribe(lambda _: None)
        with held_by_another(house.database):
            assert poller.poll_once().store_error
        seen = house.again(ours).observed_at
        simulator.world.destroy_outside(101)
        look = poller.poll_once()
        now = house.again(ours)
    assert (look.store_error, look.to_reconcile) == (None, {ours.id})
    assert (now.presence, now.observed_at) == (Presence.UNKNOWN, seen)
