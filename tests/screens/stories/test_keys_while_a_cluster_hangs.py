"""A cluster that hangs holds up no key: what is asked is asked beside the keys, and the next one acts at once."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

import proximity_tui
from proximity_tui.screens.backups.backups_screen import BackupsScreen
from proximity_tui.screens.command_line.help import HelpScreen
from proximity_tui.screens.container.container_page import ContainerScreen
from proximity_tui.screens.drift.drift_screen import AcceptDialog, DriftScreen
from proximity_tui.screens.drift.revert_dialog import RevertDialog
from proximity_tui.screens.fleet_screen import FleetScreen
from proximity_tui.screens.keyboard.command import ScreenCommand
from proximity_tui.screens.keyboard.keys import commands_for, in_table
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.snapshots.snapshots_screen import SnapshotsScreen
from tests.screens.stage import BEFORE_THE_READ_IS_GIVEN_UP, Stage
from tests.screens.support.deleting import by_name
from tests.support.timing.until import said, screen_text, until

LEAVES = frozenset({"quit", "shell"})
"""Commands after which there is no screen of ours to press the next key on."""

OPENED: dict[ScreenId, Callable[[int], Screen[Any]]] = {
    ScreenId.CONTAINER: ContainerScreen,
    ScreenId.REVISIONS: DriftScreen,
    ScreenId.SNAPSHOTS: SnapshotsScreen,
    ScreenId.BACKUPS: BackupsScreen,
}
PLACES = (
    ScreenId.FLEET,
    ScreenId.UNMANAGED,
    ScreenId.ALERTS,
    ScreenId.JOBS,
    ScreenId.NODES,
    ScreenId.TASKS,
    ScreenId.LINT,
    ScreenId.PORTS,
    ScreenId.TEMPLATES,
    *OPENED,
)


def our_kinds() -> Iterator[type[DOMNode]]:
    """Yield every screen, dialog and widget of ours."""
    for found in pkgutil.walk_packages(proximity_tui.__path__, "proximity_tui."):
        if found.name.startswith(("proximity_tui.screens", "proximity_tui.widgets")):
            for kind in vars(importlib.import_module(found.name)).values():
                if inspect.isclass(kind) and issubclass(kind, DOMNode) and kind.__module__ == found.name:
                    yield kind


def test_no_command_waits_for_anything() -> None:
    waiting = {
        f"{kind.__name__}.{name}"
        for kind in our_kinds()
        for name, function in vars(kind).items()
        if name.startswith(("do_", "action_")) and inspect.iscoroutinefunction(function)
    }
    assert not waiting, "what is asked there holds up every key behind it; ask_first and in_background do not"


async def at_once(pilot: Pilot[Any], condition: Callable[[], object], what: str) -> None:
    """Wait for what does not depend on an answer: it comes before the one that hangs is given up."""
    await until(pilot, condition, timeout=BEFORE_THE_READ_IS_GIVEN_UP, what=what)


async def test_setting_a_config_back_is_left_while_its_inspection_hangs(stage: Stage) -> None:
    stage.world.set_config(101, memory=4096)
    async with stage.shown((80, 24)) as pilot:
        await pilot.app.push_screen(DriftScreen(by_name("web-1").id))
        await until(pilot, lambda: "1 setting differs from the baseline" in said(pilot))
        stage.simulator.faults.hang()
        await pilot.press("b")
        await at_once(pilot, lambda: isinstance(pilot.app.screen, RevertDialog), "the dialog")
        assert "Reading its config." in said(pilot)
        await pilot.press("enter", "question_mark")
        await at_once(pilot, lambda: isinstance(pilot.app.screen, HelpScreen), "the help of the screen below")


async def test_accepting_drift_asks_nothing_of_a_cluster_that_hangs(stage: Stage) -> None:
    stage.world.set_config(101, memory=4096)
    async with stage.shown((80, 24)) as pilot:
        await pilot.app.push_screen(DriftScreen(by_name("web-1").id))
        await until(pilot, lambda: "1 setting differs from the baseline" in said(pilot))
        stage.simulator.faults.hang()
        await pilot.press("A")
        await at_once(pilot, lambda: isinstance(pilot.app.screen, AcceptDialog), "the dialog")
        await pilot.press(*"known", "enter")
        await at_once(pilot, lambda: isinstance(pilot.app.screen, DriftScreen), "the screen again")
        await pilot.press("d")
        await at_once(pilot, lambda: "web-2" in screen_text(pilot.app), "the list")


@pytest.mark.parametrize("place", PLACES)
async def test_after_each_key_of_a_screen_the_next_one_acts(stage: Stage, place: ScreenId) -> None:
    async with stage.shown((120, 40)) as pilot:
        await until(pilot, lambda: "web-1" in screen_text(pilot.app))
        app: Any = pilot.app
        if place in OPENED:
            await app.push_screen(OPENED[place](by_name("web-1").id))
        else:
            app.routes.go(place)
        await until(pilot, lambda: getattr(app.screen, "SCREEN_ID", None) is place)
        stage.simulator.faults.hang()
        screen = app.screen
        for command in commands_of(place, type(screen)):
            key = command.keys[0]
            await pilot.press(key)
            await at_once(pilot, lambda: app.keys.is_idle, f"an end of {key} ({command.id})")
            await _come_back(pilot, screen, place)


def commands_of(place: ScreenId, kind: type[Screen[Any]]) -> list[ScreenCommand]:
    """Return the commands that a key gives on a screen; of those that do the very same on the first, on that alone."""
    keyed = [one for one in commands_for(place) if one.keys and one.id not in LEAVES and not in_table(one)]
    return [one for one in keyed if place is PLACES[0] or _does(kind, one) is not _does(FleetScreen, one)]


def _does(kind: type[Screen[Any]], command: ScreenCommand) -> object:
    return getattr(kind, f"do_{command.id}", None)


async def _come_back(pilot: Pilot[Any], screen: Screen[Any], place: ScreenId) -> None:
    """Go back to the screen by keys alone, which is what somebody would do."""
    app: Any = pilot.app
    for _ in range(9):
        if app.screen is screen and not isinstance(app.focused, Input):
            return
        if app.screen is screen or app.screen.is_modal or len(app.screen_stack) > 1:
            await pilot.press("escape")
        elif place in OPENED:
            app.routes.go(ScreenId.FLEET)
            await app.push_screen(screen)
        else:
            app.routes.go(place)
        await at_once(pilot, lambda: app.keys.is_idle, f"an end of escape on {app.screen}")
    raise AssertionError(f"no way back from {app.screen} to {screen}:\n{screen_text(app)}")
