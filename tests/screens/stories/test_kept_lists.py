"""What was listed before is let go of: a screen that nobody sees keeps no list of the time at which it was left."""

from __future__ import annotations

import gc
from datetime import datetime

from proximity_tui.app import ProximityApp
from proximity_tui.core.model import Inventory
from tests.screens.stage import Stage
from tests.support.timing.until import screen_text, until

DAY = 86_400


async def test_a_screen_that_nobody_sees_keeps_no_list_of_before(stage: Stage) -> None:
    of_others = lists_in_memory()
    async with stage.shown((200, 50)) as pilot:
        assert isinstance(pilot.app, ProximityApp)
        controller = pilot.app.controller
        await until(pilot, lambda: "web-2" in screen_text(pilot.app))
        for key in "234567891?":
            await pilot.press(key)
            before = controller.view.polls
            controller.want()
            await until(pilot, lambda before=before: controller.view.polls != before)
        # The last list, the one that it was compared with, and one that is being read.
        await until(pilot, lambda: len(lists_in_memory() - of_others) <= 3)


def lists_in_memory() -> set[datetime]:
    """When each list was read that something still holds; of some, other tests are the holders."""
    gc.collect()
    return {one.taken_at for one in gc.get_objects() if isinstance(one, Inventory)}


async def test_a_filter_of_figures_is_tried_again_on_those_that_nobody_saw_come(stage: Stage) -> None:
    async with stage.shown() as pilot:
        assert isinstance(pilot.app, ProximityApp)
        controller = pilot.app.controller
        await until(pilot, lambda: "web-2" in screen_text(pilot.app))
        await pilot.press("/", *"uptime:<900d", "enter")
        await until(pilot, lambda: "uptime:<900d  esc shows all" in screen_text(pilot.app))
        assert "web-2" in screen_text(pilot.app)
        before = controller.view.polls
        await pilot.press("5")
        stage.simulator.clock.advance(1000 * DAY)  # type: ignore[attr-defined]
        stage.simulator.world.broadcast()
        controller.want()
        await until(pilot, lambda: controller.view.polls != before)
        await pilot.press("1")
        await until(pilot, lambda: "matches this filter" in screen_text(pilot.app))


async def test_what_a_filter_is_completed_from_is_let_go_of_with_the_list_that_it_is_of(stage: Stage) -> None:
    async with stage.shown() as pilot:
        assert isinstance(pilot.app, ProximityApp)
        controller = pilot.app.controller
        await until(pilot, lambda: "web-2" in screen_text(pilot.app))
        first = controller.view.polls["prod"].inventory
        assert first is not None
        completed_from = first.taken_at
        del first
        for name in ("nodes", "storage", "unmanaged"):
            await pilot.press(":", *f"{name} node:", "escape")
        for _ in range(3):
            before = controller.view.polls
            controller.want()
            await until(pilot, lambda before=before: controller.view.polls != before)
        del before
        await until(pilot, lambda: completed_from not in lists_in_memory())
