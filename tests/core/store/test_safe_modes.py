"""Freezes and armings as they are kept: who gave them and why, until when, and seen by everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from proximity_tui.core import store
from proximity_tui.core.model import Actor
from proximity_tui.core.store import events, safe_modes
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.store_errors import RecordNotFound, StoreError
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


def test_a_clock_that_is_set_back_arms_nobody_for_longer(house: House) -> None:
    safe_modes.arm("lab", BOB, "ticket 42")
    assert [one.person for one in safe_modes.active_armings()] == ["bob@jump2"]
    with time_machine.travel(now() - timedelta(hours=1), tick=True):
        assert safe_modes.active_armings() == ()


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
