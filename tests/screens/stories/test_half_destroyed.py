"""What a destroy left that died half way: the row says so at once, and an amber alert says what to do once it lasts."""

from __future__ import annotations

from collections.abc import Callable

from proximity_tui.screens.alerts.alert_page import AlertScreen
from proximity_tui.screens.text.scroll_text import ScrollText
from tests.screens.stage import Stage
from tests.screens.support.watched import first_runs, impatient, shows
from tests.support.timing.until import screen_text, until


async def test_it_is_seen_at_once_and_told_of_once_it_lasts(set_up: Callable[..., Stage]) -> None:
    stage = impatient(set_up(running_clock=True))
    stage.adopt(101)
    stage.adopt(102)
    async with stage.shown((160, 40), jobs=True) as pilot:
        await first_runs(pilot)
        stage.world.half_destroy(101)
        pilot.app.controller.want()  # type: ignore[attr-defined]
        await shows(pilot, "lock destroyed: a destroy is finishing or was interrupted")
        row = next(line for line in screen_text(pilot.app).splitlines() if " web-1 " in line)
        assert "unknown" in row
        assert "stopped" not in row
        await until(pilot, lambda: pilot.app.controller.view.alerts)  # type: ignore[attr-defined]
        await pilot.press("3")
        await shows(pilot, "amber", "half destroyed")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, AlertScreen))
        await shows(pilot, "What to do now", "The record stays open")
        text = pilot.app.screen.query_one(ScrollText).text
        assert "pct unlock 101 && pct destroy 101" in text
        assert "repeat the hard delete" not in text, "it is adopted: only Proxmox may finish the destroy"
        await pilot.press("escape", "1", "!")
        await until(pilot, lambda: "web-2" not in screen_text(pilot.app))
        assert "web-1" in screen_text(pilot.app)
