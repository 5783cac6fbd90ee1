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
from proximity_tui.core.engine.observe.status_update import from_inspection, from_list
from proximity_tui.core.model import Action, Guest, GuestDetail, Inventory, Match, Presence, State, Status
from proximity_tui.core.store import events
from proximity_tui.core.store.records import records
from proximity_tui.simulator import ManualClock, Simulator
from tests.support.house import House
from tests.support.records.make import after, container, fingerprint, guest, inventory, observation


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


OTHER_CARD = frozenset({"BC:24:11:00:00:99"})
DUE = container(identity_seen_at=after(50), half_destroyed_since=after(0))


@pytest.mark.parametrize(
    ("seen", "match", "update"),
    [
        (observation(taken_at=after(40)), Match.OLDER, None),
        (observation(taken_at=LATER, lock="create"), Match.PLACEHOLDER, None),
        (
            observation(taken_at=LATER, fingerprint=fingerprint(hwaddrs=OTHER_CARD, marker=None)),
            Match.DIFFERENT,
            (Presence.REPLACED, False, None),
        ),
        (
            observation(taken_at=LATER, fingerprint=fingerprint(hwaddrs=OTHER_CARD)),
            Match.UNSURE,
            (Presence.PRESENT, True, None),
        ),
        (observation(taken_at=LATER), Match.SAME, (Presence.PRESENT, True, LATER)),
    ],
    ids=["older", "being made", "another guest", "unsure", "the same"],
)
def test_only_of_the_same_guest_everything_is_written_down(
    seen: GuestDetail, match: Match, update: tuple[Presence, bool, object] | None
) -> None:
    found, identity = from_inspection(DUE, seen)
    assert identity.match is match
    assert (found and (found.presence, found.identity_read, found.identity_seen_at)) == update
    assert (found is not None and found.name is not None) is (match is Match.SAME)


def test_what_is_half_destroyed_stays_so_until_it_is_known_to_be_the_same() -> None:
    unsure, _ = from_inspection(DUE, observation(taken_at=LATER, fingerprint=fingerprint(hwaddrs=OTHER_CARD)))
    same, _ = from_inspection(DUE, observation(taken_at=LATER))
    assert unsure is not None
    assert same is not None
    assert (unsure.half_destroyed_since, same.half_destroyed_since) == (after(0), None)
