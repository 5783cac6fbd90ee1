"""The lines of a screen as cells: what was written where, in which style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import ne
from typing import Self

from proximity_tui.widgets.terminal.frame import TAIL
from proximity_tui.widgets.terminal.sgr import DEFAULT, alike_on_blanks

BLANK = " "
UNKNOWN = "\0"
"""A cell of which nothing is known."""


@dataclass(slots=True)
class CellLine:
    """The cells of one line, and the style of each, as parameters of SGR."""

    cells: list[str]
    styles: list[str]

    @classmethod
    def of(cls, cell: str, width: int) -> Self:
        """Return a line of `width` equal cells in the default style."""
        return cls([cell] * width, [DEFAULT] * width)

    def put(self, x: int, cells: Sequence[str], style: str) -> None:
        """Write `cells` from column `x` on, as a terminal does; what is beyond the edge is lost."""
        room = max(0, len(self.cells) - x)
        if len(cells) > room:
            cells = _cut(cells, room)
        if not cells:
            return
        end = x + len(cells)
        # Of a wide character that loses one half, nobody knows what the other half shows.
        if x > 0 and self.cells[x] == TAIL:
            self.cells[x - 1] = UNKNOWN
        if end < len(self.cells) and self.cells[end] == TAIL:
            self.cells[end] = UNKNOWN
        self.cells[x:end] = cells
        self.styles[x:end] = [style] * len(cells)

    def differences(self, other: CellLine) -> list[int]:
        """Return the columns that are known here and do not look the same there."""
        if self == other:
            return []
        pairs = zip(self.cells, other.cells, self.styles, other.styles, strict=True)
        return [
            x
            for x, (cell, old, style, was) in enumerate(pairs)
            if (cell != old or style != was)
            and cell != UNKNOWN
            and not (cell == old == BLANK and alike_on_blanks(style, was))
        ]


def count_differences(lines: Sequence[CellLine], others: Sequence[CellLine]) -> int:
    """Return how many characters of some lines differ from those of as many others; a style counts for nothing."""
    return sum(sum(map(ne, line.cells, other.cells)) for line, other in zip(lines, others, strict=True))


def _cut(cells: Sequence[str], room: int) -> list[str]:
    """Return the cells that have room; a wide character of which only half has is a blank."""
    kept = list(cells[:room])
    if kept and cells[room] == TAIL:
        kept[-1] = BLANK
    return kept
