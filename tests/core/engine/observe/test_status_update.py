"""What is written down of an inventory: no older status, and no absence of a guest that is listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.doctrine.observation.match_row import follow
from proximity_tui.core.engine.observe.poller import Poller
from proximity_tui.core.engine.observe.status_update import from_list
from proximity_tui.core.model import Action, Guest, Inventory, State, Status
from proximity_tui.core.store import events
from proximity_tui.core.store.records import records
from proximity_tui.simulator import ManualClock, Simulator
from tests.support.house import House
from tests.support.records.make import after, container, guest, inventory


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The demo cluster, whose broadcast every test makes old by itself."""
    with Simulator("demo", clock=ManualClock(), task_seconds=0.0) as simulator:
        yield House({"lab": simulator}, tmp_path)
        store.close_store()


def test_looks_right_after_an_operation_do_not_undo_what_it_observed(house: House) -> None:
    web = house.adopted(101)
    poller = Poller(house.clients["lab"], 10.0, SystemClock())
    poller.poll_once()
    assert house.power(web, Action.STOP).success
    for _ in range(3):
        poller.poll_once()
        assert house.again(web).state is State.STOPPED
        assert house.again(web).status is Status.STOPPED
    told = [event.message for event in events.list_events(container=web.id) if event.action == "observe"]
    assert not any("is running" in message for message in told)


def test_a_poll_that_judged_a_record_before_an_operation_ended_keeps_what_that_saw(house: House) -> None:
    web = house.adopted(101)
    told = house.clients["lab"].inventory()
    judged = from_list(follow(web, told), told.taken_at)
    assert house.power(web, Action.STOP).success
    # The list is younger than what the operation saw, only its status is older.
    records.observe([replace(judged, observed_at=house.clients["lab"].now() + timedelta(seconds=1))])
    assert house.again(web).status is Status.STOPPED
    Poller(house.clients["lab"], 10.0, SystemClock()).poll_once()
    assert house.again(web).state is State.STOPPED


LATER = after(60)


@pytest.mark.parametrize(
    "told",
    [
        inventory(guest(), taken_at=LATER, nodes={"pve1": "offline"}),
        inventory(guest(lock="create"), taken_at=LATER),
        inventory(guest(lock="destroyed"), taken_at=LATER),
        inventory(guest(name="CT101"), taken_at=LATER),
    ],
    ids=["its node is offline", "it is being created", "it is being destroyed", "it is a placeholder"],
)
def test_law_5_a_guest_that_is_listed_is_missing_no_longer_whatever_else_is_doubted(told: Inventory) -> None:
    missed = container(missing_since=after(1))
    assert from_list(follow(missed, told), told.taken_at).missing_since is None


@pytest.mark.parametrize("listed", [(guest(),), ()])
def test_a_list_that_was_read_before_the_guest_was_last_seen_ends_no_absence(listed: tuple[Guest, ...]) -> None:
    missed = container(missing_since=after(1), observed_at=LATER)
    told = inventory(*listed, taken_at=after(30))
    assert from_list(follow(missed, told), told.taken_at).missing_since == after(1)
