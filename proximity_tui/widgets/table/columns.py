"""The columns of a table that fit, and the width of each. Knows widths, needs and priorities, no content."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from proximity_tui.core.base.value_object import value_object

Align = Literal["left", "right", "center"]
GAP = 2
"""Blank cells between two columns: one would let a right-aligned figure run into the text beside it."""


@value_object
class Column:
    """One column: `width` cells wide, and with `flex` it also takes its share of the room left over."""

    id: str
    title: str
    width: int
    """the least (and without `flex` the only) width"""
    flex: int = 0
    """weight with which it grows"""
    max: int | None = None
    """where it stops growing"""
    align: Align = "left"
    priority: int = 1
    """columns with the highest number are dropped first; those with 1 never"""
    live: bool = False
    """its cells may change although the row does not, as an age or a figure does"""
    of_now: bool = False
    """it says how its object is now: of a row that is not listed any more it says nothing"""
    want: int = 0
    """the width in which each of its cells can be read whole, as far as that is known: it grows to this before any
    column grows by weight, and columns of a low priority number grow first"""
    empty: bool = False
    """no row has a value that other columns do not tell: it is shown only where all others have what they want"""
    shown_from: int = 0
    """the width of the table from which on it is shown at all"""
    whole_from: int | None = None
    """the width of the table from which on it has what it wants, before any other column; below it wants nothing"""


@value_object
class Placed:
    """A column that fits: its index among all, and its width."""

    index: int
    column: Column
    width: int


def arrange(columns: Sequence[Column], width: int) -> tuple[Placed, ...]:
    """Return the columns that fit in `width` cells, in their order, grown into the room that is left.

    Of equal priority the rightmost is dropped first. Columns that may not be dropped stay even where they do not fit:
    their line is then cut at the edge.
    """
    columns = [_in_table(column, width) for column in columns]
    kept = [index for index, column in enumerate(columns) if not column.empty and column.shown_from <= width]
    while _needed(columns, kept) > width:
        droppable = [index for index in kept if columns[index].priority > 1]
        if not droppable:
            break
        kept.remove(max(droppable, key=lambda index: (columns[index].priority, index)))
    kept = _with_empty(columns, kept, width)
    wanted = _satisfied(columns, kept, width - _needed(columns, kept))
    widths = _grown(columns, wanted, width - sum(wanted.values()) - _gaps(kept))
    return tuple(Placed(index, columns[index], widths[index]) for index in kept)


def column_at(placed: Iterable[Placed], x: int) -> Column | None:
    """Return the column whose cells stand at `x`, counted from the first one; a gap belongs to the one before it."""
    end = 0
    for one in placed:
        end += one.width + GAP
        if 0 <= x < end:
            return one.column
    return None


def _in_table(column: Column, width: int) -> Column:
    """Return the column as it is in a table of this width: where that decides, it has all it wants or wants nothing."""
    if column.whole_from is None:
        return column
    return replace(column, width=max(column.width, column.want if column.whole_from <= width else 0), want=0)


def _with_empty(columns: Sequence[Column], kept: Sequence[int], width: int) -> list[int]:
    """Return the kept columns, and those without a value for which there is room beside all that the others want."""
    full = len(kept) == sum(not column.empty and column.shown_from <= width for column in columns)
    for index, column in enumerate(columns):
        more = sorted((*kept, index))
        wanted = sum(max(columns[one].width, columns[one].want) for one in more) + _gaps(more)
        if column.empty and full and wanted <= width:
            kept = more
    return list(kept)


def _needed(columns: Sequence[Column], kept: Sequence[int]) -> int:
    return sum(columns[index].width for index in kept) + _gaps(kept)


def _gaps(kept: Sequence[int]) -> int:
    return GAP * max(0, len(kept) - 1)


def _satisfied(columns: Sequence[Column], kept: Sequence[int], spare: int) -> dict[int, int]:
    """Return the widths after giving columns what they want of `spare` cells, the most important ones first."""
    widths = {index: columns[index].width for index in kept}
    for index in sorted(kept, key=lambda index: (columns[index].priority, index)):
        given = max(0, min(spare, columns[index].want - widths[index]))
        widths[index] += given
        spare -= given
    return widths


def _grown(columns: Sequence[Column], widths: dict[int, int], spare: int) -> dict[int, int]:
    """Return the widths after handing out `spare` cells by weight, until no column may grow or nothing is left."""
    while spare > 0:
        growing = [index for index in widths if columns[index].flex and _may_grow(columns[index], widths[index])]
        if not growing:
            break
        weights = sum(columns[index].flex for index in growing)
        share = spare
        for index in growing:
            request = min(max(1, share * columns[index].flex // weights), spare)
            limit = columns[index].max
            given = request if limit is None else min(request, limit - widths[index])
            widths[index] += given
            spare -= given
    return widths


def _may_grow(column: Column, width: int) -> bool:
    return column.max is None or width < column.max
