"""Pulse: the last shift on one page, at any size, and by itself as it is now."""

from __future__ import annotations

from proximity_tui.core.model.alert import Severity
from proximity_tui.core.store.alerts import alerts
from tests.screens.stage import Stage
from tests.support.timing.until import screen_text, until


async def test_it_shows_the_shift_and_what_happens_while_it_is_open(stage: Stage) -> None:
    async with stage.shown((80, 24)) as pilot:
        await pilot.press("9")
        await until(pilot, lambda: "prod: 2 managed: 2 running" in screen_text(pilot.app))
        assert "Still open  nothing" in screen_text(pilot.app)
        alerts.raise_alert("stale_lock", Severity.AMBER, cluster="prod", vmid=101, message="web-1 is locked")
        await until(pilot, lambda: "Still open  1 to look at" in screen_text(pilot.app))
        assert "amber     prod: web-1 is locked" in screen_text(pilot.app)
        pilot.app.controller.narrow_to("elsewhere")  # type: ignore[attr-defined]
        await until(pilot, lambda: "Still open  nothing" in screen_text(pilot.app))
        assert "Fleet       0 containers" in screen_text(pilot.app)
