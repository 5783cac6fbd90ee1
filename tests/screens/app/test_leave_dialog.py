"""The question before the program is left: what it says of an operation stays true, however long it stands open."""

from __future__ import annotations

import threading

import pytest

from proximity_tui.core.engine.operations.outcome import Done, Failed, Outcome
from proximity_tui.screens.app.leave_dialog import LeaveDialog
from tests.screens.stage import Size, Stage
from tests.support.timing.until import said, screen_text, until
from tests.support.timing.waiting import LONGEST


@pytest.mark.parametrize("size", [(80, 24), (40, 10)])
async def test_n54_an_operation_that_ends_meanwhile_is_not_called_in_progress(stage: Stage, size: Size) -> None:
    may_end = threading.Event()

    def waits_for(outcome: Outcome) -> Outcome:
        assert may_end.wait(LONGEST)
        return outcome

    async with stage.shown(size) as pilot:
        controller = pilot.app.controller  # type: ignore[attr-defined]
        controller.begin("delete web1", waits_for, Done())
        controller.begin("stop web2", waits_for, Failed("storage is busy"))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, LeaveDialog))
        assert "delete web1 is in progress. stop web2 is in progress." in said(pilot)
        may_end.set()
        await until(pilot, lambda: "delete web1: done stop web2: failed: storage is busy" in said(pilot))
        assert "Nothing is in progress any more." in said(pilot)
        assert said(pilot).count("delete web1") == 1, "no message beside it"
        assert "[ Stay ]  [ Quit ]" in screen_text(pilot.app)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, LeaveDialog))
        assert pilot.app.is_running


async def test_what_begins_meanwhile_is_named_too(stage: Stage) -> None:
    first, next_one = threading.Event(), threading.Event()

    def waits_for(event: threading.Event) -> Outcome:
        assert event.wait(LONGEST)
        return Done()

    async with stage.shown((80, 24)) as pilot:
        controller = pilot.app.controller  # type: ignore[attr-defined]
        controller.begin("delete web1", waits_for, first)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, LeaveDialog))
        # As a batch does that goes on below the question.
        controller.begin("delete web2", waits_for, next_one)
        first.set()
        await until(pilot, lambda: "delete web1: done delete web2 is in progress." in said(pilot))
        assert "Nothing is in progress" not in said(pilot)
        next_one.set()
        await until(pilot, lambda: "Nothing is in progress any more." in said(pilot))
