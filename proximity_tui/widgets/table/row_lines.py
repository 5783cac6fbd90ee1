"""The lines of the rows of one table, made once for each row and appearance. Of a row whose cells say what they said
before, the line stays the same object, so that nothing is made or compared piece by piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from proximity_tui.widgets.glyphs import Glyphs
from proximity_tui.widgets.table.cells import Cell, TableRow
from proximity_tui.widgets.table.columns import Placed
from proximity_tui.widgets.table.row_line import (
    RowState,
    StyledLine,
    cells_of,
    gone_style,
    row_style,
    with_cursor,
)


class RowLines:
    """The lines of the rows of one table."""

    def __init__(self, signs: Glyphs) -> None:
        self._signs = signs
        self._lines: dict[tuple[str, RowState], StyledLine] = {}
        """Those that were made since the cells may have changed last."""
        self._made: dict[tuple[str, bool], tuple[Sequence[Placed], list[Cell], StyledLine]] = {}
        """The lines without a cursor, marked or not, with the columns and cells that they were made of."""

    def line(self, row: TableRow, placed: Sequence[Placed], width: int, state: RowState) -> StyledLine:
        """Return the line of a row in `width` cells."""
        appearance = (row.key, state)
        known = self._lines.get(appearance)
        if known is None:
            if state.gone:
                known = gone_style(row, placed, width, self._signs, state)
            elif state.cursor:
                known = with_cursor(self.line(row, placed, width, state._replace(cursor=False)), placed, width)
            else:
                known = self._of_cells(row, placed, marked=state.marked)
            self._lines[appearance] = known
        return known

    def forget(self, in_sight: AbstractSet[str]) -> None:
        """Ask the rows for their cells again: these may have changed. What is `in_sight` is most likely drawn again."""
        self._lines.clear()
        self._made = {one: made for one, made in self._made.items() if one[0] in in_sight}

    def forget_others(self, in_sight: AbstractSet[str]) -> None:
        """Ask the rows that are not `in_sight` for their cells again."""
        self._lines = {one: line for one, line in self._lines.items() if one[0] in in_sight}

    def _of_cells(self, row: TableRow, placed: Sequence[Placed], *, marked: bool) -> StyledLine:
        cells, before = cells_of(row, placed), self._made.get((row.key, marked))
        if before is not None and before[0] is placed and before[1] == cells:
            return before[2]
        line = row_style(cells, placed, self._signs, marked=marked)
        self._made[row.key, marked] = placed, cells, line
        return line
