"""Stats: the figures of the fleet on one page, typed by name."""

from __future__ import annotations

import re

from proximity_tui.widgets.glyphs import CHART, bar
from tests.screens.stage import Stage
from tests.support.timing.until import screen_text, until


async def test_it_shows_the_figures_of_the_fleet_and_of_another_time(stage: Stage) -> None:
    async with stage.shown((150, 40)) as pilot:
        await pilot.press(":", *"stats", "enter")
        await until(pilot, lambda: "2 containers, 2 adopted, 0 native" in screen_text(pilot.app))
        assert f"2 adopted      0 native  {bar(1.0, CHART)}" in screen_text(pilot.app)
        assert "Stats  the last 30d, since" in screen_text(pilot.app)
        assert re.search(r", as of \d{4}-\d\d-\d\d ", screen_text(pilot.app)), "it may stand open for days"
        # On a small screen each part is cut; the keys of a list show all of it.
        await pilot.resize_terminal(80, 12)
        await until(pilot, lambda: "more below" in screen_text(pilot.app) and "Uptime" in screen_text(pilot.app))
        await pilot.press("j")
        await until(pilot, lambda: "Fleet  " not in screen_text(pilot.app) and "more:" not in screen_text(pilot.app))
        await pilot.press("G")
        await until(pilot, lambda: "prod/102" in screen_text(pilot.app))
        await pilot.press("g")
        await until(pilot, lambda: "more below" in screen_text(pilot.app))
        await pilot.press("h")
        await until(pilot, lambda: "the last 365d" in screen_text(pilot.app))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.current_mode == "fleet")
