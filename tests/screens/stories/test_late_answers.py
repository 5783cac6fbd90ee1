"""An answer that arrives while its screen is being removed finds nothing to be shown in, and that is no error."""

from __future__ import annotations

import logging

import pytest
from textual.widget import Widget

from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.screens.chrome.top_lines import TopLines
from tests.screens.stage import Stage
from tests.support.timing.until import screen_text, until


@pytest.mark.parametrize(
    ("keys", "shown", "again"),
    [
        (("3", "enter"), "prod cannot be asked", "_read"),
        (("4",), "Last runs", "_redraw"),
        (("5",), "hash chain intact", "_verify"),
        (("8",), "Tasks 0", "_read"),
        (("9",), "Still open", "_gather"),
        ((":", *"top", "enter"), "READ+WRITE", "read_figures"),
        ((":", *"ports", "enter"), "LEADS TO", "_read"),
        ((":", *"templates", "enter"), "can be downloaded", "_read"),
    ],
    ids=["alert", "jobs", "audit", "tasks", "pulse", "top", "ports", "templates"],
)
async def test_an_answer_that_comes_too_late_is_no_error(
    stage: Stage, keys: tuple[str, ...], shown: str, again: str, caplog: pytest.LogCaptureFixture
) -> None:
    alerts.raise_alert(AlertKind.UNREACHABLE, Severity.AMBER, cluster="prod", message="prod cannot be asked")
    async with stage.shown((120, 30), jobs=again == "_redraw") as pilot:
        await pilot.press(*keys)
        await until(pilot, lambda: shown in screen_text(pilot.app))
        screen = pilot.app.screen
        # As when a screen is closed: its widgets go before it does.
        lines = screen.query_one(TopLines)
        await lines.query(Widget).remove()
        lines._view_changed(lines.app.controller.view)
        lines.tick()
        await screen.query(Widget).remove()
        screen._view_changed(lines.app.controller.view)  # type: ignore[attr-defined]
        screen.pass_second()  # type: ignore[attr-defined]
        given = {("8",): ("prod",), ("9",): (None,)}.get(keys, ())  # type: ignore[arg-type]
        asked = getattr(screen, again)(*given)
        if hasattr(asked, "wait"):
            await asked.wait()
        elif asked is not None:
            await asked
        assert not [one.message for one in caplog.records if one.levelno >= logging.ERROR]
