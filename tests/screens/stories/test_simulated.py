"""A database that a demo made is framed SIMULATED on every screen, whoever opens it."""

from __future__ import annotations

from collections.abc import Callable

from proximity_tui.config import load as config
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store import flags
from proximity_tui.core.store.alerts import alerts
from proximity_tui.runtime.context import open_context
from tests.screens.stage import Stage
from tests.support.timing.until import screen_text, until


async def test_a_kept_demo_is_framed_by_any_configuration(set_up: Callable[..., Stage]) -> None:
    stage = set_up(extra='[sentry]\ndsn = "https://key@sentry.example/7"')
    flags.mark_simulated()
    alerts.raise_alert(AlertKind.REPLACED, Severity.RED, cluster="prod", vmid=7, message="another", notify=True)
    stage.context.close()
    stage.context = open_context(config.load(stage.context.settings.path, environ={}))
    async with stage.shown((120, 40)) as pilot:
        for key in "12345":
            await pilot.press(key)
            await until(pilot, lambda: "[SIMULATED]" in screen_text(pilot.app).splitlines()[0])
        await pilot.press("3", "enter")
        await until(pilot, lambda: "or this is a demo" in screen_text(pilot.app))


async def test_what_is_real_is_not(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await until(pilot, lambda: "web-1" in screen_text(pilot.app))
        assert "SIMULATED" not in screen_text(pilot.app)
