"""The line of a row is made again only where a cell says something else."""

from collections.abc import Sequence

from proximity_tui.widgets.glyphs import UNICODE
from proximity_tui.widgets.table.cells import Row
from proximity_tui.widgets.table.columns import Column, Placed, arrange
from proximity_tui.widgets.table.row_line import RowState, StyledLine
from proximity_tui.widgets.table.row_lines import RowLines

COLUMNS = (Column("name", "NAME", 8), Column("age", "AGE", 4))
PLACED = arrange(COLUMNS, 30)
PLAIN = RowState(marked=False, cursor=False, gone=False)


def line(lines: RowLines, *cells: str, state: RowState = PLAIN, placed: Sequence[Placed] = PLACED) -> StyledLine:
    return lines.line(Row("1", cells), placed, 30, state)


def said(made: StyledLine) -> str:
    return "".join(piece.text for piece in made).split()[-1]


def test_a_row_that_says_the_same_after_a_change_of_others_keeps_its_line() -> None:
    lines = RowLines(UNICODE)
    before = line(lines, "web-1", "5s")
    lines.forget(frozenset("1"))
    assert line(lines, "web-1", "5s") is before
    lines.forget(frozenset("1"))
    assert said(line(lines, "web-1", "6s")) == "6s"


def test_until_cells_may_have_changed_no_row_is_asked_for_them_again() -> None:
    lines = RowLines(UNICODE)
    before = line(lines, "web-1", "5s")
    assert line(lines, "web-1", "6s") is before
    lines.forget_others(frozenset("1"))
    assert line(lines, "web-1", "6s") is before
    lines.forget_others(frozenset())
    assert said(line(lines, "web-1", "6s")) == "6s"


def test_marks_cursor_and_other_columns_make_other_lines() -> None:
    lines = RowLines(UNICODE)
    before = line(lines, "web-1", "5s")
    marked = line(lines, "web-1", "5s", state=PLAIN._replace(marked=True))
    pointed = line(lines, "web-1", "5s", state=PLAIN._replace(cursor=True))
    assert len({before, marked, pointed}) == 3
    lines.forget(frozenset("1"))
    assert line(lines, "web-1", "5s", placed=arrange(COLUMNS[:1], 30)) != before


def test_lines_that_left_the_screen_are_not_kept() -> None:
    lines = RowLines(UNICODE)
    before = line(lines, "web-1", "5s")
    lines.forget(frozenset("2"))
    after = line(lines, "web-1", "5s")
    assert after == before
    assert after is not before
