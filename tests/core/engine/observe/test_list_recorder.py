"""What a list says of our containers goes into their records, once it is judged: only of who is surely the same."""

from __future__ import annotations

from proximity_tui.core.model import Presence
from proximity_tui.core.store import events
from proximity_tui.simulator import Simulator
from tests.support.databases import both_databases
from tests.support.house import House


@both_databases
def test_a_miss_is_only_unknown_and_nothing_else_changes(house: House, simulator: Simulator) -> None:
    ours = house.adopt(101)
    simulator.world.destroy_outside(101)
    head = events.head()
    house.poller()
    now = house.again(ours)
    assert (now.presence, now.status, now.state) == (Presence.UNKNOWN, ours.status, ours.state)
    assert now.presence_reason == "not in the list of lab"
    assert events.head() == head


def test_an_odd_row_is_followed_only_after_its_fingerprint_was_read(house: House, simulator: Simulator) -> None:
    ours = house.adopt(101)
    simulator.world.set_config(101, hostname="web-blue")
    simulator.world.broadcast()
    fault = simulator.faults.answer(596, "Connection timed out", "/lxc/101/")
    house.poller()
    assert house.again(ours).name == "web-1"
    simulator.faults.remove(fault)
    house.poller()
    assert house.again(ours).name == "web-blue"


def test_a_row_that_is_being_restored_over_stays_odd_until_it_is_settled(house: House, simulator: Simulator) -> None:
    ours = house.adopt(101)
    simulator.world.recreate_outside(101, hostname="intruder")
    simulator.world.set_lock(101, "create")
    simulator.world.broadcast()
    house.poller()
    assert house.again(ours).name == "web-1"
    simulator.world.set_lock(101, None)
    simulator.world.broadcast()
    house.poller()
    assert house.again(ours).presence is Presence.REPLACED
