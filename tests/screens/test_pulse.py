"""Pulse: the last shift on one page, at any size, and by itself as it is now."""

from __future__ import annotations

import pytest

from proximity_tui.core.base.parts import Part, PartLine
from proximity_tui.core.model.alert import Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.screens.pulse import LEFT
from proximity_tui.screens.text.board import TWO_COLUMNS
from proximity_tui.screens.text.board import arranged as laid_out
from proximity_tui.screens.text.lines import width_of
from tests.screens.stage import Stage
from tests.support.until import screen_text, until

TITLES = ("Still open", "Fleet", "Alerts", "Operations", "Jobs", "Changes")


def a_part(title: str, lines: int) -> Part:
    told = tuple(PartLine(f"{title} line {number} {'x' * 300}") for number in range(lines))
    return Part(title, f"{lines} of them", "normal", told)


def drawn(lines: int, width: int, height: int) -> list[str]:
    told = laid_out([a_part(title, lines) for title in TITLES], width, height, LEFT)
    assert len(told) <= height
    assert all(width_of(line) <= width for line in told)
    return ["".join(text for text, _ in line) for line in told]


@pytest.mark.parametrize(("width", "height"), [(78, 20), (118, 36), (198, 46), (60, 8), (20, 6)])
@pytest.mark.parametrize("lines", [0, 1, 3, 500])
def test_every_part_keeps_its_title_and_nothing_is_wider_or_higher_than_the_room(
    lines: int, width: int, height: int
) -> None:
    shown = "\n".join(drawn(lines, width, height))
    assert all(title in shown for title in TITLES)


def test_what_has_no_room_is_counted_and_what_is_first_gets_a_line_first() -> None:
    shown = drawn(5, 78, 13)
    assert shown[1].startswith("  Still open line 0")
    assert sum("and 4 more" in line for line in shown) == 1
    assert sum("and 5 more" in line for line in shown) == 5


def test_a_wide_screen_has_two_columns() -> None:
    narrow, wide = drawn(1, TWO_COLUMNS - 1, 40), drawn(1, TWO_COLUMNS, 40)
    assert "Still open" in narrow[0]
    assert "Alerts" not in narrow[0]
    assert "Still open" in wide[0]
    assert "Alerts" in wide[0]


async def test_it_shows_the_shift_and_what_happens_while_it_is_open(stage: Stage) -> None:
    async with stage.shown((80, 24)) as pilot:
        await pilot.press("9")
        await until(pilot, lambda: "prod: 2 managed: 2 running" in screen_text(pilot.app))
        assert "Still open  nothing" in screen_text(pilot.app)
        alerts.raise_alert("stale_lock", Severity.AMBER, cluster="prod", vmid=101, message="web-1 is locked")
        await until(pilot, lambda: "Still open  1 to look at" in screen_text(pilot.app))
        assert "amber     prod: web-1 is locked" in screen_text(pilot.app)
        pilot.app.controller.narrow_to("elsewhere")
        await until(pilot, lambda: "Still open  nothing" in screen_text(pilot.app))
        assert "Fleet       0 containers" in screen_text(pilot.app)
