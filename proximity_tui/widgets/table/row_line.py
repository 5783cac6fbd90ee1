"""One line of a table, as pieces of text with a tone.

Pure: two equal lines need one painting. Place and colours of a line are not known here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from rich.cells import cell_len

from proximity_tui.core.base.text import plain
from proximity_tui.core.base.tone import Tone
from proximity_tui.widgets.glyphs import Glyphs
from proximity_tui.widgets.table.cells import Cell, TableRow, fit
from proximity_tui.widgets.table.columns import GAP, Placed
from proximity_tui.widgets.table.row_list import Sorting
from proximity_tui.widgets.wrapping import wrapped

GUTTER = 1
"""Cells left of the first column, where the mark stands."""
GONE = "  unlisted"


class StyledPiece(NamedTuple):
    """A stretch of a line in one style."""

    text: str
    tone: Tone | Literal["header"] = "normal"
    cursor: bool = False
    """Whether it is a part of the line with the cursor."""


class RowState(NamedTuple):
    """The marks on a row: those that a person set, and where the cursor is."""

    marked: bool
    cursor: bool
    gone: bool
    """Whether it is a ghost: the row under the cursor, which is not listed any more."""


StyledLine = tuple[StyledPiece, ...]


def header_style(placed: Sequence[Placed], sorting: Sorting | None, signs: Glyphs) -> StyledLine:
    """Return the titles, with an arrow at the one that rows are sorted by."""
    titles = (_title(one, sorting, signs) for one in placed)
    return (StyledPiece(" " * GUTTER + (" " * GAP).join(titles), "header"),)


def cells_of(row: TableRow, placed: Sequence[Placed]) -> list[Cell]:
    """Return the cells of a row that stand in these columns."""
    return [row.cell(one.index) for one in placed]


def row_style(cells: Sequence[Cell], placed: Sequence[Placed], signs: Glyphs, *, marked: bool) -> StyledLine:
    """Return the line of a row with these cells."""
    return _joined(_row_pieces(cells, placed, signs, marked))


def gone_style(row: TableRow, placed: Sequence[Placed], width: int, signs: Glyphs, state: RowState) -> StyledLine:
    """Return the line of a row that is gone, in `width` cells: it is dimmed and says so at its end. How it was when it
    was listed is not how it is now.
    """
    cells = [Cell(signs.nothing) if one.column.of_now else row.cell(one.index) for one in placed]
    pieces = _row_pieces(cells, _with_room(cells, placed), signs, state.marked)
    text = "".join(piece.text for piece in pieces).rstrip()
    return (StyledPiece(fit(text, max(0, width - len(GONE)), more=signs.more) + GONE, "dim", state.cursor),)


def _with_room(cells: Sequence[Cell], placed: Sequence[Placed]) -> list[Placed]:
    """Return the columns for a row that is gone: no column was measured for it, so a cell that would be cut takes the
    room of those behind it that say nothing any more.
    """
    widths = [one.width for one in placed]
    for here, (one, cell) in enumerate(zip(placed, cells, strict=True)):
        lacking = cell_len(plain(cell.words(one.width))) - one.width
        for there in range(here + 1, len(placed)):
            if lacking > 0 and placed[there].column.of_now:
                taken = min(lacking, widths[there] - 1)
                widths[here], widths[there], lacking = widths[here] + taken, widths[there] - taken, lacking - taken
    return [replace(one, width=width) for one, width in zip(placed, widths, strict=True)]


def with_cursor(line: StyledLine, placed: Sequence[Placed], width: int) -> StyledLine:
    """Return the line of a row under the cursor: marked from edge to edge, so that it is found without colours."""
    used = GUTTER + sum(one.width for one in placed) + GAP * max(0, len(placed) - 1)
    return _joined(piece._replace(cursor=True) for piece in (*line, StyledPiece(" " * (width - used))))


def sentence_style(sentence: str, width: int, height: int) -> list[StyledLine]:
    """Return the lines that say, in the middle of `height` lines, why there are no rows."""
    lines = wrapped(plain(sentence), width - 2)[: max(0, height)]
    above = (height - len(lines)) // 2
    return [()] * above + [(StyledPiece(fit(line, width, "center"), "dim"),) for line in lines]


def _title(placed: Placed, sorting: Sorting | None, signs: Glyphs) -> str:
    title = placed.column.title
    if sorting is not None and sorting.column == placed.index:
        title = title[: placed.width - 1] + (signs.descending if sorting.reverse else signs.ascending)
    return fit(title, placed.width, placed.column.align, signs.more)


def _row_pieces(cells: Sequence[Cell], placed: Sequence[Placed], signs: Glyphs, marked: bool) -> Iterable[StyledPiece]:
    yield StyledPiece(signs.mark, "accent") if marked else StyledPiece(" " * GUTTER)
    for position, (one, cell) in enumerate(zip(placed, cells, strict=True)):
        text = fit(cell.words(one.width), one.width, one.column.align, signs.more)
        # The gap takes the tone of what stands before it: fewer changes of style, fewer bytes.
        yield StyledPiece(text + " " * GAP if position + 1 < len(placed) else text, cell.tone)


def _joined(pieces: Iterable[StyledPiece]) -> StyledLine:
    """Return the same line in as few pieces as it needs."""
    line: list[StyledPiece] = []
    for piece in pieces:
        if line and line[-1][1:] == piece[1:]:
            line[-1] = piece._replace(text=line[-1].text + piece.text)
        else:
            line.append(piece)
    return tuple(line)
