"""The list screens: what they say before there is anything to list."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from proximity_tui.screens.base.base_screen import BaseScreen
from proximity_tui.widgets.table.row_table import RowTable
from tests.screens.stage import Stage
from tests.support.timing.until import screen_text, until


def another_than(pilot: Pilot[Any], screens: Collection[Screen[Any]]) -> Callable[[], bool]:
    """Return what is true once a list is shown that is none of these."""
    return lambda: pilot.app.screen not in screens and bool(pilot.app.screen.query(RowTable))


async def test_a_list_that_was_not_shown_anything_says_that_it_is_loading(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing_yet(screen: BaseScreen) -> None:
        """As long as the machine has other things to do."""

    async with stage.shown((120, 30)) as pilot:
        seen = {pilot.app.screen}
        monkeypatch.setattr(BaseScreen, "_appear", nothing_yet)
        for keys in (("0",), ("2",), ("3",), ("5",), ("6",), ("7",), ("8",), (":", *"ports", "enter")):
            await pilot.press(*keys)
            await until(pilot, another_than(pilot, seen))
            assert "Loading" in screen_text(pilot.app), keys
            assert pilot.app.screen.query_one(RowTable).empty.startswith("Loading"), keys
            seen.add(pilot.app.screen)
