"""Audit: everything that was done, newest first, and whether the trail is whole."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable

import pytest

from proximity_tui.core.model import Action, ClosedReason
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import events, verification
from proximity_tui.core.store.figures import counting
from proximity_tui.core.store.records import records
from proximity_tui.screens.audit import event_pages as audit_pages
from proximity_tui.screens.audit.audit_screen import AuditScreen
from tests.screens.stage import Stage
from tests.support.servers.exchanged import forgotten
from tests.support.timing.until import screen_text, until
from tests.support.timing.waiting import LONGEST


async def test_it_lists_events_and_verifies_the_chain(stage: Stage) -> None:
    async with stage.shown((140, 24)) as pilot:
        await pilot.press("5")
        await until(pilot, lambda: "hash chain intact  up to event" in screen_text(pilot.app))
        await until(pilot, lambda: "adopted web-2" in screen_text(pilot.app).splitlines()[5])
        await pilot.press("/", *"vmid:101", "enter")
        assert "web-2" not in "\n".join(screen_text(pilot.app).splitlines()[4:-4])


async def test_before_the_trail_is_read_it_says_that_it_loads(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    may_read, really = threading.Event(), counting.tally
    monkeypatch.setattr(counting, "tally", lambda: (may_read.wait(LONGEST), really())[1])
    async with stage.shown((140, 24)) as pilot:
        await pilot.press("5")
        await until(pilot, lambda: "Loading the audit trail." in screen_text(pilot.app))
        await until(pilot, lambda: "Audit ?" in screen_text(pilot.app))
        assert "hash chain: not checked yet" in screen_text(pilot.app)
        assert "Totals: not counted yet" in screen_text(pilot.app)
        may_read.set()
        await until(pilot, lambda: "hash chain intact" in screen_text(pilot.app))


async def test_r_during_a_reading_reads_everything_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    may_read, held, tallied, listed = threading.Event(), threading.Event(), counting.tally, events.list_events
    after: list[int | None] = []
    """The event that each reading began behind."""
    may_read.set()
    monkeypatch.setattr(counting, "tally", lambda: (held.set(), may_read.wait(LONGEST), tallied())[2])
    monkeypatch.setattr(events, "list_events", lambda **of: (after.append(of.get("after")), listed(**of))[1])
    async with stage.shown((140, 24)) as pilot:
        await pilot.press("5")
        await until(pilot, lambda: "hash chain intact" in screen_text(pilot.app))
        may_read.clear()
        held.clear()
        # As a change of the view has it read what is newer.
        screen = pilot.app.screen
        assert isinstance(screen, AuditScreen)
        screen.show(screen.view)
        await until(pilot, held.is_set)
        after.clear()
        await pilot.press("r")
        await until(pilot, lambda: "Loading the audit trail." in screen_text(pilot.app))
        may_read.set()
        await until(pilot, lambda: 0 in after)
        await until(pilot, lambda: "adopted web-2" in screen_text(pilot.app))
        await until(pilot, lambda: "hash chain intact" in screen_text(pilot.app))


async def test_it_says_what_it_all_comes_to(stage: Stage) -> None:
    web1 = records.find_active("prod", 101)
    assert web1 is not None
    async with stage.shown((140, 24)) as pilot:
        await pilot.press("5")
        await until(pilot, lambda: "Totals: 2 adopted (2 with config), 0 no longer managed," in screen_text(pilot.app))
        records.close(
            web1, reason=ClosedReason.FORGOTTEN, actor="anna@jump1", action=Action.SOFT_DELETE, message="forgotten"
        )
        await until(pilot, lambda: "1 no longer managed, 0 destroyed, orphans: 0 anomalous" in screen_text(pilot.app))


async def test_a_new_event_appears_by_itself(stage: Stage) -> None:
    async with stage.shown((140, 24)) as pilot:
        await pilot.press("5")
        await until(pilot, lambda: "hash chain intact" in screen_text(pilot.app))
        events.append(actor="anna@jump1", action=EventAction.OBSERVE, message="looked at the rack")
        await until(pilot, lambda: "looked at the rack" in screen_text(pilot.app))


async def test_nothing_is_marked_where_nothing_is_done_to_many(stage: Stage) -> None:
    async with stage.shown((140, 24)) as pilot:
        await pilot.press("5")
        await until(pilot, lambda: "hash chain intact" in screen_text(pilot.app))
        await pilot.press("space", "*")
        assert "marked" not in screen_text(pilot.app)
        await pilot.press("1", "*")
        await until(pilot, lambda: "2 marked" in screen_text(pilot.app))


async def test_a_trail_that_was_tampered_with_is_called_broken(stage: Stage) -> None:
    with sqlite3.connect(stage.folder / "proximity.db") as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'")
        for (name,) in triggers.fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE event SET message = 'nothing happened' WHERE seq = 2")
    database.close()
    async with stage.shown((140, 24)) as pilot:
        await pilot.press("5")
        await until(pilot, lambda: "CHAIN BROKEN at event 2" in screen_text(pilot.app))


async def test_an_empty_trail_says_so(set_up: Callable[..., Stage]) -> None:
    stage = set_up("empty")
    async with stage.shown() as pilot:
        await pilot.press("5")
        await until(pilot, lambda: "The audit trail is empty" in screen_text(pilot.app))


def notes(number: int, first: int = 1) -> None:
    for one in range(first, first + number):
        events.append(actor="anna@jump1", action=EventAction.OBSERVE, message=f"note {one}")


async def test_older_events_are_read_when_the_cursor_comes_to_the_end(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_pages, "PAGE", 4)
    notes(5)
    total = len(events.list_events())
    async with stage.shown((140, 24)) as pilot:
        await pilot.press("5")
        await until(pilot, lambda: f"event {total} (" in screen_text(pilot.app))
        assert "newest 4 shown" in screen_text(pilot.app)
        assert "adopted web-2" not in screen_text(pilot.app)
        await pilot.press("end")
        await until(pilot, lambda: "adopted web-2" in screen_text(pilot.app))
        assert f"Audit {total}" not in screen_text(pilot.app)
        # The cursor stayed with its event; the next page comes when it goes to the end again.
        await pilot.press("end")
        await until(pilot, lambda: f"Audit {total}" in screen_text(pilot.app))
        await until(pilot, lambda: "shown" not in screen_text(pilot.app))


def test_pages_have_no_gap_and_read_no_event_twice(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_pages, "PAGE", 4)
    notes(4)
    pages = audit_pages.EventPages()
    pages.read_newer()
    first = pages.events
    assert (len(first), pages.complete) == (4, False)
    notes(2, first=5)
    pages.read_newer()
    assert [event.message for event in pages.events[:2]] == ["note 6", "note 5"]
    assert all(one is two for one, two in zip(pages.events[2:], first, strict=True))
    while not pages.complete:
        pages.read_older()
    assert pages.events == events.list_events()
    notes(9, first=7)
    pages.read_newer()
    assert [event.message for event in pages.events] == ["note 15", "note 14", "note 13", "note 12"]
    assert not pages.complete, "too much came to read all of it, so it begins again"


def test_a_short_trail_is_complete_at_once(stage: Stage) -> None:
    pages = audit_pages.EventPages()
    pages.read_newer()
    assert pages.complete
    assert pages.events == events.list_events()


async def test_a_verdict_says_when_it_was_reached(stage: Stage) -> None:
    async with stage.shown((140, 24)) as pilot:
        await pilot.press("5")
        await until(pilot, lambda: "hash chain intact" in screen_text(pilot.app))
        assert re.search(r"up to event \d+ \(\w{12}\), checked \d\d:\d\d", screen_text(pilot.app))


async def test_what_is_shown_is_the_trail_of_the_database_that_is_there(stage: Stage) -> None:
    async with stage.shown((140, 24)) as pilot:
        await pilot.press("5")
        await until(pilot, lambda: "hash chain intact" in screen_text(pilot.app))
        with forgotten(f"sqlite:///{stage.folder}/proximity.db", None):
            for number in range(3):
                events.append(actor="anna@jump1", action=EventAction.OBSERVE, message=f"lost note {number}")
            await until(pilot, lambda: "lost note 2" in screen_text(pilot.app))
        events.append(actor="anna@jump1", action=EventAction.OBSERVE, message="the copy goes on")
        await until(pilot, lambda: "the copy goes on" in screen_text(pilot.app))
        assert "lost note" not in screen_text(pilot.app)
        seq, head = events.head()
        await until(pilot, lambda: f"up to event {seq} ({head[:12]})" in screen_text(pilot.app))


async def test_a_verdict_on_the_trail_of_a_database_that_was_exchanged_meanwhile_is_not_shown(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified, may_end, really = threading.Event(), threading.Event(), verification.verify

    def verify() -> verification.ChainVerdict:
        verdict = really()
        verified.set()
        may_end.wait(LONGEST)
        return verdict

    monkeypatch.setattr(verification, "verify", verify)
    async with stage.shown((140, 24)) as pilot:
        with forgotten(f"sqlite:///{stage.folder}/proximity.db", None):
            events.append(actor="anna@jump1", action=EventAction.OBSERVE, message="a lost note")
            await pilot.press("5")
            await until(pilot, lambda: "a lost note" in screen_text(pilot.app) and verified.is_set())
        events.append(actor="anna@jump1", action=EventAction.OBSERVE, message="the copy goes on")
        await until(pilot, lambda: "the copy goes on" in screen_text(pilot.app))
        may_end.set()
        await until(pilot, lambda: "hash chain intact" in screen_text(pilot.app))
        assert events.head()[1][:12] in screen_text(pilot.app)
