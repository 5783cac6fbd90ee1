"""A board gives each part of a report its share of the room, and makes no line that nobody sees."""

from __future__ import annotations

import pytest

from proximity_tui.core.base.parts import Part, PartLine
from proximity_tui.screens.text import board
from proximity_tui.screens.text.board import TWO_COLUMNS, arranged, in_columns
from proximity_tui.screens.text.lines import width_of

LEFT = ("Still open", "Fleet", "Jobs")
TITLES = ("Still open", "Fleet", "Alerts", "Operations", "Jobs", "Changes")


def a_part(title: str, lines: int) -> Part:
    told = tuple(PartLine(f"{title} line {number} {'x' * 300}") for number in range(lines))
    return Part(title, f"{lines} of them", "normal", told)


def drawn(lines: int, width: int, height: int, above: int = 0) -> list[str]:
    told = arranged(in_columns([a_part(title, lines) for title in TITLES], width, LEFT), width, height, above)
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


@pytest.mark.parametrize("width", [78, TWO_COLUMNS])
@pytest.mark.parametrize("lines", [0, 1, 7])
def test_a_piece_of_the_whole_is_what_stands_there(width: int, lines: int) -> None:
    whole = drawn(lines, width, 100)
    for above in range(1, len(whole)):
        piece = drawn(lines, width, 5, above)
        assert [line.rstrip() for line in piece] == [line.rstrip() for line in whole[above : above + 5]]


@pytest.mark.parametrize("above", [0, 300])
def test_only_the_lines_that_are_shown_are_made(above: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made, crop = list[object](), board.cropped
    monkeypatch.setattr(board, "cropped", lambda line, width: made.append(line) or crop(line, width))
    assert len(drawn(50_000, 78, 20, above)) == 20
    assert len(made) <= 20
