"""Every list sorts by any column that it has: by a key where the column has one, and by values, not by their text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from proximity_tui.screens.backups.backups_screen import BackupsScreen
from proximity_tui.screens.drift.drift_screen import DriftScreen
from proximity_tui.screens.keyboard.keys import SORTED_BY, commands_for
from proximity_tui.screens.keyboard.screen_ids import LISTS, OF_CONTAINER, ScreenId
from proximity_tui.screens.lists.list_screen import ListScreen
from proximity_tui.screens.snapshots.snapshots_screen import SnapshotsScreen
from proximity_tui.widgets.glyphs import glyphs
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.screens.support.watched import first_runs
from tests.support.timing.until import screen_text, until

OPENED: dict[ScreenId, Callable[[int], Screen[Any]]] = {
    ScreenId.REVISIONS: DriftScreen,
    ScreenId.SNAPSHOTS: SnapshotsScreen,
    ScreenId.BACKUPS: BackupsScreen,
}


PLACES = sorted(LISTS | OF_CONTAINER)


async def shown(pilot: Pilot[Any], place: ScreenId) -> ListScreen:
    """Show a list."""
    if place in OPENED:
        await pilot.app.push_screen(OPENED[place](by_name("web-1").id))
    else:
        pilot.app.routes.go(place)  # type: ignore[attr-defined]
    await until(pilot, lambda: getattr(pilot.app.screen, "SCREEN_ID", None) is place)
    assert isinstance(pilot.app.screen, ListScreen)
    return pilot.app.screen


async def test_each_column_with_a_key_has_it_on_every_list_that_has_the_column(stage: Stage) -> None:
    async with stage.shown((200, 40)) as pilot:
        for place in PLACES:
            table = (await shown(pilot, place)).table
            bound = {one.means.partition(" ")[2]: one.keys[0] for one in commands_for(place) if one.means}
            assert bound == {one.id: SORTED_BY[one.id].key for one in table.columns if one.id in SORTED_BY}, place
            for column, key in bound.items():
                await pilot.press(key)
                assert table.sorting is not None, (place, column)
                assert table.sorting[0] == column, place


@pytest.mark.parametrize("places", [[one for one in PLACES if one is not ScreenId.JOBS], [ScreenId.JOBS]])
async def test_figures_and_times_are_sorted_as_such(stage: Stage, places: list[ScreenId]) -> None:
    runs = ScreenId.JOBS in places
    async with stage.shown((200, 40), jobs=runs) as pilot:
        if runs:
            await first_runs(pilot)
        for place in places:
            table = (await shown(pilot, place)).table
            if place not in (ScreenId.ALERTS, ScreenId.TOP, ScreenId.TASKS, ScreenId.LINT):
                await until(pilot, lambda table=table: table.count, what=f"rows in {place}")
            as_text = {
                (column.id, row.cell(number).text)
                for row in table.shown
                for number, column in enumerate(table.columns)
                if column.align == "right" and row.cell(number).order is None
            }
            assert {text for _, text in as_text} <= {"", glyphs().nothing}, (place, as_text)


async def test_the_highest_figure_comes_first_and_the_lowest_number(stage: Stage) -> None:
    async with stage.shown((200, 40)) as pilot:
        await until(pilot, lambda: "web-1" in screen_text(pilot.app))
        nodes = (await shown(pilot, ScreenId.NODES)).table
        await pilot.press("alt+m")
        assert nodes.sorting == ("mem", True)
        ports = (await shown(pilot, ScreenId.PORTS)).table
        pilot.app.screen.do_sort("public")  # type: ignore[attr-defined]
        assert ports.sorting == ("public", False)
