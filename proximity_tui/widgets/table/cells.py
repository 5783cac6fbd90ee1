"""The content of a table: rows with an identity, their cells of plain text with a tone, and text cut to a width.

There is no markup here, and the meaning of a cell is not known.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from rich.cells import cell_len, set_cell_size

from proximity_tui.core.base.text import plain
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.base.value_object import value_object
from proximity_tui.widgets.table.columns import Align
from proximity_tui.widgets.wrapping import wrapped

SortKey = tuple[int, float, tuple[str | int, ...]]


@value_object
class Cell:
    """The content of one cell. A plain `str` in a row is a cell of normal tone."""

    text: str
    tone: Tone = "normal"
    order: float | None = None
    """What the cell is sorted by instead of its text, such as bytes behind `2.0G`."""
    brief: str = ""
    """What stands there instead where the text finds no room."""
    sign: str = ""
    """What stands before the text, or for a text that is empty. It says nothing the text does not."""

    @property
    def shown(self) -> str:
        """The text with its sign."""
        return f"{self.sign} {self.text}" if self.sign and self.text else self.sign or self.text

    def words(self, width: int) -> str:
        """Return the text, or its short form where `width` cells do not hold it."""
        return self.brief if self.brief and cell_len(plain(self.shown)) > width else self.shown


class TableRow(Protocol):
    """One line of a table, as the table needs it. Its cells may differ from one call to the next, as an age does."""

    @property
    def key(self) -> str:
        """The identity of its object."""
        ...

    def cell(self, index: int) -> Cell:
        """Return the cell of column `index`."""
        ...


@value_object
class Row:
    """A line of a table whose cells do not change; they stand in the order of the columns."""

    key: str
    cells: Sequence[str | Cell]

    def cell(self, index: int) -> Cell:
        """Return the cell of column `index`."""
        cell = self.cells[index]
        return cell if isinstance(cell, Cell) else Cell(cell)


def sort_key(cell: Cell) -> SortKey:
    """Return the sort key of a cell: figures first, then text as people count (`pve2` before `pve10`)."""
    if cell.order is not None:
        return (0, cell.order, ())
    # Of the pieces that a split by figures leaves, every second one is a figure, so pieces always compare.
    pieces = _FIGURES.split(cell.text.casefold())
    return (1, 0.0, tuple(int(piece) if place % 2 else piece for place, piece in enumerate(pieces)))


@lru_cache(maxsize=16_384)
def fit(text: str, width: int, align: Align = "left", more: str = "…") -> str:
    """Return `text` as exactly `width` cells: padded, or cut with `more` (one cell wide) at the end.

    Wide characters count two and combining marks none, so that columns stay aligned. Text that was not made plain
    before is made so here.
    """
    text = plain(text)
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + more if width > 0 else ""
    spare = width - length
    if align == "right":
        return " " * spare + text
    if align == "center":
        return " " * (spare // 2) + text + " " * (spare - spare // 2)
    return text + " " * spare


def in_lines(text: str, width: int, most: int) -> list[str]:
    """Return `text` in at most `most` lines of at most `width` cells, and at least one; a longer one ends in `…`."""
    lines = wrapped(plain(text), width) or [""]
    kept = [*lines[: most - 1], " ".join(lines[most - 1 :])] if len(lines) > most else lines
    return [fit(line, width).rstrip() for line in kept]


# Few enough digits for int(): a hostile name of 5,000 digits must not raise.
_FIGURES = re.compile("([0-9]{1,18})")
