"""Top: the hungriest on one list, by the kept figures; typed by name, and read again for another time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from proximity_tui.core.base.clock import SystemClock
from proximity_tui.screens.top_screen import TopScreen
from tests.core.store.making import raw
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.support.records.figured import write_figures
from tests.support.timing.until import screen_text, until


async def test_it_lists_the_hungriest_and_says_of_how_many_nothing_is_kept(stage: Stage) -> None:
    now, gib = datetime.now(UTC), 2**30
    usual = {"maxmem": 2 * gib, "maxdisk": 20 * gib, "mem": gib, "netin": 0.0, "netout": 0.0}
    write_figures(
        by_name("web-2"), now, timedelta(days=6), lambda age: {**usual, "cpu": 0.5, "disk": (15 - age) * gib}, 45
    )
    async with stage.shown((140, 24)) as pilot:
        await pilot.press(":", *"top", "enter")
        await until(pilot, lambda: "disk full in about 5 days" in screen_text(pilot.app))
        assert isinstance(pilot.app.screen, TopScreen)
        assert "Top 1, last hour, 1 without figures" in screen_text(pilot.app)
        assert "an estimate by a straight line through" in screen_text(pilot.app)
        await pilot.press("h")
        await until(pilot, lambda: "last day" in screen_text(pilot.app))
        await pilot.press("enter")
        await until(pilot, lambda: "web-2 (adopted, CT 102 on" in screen_text(pilot.app))


async def test_rows_that_stay_because_another_time_cannot_be_read_say_which_one_they_are_of(stage: Stage) -> None:
    now = datetime.now(UTC)
    write_figures(by_name("web-2"), now, timedelta(hours=3), lambda age: {"cpu": 0.5, "mem": 1.0}, 5)
    async with stage.shown((140, 24)) as pilot:
        await pilot.press(":", *"top", "enter")
        await until(pilot, lambda: "Top 1, last hour" in screen_text(pilot.app))
        raw("ALTER TABLE container RENAME TO elsewhere")
        await pilot.press("h")
        await until(pilot, lambda: "DATABASE UNREADABLE" in screen_text(pilot.app))
        assert "Top 1, last hour" in screen_text(pilot.app)
        raw("ALTER TABLE elsewhere RENAME TO container")
        await pilot.press("r")
        await until(pilot, lambda: "Top 1, last day" in screen_text(pilot.app))


async def test_without_figures_it_says_how_they_come(stage: Stage) -> None:
    async with stage.shown((140, 24)) as pilot:
        await pilot.press(":", *"top", "enter")
        await until(pilot, lambda: "No figures of the last hour." in screen_text(pilot.app))


async def test_figures_that_got_old_while_another_screen_was_shown_are_read_again_at_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.shown((140, 24)) as pilot:
        await pilot.press(":", *"top", "enter")
        await until(pilot, lambda: "No figures of the last hour." in screen_text(pilot.app))
        await pilot.press("1")
        await until(pilot, lambda: not isinstance(pilot.app.screen, TopScreen))
        write_figures(by_name("web-2"), datetime.now(UTC), timedelta(hours=3), lambda age: {"cpu": 0.5, "mem": 1.0}, 5)
        lived = SystemClock.monotonic
        monkeypatch.setattr(SystemClock, "monotonic", lambda clock: lived(clock) + 61)
        await pilot.press(":", *"top", "enter")
        await until(pilot, lambda: "Top 1, last hour" in screen_text(pilot.app))
