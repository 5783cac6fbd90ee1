"""Freezes and armings as they are kept: who gave them and why, until when, and seen by everybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from proximity_tui.core import store
from proximity_tui.core.model import Actor, Refusal
from proximity_tui.core.store import events, safe_modes
from proximity_tui.core.store.clock_readings import shared_time
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.store_errors import RecordNotFound, StoreError
from proximity_tui.simulator import Simulator
from tests.support.house import House
from tests.support.servers.databases import both_databases

BOB = Actor("bob", "jump2")


def test_who_froze_and_armed_is_in_the_audit_trail_with_the_reason(house: House) -> None:
    frozen = safe_modes.freeze("lab", BOB, "storage moves", now() + timedelta(hours=2))
    safe_modes.lift("lab", BOB, "moved")
    safe_modes.arm("lab", BOB, "ticket 42")
    armed, lifted, ordered = events.list_events(limit=3)
    assert [event.action for event in (ordered, lifted, armed)] == ["freeze", "unfreeze", "arm"]
    assert ordered.message == frozen.sentence
    assert lifted.message == "lab is no longer frozen: moved"
    assert armed.message.startswith("lab armed by bob@jump2 until ")
    assert armed.message.endswith(": ticket 42")
    assert events.verify().whole


def test_a_clock_that_is_set_back_arms_nobody_for_longer(house: House, backend: str) -> None:
    """The clock of a server goes on: by that it lasts as long as ever."""
    safe_modes.arm("lab", BOB, "ticket 42")
    assert [one.person for one in safe_modes.active_armings()] == ["bob@jump2"]
    with time_machine.travel(now() - timedelta(hours=1), tick=True):
        assert (safe_modes.active_armings() == ()) is (backend == "sqlite")


@pytest.mark.parametrize("wrong", [timedelta(hours=3), -timedelta(hours=3)], ids=["ahead", "behind"])
def test_hosts_whose_clocks_differ_see_the_same_freezes_and_armings(wrong: timedelta, shared_house: House) -> None:
    """They begin and end by the clock of the server: what to one host is over holds for all."""
    engine = shared_house.hands("bob", production=frozenset({"prod"}))
    bob = engine.settings.actor
    frozen = safe_modes.freeze("lab", BOB, "storage moves", shared_time() + timedelta(hours=2))
    safe_modes.arm("prod", bob, "ticket 42")
    with time_machine.travel(now() + wrong, tick=True):
        assert safe_modes.active_freezes() == (frozen,)
        assert refusal(engine.refuse_write_to("lab")).code == "frozen"
        assert engine.refuse_write_to("prod") is None, "it was armed a moment ago"
        short = safe_modes.freeze("attic", BOB, "a moment", shared_time() + timedelta(minutes=1))
        safe_modes.arm("prod", bob, "ticket 43")
    assert short in safe_modes.active_freezes()
    assert all(one.until - shared_time() < timedelta(minutes=11) for one in safe_modes.active_armings())


def refusal(found: Refusal | None) -> Refusal:
    assert found is not None
    return found


@pytest.fixture
def shared_house(simulator: Simulator, ready_postgresql: str) -> Iterator[House]:
    """A house whose database is on a server."""
    house = House({"lab": simulator}, ready_postgresql)
    yield house
    store.close_store()


@both_databases
def test_a_freeze_ends_by_itself_and_is_seen_by_everybody_who_opens_the_database(house: House) -> None:
    later = safe_modes.freeze("lab", BOB, "storage moves", now() + timedelta(hours=2))
    forever = safe_modes.freeze(None, BOB, "audit")
    store.close_store()
    store.open_store(house.database)
    assert safe_modes.active_freezes() == (later, forever)
    with pytest.raises(StoreError, match="must end in the future"):
        safe_modes.freeze("lab", BOB, "too late", now() - timedelta(seconds=1))
    with pytest.raises(RecordNotFound, match=r"no freeze of attic to lift: lab is frozen .*; every cluster is frozen"):
        safe_modes.lift("attic", BOB)
    assert safe_modes.lift(None, BOB) == (forever,)
    assert safe_modes.active_freezes() == (later,)
