"""How many keys the work of every day takes, from Fleet: counted, so that no dialog grows a question unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from proximity_tui.core.store.records import records
from proximity_tui.screens.operation.progress_dialog import ProgressDialog
from tests.screens.stage import Stage
from tests.support.timing.until import screen_text, until

Ready = Callable[[], object]


class Counted:
    """A person whose keys are counted; before each key they wait for what they read."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.keys = 0
        self._pilot = pilot

    async def press(self, *keys: str, when: Ready = lambda: True) -> None:
        await until(self._pilot, when)
        for key in keys:
            self.keys += 1
            await self._pilot.press(key)

    def reads(self, *words: str) -> Ready:
        return lambda: all(word in screen_text(self._pilot.app) for word in words)


async def test_one_is_adopted_with_four_keys_at_most(set_up: Callable[..., Stage]) -> None:
    async with set_up().shown() as pilot:
        person = Counted(pilot)
        await person.press("2")
        await person.press("a", when=person.reads("web-1"))
        await person.press("y", when=lambda: not pilot.app.screen.query_one("#adopt-go").disabled)
        await until(pilot, lambda: len(records.active()) == 1)
        assert person.keys <= 4


async def test_five_are_adopted_with_eight_keys_at_most(set_up: Callable[..., Stage]) -> None:
    async with set_up().shown() as pilot:
        person = Counted(pilot)
        await person.press("2")
        await person.press(*["space"] * 5, when=person.reads("web-1"))
        await person.press("a", when=person.reads("5 marked"))
        await until(pilot, lambda: pilot.app.screen.query("#adopt-go"))
        await person.press("y", when=lambda: ready(pilot, 5))
        await until(pilot, lambda: len(records.active()) == 5)
        assert person.keys <= 8


async def test_one_is_created_with_five_keys_at_most_and_its_name(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    async with stage.shown((120, 30)) as pilot:
        person = Counted(pilot)
        await person.press("n")
        template = pilot.app.screen.query_one("#create-template", Input)
        await until(pilot, lambda: template.value)
        await pilot.press(*"app1")
        await person.press("ctrl+s")
        await person.press("y", when=person.reads("[ Create ]", "y agree"))
        await until(pilot, lambda: isinstance(pilot.app.screen, ProgressDialog))
        assert person.keys <= 5


def ready(pilot: Pilot[Any], count: int) -> bool:
    dialog: Any = pilot.app.screen
    return len(dialog.able()) == count and not dialog.query_one("#adopt-go").disabled
