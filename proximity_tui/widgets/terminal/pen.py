"""The pen: the cursor of a terminal and its style, moved and changed with as few bytes as possible.

It begins and ends in the default style, so that whatever else is written between two drawings is not coloured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from proximity_tui.widgets.terminal.frame import TAIL, is_fragile
from proximity_tui.widgets.terminal.screen_lines import BLANK
from proximity_tui.widgets.terminal.sgr import DEFAULT, alike_on_blanks, change


class Pen:
    """Collects the sequences of one drawing, on a screen of `width` columns. Lines and columns count from zero."""

    def __init__(self, width: int, cursor: tuple[int, int] | None) -> None:
        """Begin where the cursor stands; None: nobody knows where."""
        self._width = width
        self._out: list[str] = []
        self._style = DEFAULT
        self._cursor = cursor
        self._exact = True
        """Whether the column is beyond doubt: terminals disagree about the width of some characters."""

    @property
    def drawn(self) -> str:
        """Everything up to now."""
        return "".join(self._out)

    def move(self, y: int, x: int) -> None:
        """Go to a cell."""
        if self._cursor != (y, x):
            self._out.append(self._shortest_move(y, x))
            self._cursor, self._exact = (y, x), True

    def write(self, y: int, x: int, cells: Sequence[str], style: str) -> None:
        """Write cells, in one style."""
        begin = 0
        for end in _doubtful_ends(cells):
            self._write(y, x + begin, cells[begin:end], style)
            self._cursor, begin = None, end
        if begin < len(cells):
            self._write(y, x + begin, cells[begin:], style)

    def erase(self, y: int, x: int, count: int, style: str) -> None:
        """Make blanks of `count` cells, which may be all that is left of the line."""
        self.move(y, x)
        self._change_style_of_blanks(style)
        self._out.append("\x1b[K" if x + count >= self._width else f"\x1b[{count}X")

    def scroll(self, top: int, bottom: int, lines: int) -> None:
        """Move the lines from `top` to `bottom` up by so many lines, or down where `lines` is negative."""
        self._change_style(DEFAULT)
        self._out.append(f"\x1b[{top + 1};{bottom + 1}r\x1b[{top + 1}H")
        self._out.append(f"\x1b[{lines}M" if lines > 0 else f"\x1b[{-lines}L")
        self._out.append("\x1b[r")
        self._cursor = None

    def bridge(self, y: int, x: int, cells: Sequence[str], styles: Sequence[str]) -> None:
        """Go over cells that are right already, if the cursor stands before them and writing them is no longer than a
        move; else stay.
        """
        if self._cursor != (y, x) or not all(map(self._is_in_style, cells, styles)):
            return
        text = "".join(cells)
        if text.isascii() and text.isprintable() and len(text) <= len(self._shortest_move(y, x + len(cells))):
            self._write(y, x, cells, self._style)

    def finish(self, y: int, x: int) -> tuple[int, int]:
        """Go to where the cursor is to stay, in the default style, and return the place."""
        self._change_style(DEFAULT)
        self.move(y, x)
        return y, x

    def _write(self, y: int, x: int, cells: Sequence[str], style: str) -> None:
        self.move(y, x)
        text = "".join(cells)
        if text.strip(BLANK):
            self._change_style(style)
        else:
            self._change_style_of_blanks(style)
        self._out.append(text)
        end = x + len(cells)
        # In the last column terminals leave the cursor in different states.
        self._cursor = (y, end) if end < self._width else None
        self._exact = self._exact and text.isascii()

    def _is_in_style(self, cell: str, style: str) -> bool:
        return style == self._style or (cell == BLANK and alike_on_blanks(self._style, style))

    def _change_style_of_blanks(self, style: str) -> None:
        if not alike_on_blanks(self._style, style):
            self._change_style(style)

    def _change_style(self, style: str) -> None:
        self._out.append(change(self._style, style))
        self._style = style

    def _shortest_move(self, y: int, x: int) -> str:
        absolute = _absolute(y, x)
        if self._cursor is None:
            return absolute
        old_y, old_x = self._cursor
        moves = [absolute]
        if x == 0 and y in (old_y, old_y + 1):
            moves.append("\r" if y == old_y else "\r\n")
        if self._exact:
            if y == old_y and x > old_x:
                moves.append(f"\x1b[{_unless_one(x - old_x)}C")
            if x == old_x and y > old_y:
                moves.append(f"\x1b[{_unless_one(y - old_y)}B")
        return min(moves, key=len)


def _doubtful_ends(cells: Sequence[str]) -> Iterator[int]:
    """Yield where each character ends after which terminals leave the cursor in different columns."""
    if "".join(cells).isascii():
        return
    for end, cell in enumerate(cells, 1):
        if (cell == TAIL or not cell.isascii()) and is_fragile(cell) and cells[end : end + 1] != [TAIL]:
            yield end


def _absolute(y: int, x: int) -> str:
    if x == 0:
        return f"\x1b[{y + 1}H" if y else "\x1b[H"
    return f"\x1b[{y + 1};{x + 1}H"


def _unless_one(count: int) -> str:
    return "" if count == 1 else str(count)
