"""A figure is amber or red from the configured share on; an old one is only dim."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from proximity_tui.config.schema import Threshold
from proximity_tui.screens.presentation.figure_cells import figure_tone
from proximity_tui.widgets.table.row_table import RowTable
from tests.screens.stage import Stage
from tests.support.timing.until import screen_text, until


@pytest.mark.parametrize(("part", "tone"), [(79, "normal"), (80, "warn"), (94, "warn"), (95, "bad"), (100, "bad")])
def test_the_tone_follows_the_share(part: float, tone: str) -> None:
    assert figure_tone(part, 100, Threshold(80, 95)) == tone


def test_what_is_old_or_not_measured_has_no_colour_of_alarm() -> None:
    assert figure_tone(99, 100, Threshold(80, 95), stale=True) == "dim"
    assert figure_tone(None, 100, Threshold(80, 95)) == figure_tone(99, None, Threshold(80, 95)) == "normal"


async def test_the_list_uses_the_configured_thresholds(set_up: Callable[..., Stage]) -> None:
    stage = set_up(extra="[thresholds]\ncpu = [0.5, 1]\nmem = [10, 90]")
    stage.adopt(101)
    async with stage.shown((100, 30)) as pilot:
        await until(pilot, lambda: "309M/2.0G" in screen_text(pilot.app))
        table = pilot.app.screen.query_one(RowTable)
        places = {column.id: place for place, column in enumerate(table.columns)}
        assert table.shown[0].cell(places["cpu"]).tone == "bad"
        assert table.shown[0].cell(places["mem"]).tone == "warn"
