"""What a list says of our containers goes into their records, once it is judged: only of who is surely the same."""

from __future__ import annotations

from proximity_tui.core.doctrine.observation import judge
from proximity_tui.core.engine.observe.list_recorder import ListRecorder
from proximity_tui.core.engine.observe.poller import Poller
from proximity_tui.core.model import Presence, State, Status
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import events
from proximity_tui.core.store.records import records
from proximity_tui.core.store.records.known import KnownRecords
from proximity_tui.simulator import Simulator
from tests.core.store.making import raw
from tests.support.actions.drifting import LeapingClock, clock, house_clock, time_passes
from tests.support.house import House, gateway_to
from tests.support.servers.databases import both_databases
from tests.support.timing.lived import after_living
from tests.support.timing.meddling import asked, when

__all__ = ["clock", "house_clock"]


@both_databases
def test_a_miss_is_only_unknown_and_nothing_else_changes(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    simulator.world.destroy_outside(101)
    head = events.head()
    house.poller()
    now = house.again(ours)
    assert (now.presence, now.status, now.state) == (Presence.UNKNOWN, ours.status, ours.state)
    assert now.presence_reason == "not in the list of lab"
    assert events.head() == head


def test_an_odd_row_is_followed_only_after_its_fingerprint_was_read(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    simulator.world.set_config(101, hostname="web-blue")
    simulator.world.broadcast()
    fault = simulator.faults.answer(596, "Connection timed out", "/lxc/101/")
    house.poller()
    assert house.again(ours).name == "web-1"
    simulator.faults.remove(fault)
    house.poller()
    assert house.again(ours).name == "web-blue"


def test_a_row_that_is_being_restored_over_stays_odd_until_it_is_settled(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    simulator.world.recreate_outside(101, hostname="intruder")
    simulator.world.set_lock(101, "create")
    simulator.world.broadcast()
    house.poller()
    assert house.again(ours).name == "web-1"
    simulator.world.set_lock(101, None)
    simulator.world.broadcast()
    house.poller()
    assert house.again(ours).presence is Presence.REPLACED


def test_the_state_follows_what_is_seen_and_an_error_stays(
    house: House, simulator: Simulator, clock: LeapingClock
) -> None:
    ours, given_up = house.adopted(101), house.adopted(102)
    records.transition(given_up, State.ERROR, actor="anna@jump1", action=EventAction.OBSERVE, message="given up")
    for vmid in (101, 102):
        simulator.world.set_status(vmid, "stopped")
    time_passes(house, clock)
    house.poller()
    assert (house.again(ours).state, house.again(given_up).state) == (State.STOPPED, State.ERROR)
    assert house.said(ours)[-1] == f"observe: {ours.label} is stopped"


def test_a_state_that_could_not_be_written_follows_with_the_next_list(
    house: House, simulator: Simulator, clock: LeapingClock
) -> None:
    ours = house.adopted(101)
    poller = Poller(house.clients["lab"], 60.0, house.clock)
    simulator.world.set_status(101, "stopped")
    time_passes(house, clock)
    raw("CREATE TRIGGER full BEFORE UPDATE OF state ON container BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
    for _ in range(3):
        assert poller.poll_once().store_error
        assert (house.again(ours).status, house.again(ours).state) == (Status.STOPPED, State.RUNNING)
    raw("DROP TRIGGER full")
    assert poller.poll_once().store_error is None
    assert house.again(ours).state is State.STOPPED


def test_a_state_is_not_taken_over_where_another_process_saw_a_later_list_meanwhile(
    house: House, simulator: Simulator
) -> None:
    """While this one reads the config of another container the guest is started, and somebody else sees that."""
    ours, other = house.adopted(101), house.adopted(102)
    simulator.world.set_status(101, "stopped")
    simulator.world.set_config(102, hostname="web-blue")

    def seen_by_another_process() -> None:
        simulator.world.set_status(101, "running")
        simulator.world.broadcast()
        client = gateway_to(simulator, "lab", house.clock)
        ListRecorder(client, house.clock, KnownRecords()).record(client.inventory())

    when(simulator, asked("GET", "/lxc/102/config"), seen_by_another_process)
    with after_living(judge.LIST_AGE):
        simulator.world.broadcast()
        house.poller()
    assert house.again(other).name == "web-blue"
    now = house.again(ours)
    assert (now.status, now.state) == (Status.RUNNING, State.RUNNING)
    assert not any(line.startswith("observe:") for line in house.said(ours)), "what is older than what is known"


def test_whom_the_list_misses_or_shows_as_another_is_for_the_reconciler(
    house: House, simulator: Simulator, clock: LeapingClock
) -> None:
    _, missed, replaced, _ = (house.adopted(vmid) for vmid in (101, 102, 103, 104))
    simulator.world.set_config(104, hostname="renamed")
    simulator.faults.answer(596, "Connection timed out", "/lxc/104/")
    simulator.world.destroy_outside(102)
    simulator.world.recreate_outside(103, hostname="intruder")
    time_passes(house, clock)
    recorder = ListRecorder(house.clients["lab"], house.clock, KnownRecords())
    inventory = house.clients["lab"].inventory()
    recorder.record(inventory)
    assert recorder.to_reconcile(inventory) == {missed.id, replaced.id}


def test_another_guest_is_for_the_reconciler_until_it_has_told_of_it_and_when_its_row_changes(
    house: House, simulator: Simulator, clock: LeapingClock
) -> None:
    """What stays as it is asks for no run after another: each would find the same."""
    ours = house.adopted(103)
    simulator.world.recreate_outside(103, hostname="intruder")
    time_passes(house, clock)
    recorder = ListRecorder(house.clients["lab"], house.clock, KnownRecords())

    def wanted() -> frozenset[int]:
        inventory = house.clients["lab"].inventory()
        recorder.record(inventory)
        return recorder.to_reconcile(inventory)

    assert wanted() == {ours.id}
    assert wanted() == {ours.id}, "nobody was told yet"
    house.reconcile()
    assert house.again(ours).presence is Presence.REPLACED
    assert [wanted(), wanted()] == [frozenset(), frozenset()]
    simulator.world.set_config(103, hostname="another")
    simulator.world.broadcast()
    assert [wanted(), wanted()] == [{ours.id}, frozenset()]
