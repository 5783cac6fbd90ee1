"""The cell difference: what the terminal shows, what it is to show, and the few bytes that lead from one to the other.

Pure: frames go in, sequences for the terminal come out. Who writes them, and when, is not known here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from proximity_tui.widgets.terminal.capabilities import NONE, Capabilities
from proximity_tui.widgets.terminal.frame import TAIL, WrittenFrame
from proximity_tui.widgets.terminal.pen import Pen
from proximity_tui.widgets.terminal.screen_lines import BLANK, UNKNOWN, CellLine, count_differences
from proximity_tui.widgets.terminal.sgr import alike_on_blanks, is_plain_blank

FEWEST = 4
"""Fewer lines that are found elsewhere are coincidence."""
WORTH = 60
"""Cells that a scroll must save: it costs bytes itself."""


class Scroll(NamedTuple):
    """The lines from `top` to `bottom` go up by `lines`, or down where that is negative."""

    top: int
    bottom: int
    lines: int

    def applied(self, lines: Sequence[CellLine]) -> list[CellLine]:
        """Return the lines after the scroll; those that come in are blank."""
        width = len(lines[0].cells)
        region = list(lines[self.top : self.bottom + 1])
        blank = [CellLine.of(BLANK, width) for _ in range(abs(self.lines))]
        moved = [*region[self.lines :], *blank] if self.lines > 0 else [*blank, *region[: self.lines]]
        return [*lines[: self.top], *moved, *lines[self.bottom + 1 :]]


def find_scroll(wanted: Sequence[CellLine], shown: Sequence[CellLine], changed: Collection[int]) -> Scroll | None:
    """Return the scroll of `shown` after which the fewest cells differ from `wanted`; None when none is worth it."""
    if len(changed) < FEWEST:
        return None
    places = _places(shown)
    moves = Counter[int]()
    found: dict[int, list[int]] = {}
    for y in changed:
        place = places.get(_key(wanted[y]))
        if place is not None and place != y:
            moves[place - y] += 1
            found.setdefault(place - y, []).append(y)
    if not moves:
        return None
    lines, count = moves.most_common(1)[0]
    if count < FEWEST:
        return None
    first, last = min(found[lines]), max(found[lines])
    scroll = Scroll(first, last + lines, lines) if lines > 0 else Scroll(first + lines, last, lines)
    return scroll if _saving(scroll, wanted, shown) >= WORTH else None


_MANY = 10
"""This many blanks are erased with fewer bytes than they are written with."""
_MANY_BLANKS = re.compile(f" {{{_MANY},}}")


class ScreenDiff:
    """The screen of one terminal. Before `resize` it has no cells."""

    def __init__(self, capabilities: Capabilities = NONE) -> None:
        self.capabilities = capabilities
        self._width = 0
        self._wanted: list[CellLine] = []
        self._shown: list[CellLine] = []
        self._changed: set[int] = set()
        """The lines that may differ."""
        self._cursor = (0, 0)
        self._cursor_shown: tuple[int, int] | None = None

    def resize(self, width: int, height: int) -> None:
        """Begin again on a terminal of this size: nothing is known of what it shows, or is to show."""
        self._width = width
        self._wanted = [CellLine.of(UNKNOWN, width) for _ in range(height)]
        self._cursor = (0, 0)
        self.forget()

    def forget(self) -> None:
        """Take it that the terminal shows anything, so that all of it is written once more."""
        self._shown = [CellLine.of(UNKNOWN, self._width) for _ in self._wanted]
        self._changed = set(range(len(self._wanted)))
        self._cursor_shown = None

    def take(self, frame: WrittenFrame) -> None:
        """Note what is to be shown from now on."""
        for y, x, style, cells in frame.runs:
            if y < len(self._wanted):
                self._wanted[y].put(x, cells, style)
                self._changed.add(y)
        self._cursor = frame.cursor

    def changes(self) -> str:
        """Return what the terminal must be sent, which is taken as shown from then on; "" when nothing differs."""
        pen = Pen(self._width, self._cursor_shown)
        if self.capabilities.scrolls:
            self._scroll(pen)
        for y in sorted(self._changed):
            self._draw_line(pen, y)
        self._changed.clear()
        self._cursor_shown = pen.finish(*self._cursor)
        return pen.drawn

    def _scroll(self, pen: Pen) -> None:
        changed = [y for y in self._changed if self._wanted[y].cells != self._shown[y].cells]
        scroll = find_scroll(self._wanted, self._shown, changed)
        if scroll is not None:
            pen.scroll(*scroll)
            self._shown = scroll.applied(self._shown)
            self._changed.update(range(scroll.top, scroll.bottom + 1))

    def _draw_line(self, pen: Pen, y: int) -> None:
        line, done = self._wanted[y], 0
        for begin, end in _stretches(line, line.differences(self._shown[y])):
            if begin > done:
                pen.bridge(y, done, line.cells[done:begin], line.styles[done:begin])
            self._draw(pen, y, begin, end)
            done = end

    def _draw(self, pen: Pen, y: int, begin: int, end: int) -> None:
        """Draw cells in one style; many blanks are erased where that looks the same."""
        cells, style = self._wanted[y].cells[begin:end], self._wanted[y].styles[begin]
        self._shown[y].put(begin, cells, style)
        at = 0
        for first, last in self._blanks(cells, style, self._width - begin):
            pen.write(y, begin + at, cells[at:first], style)
            pen.erase(y, begin + first, last - first, style)
            at = last
        pen.write(y, begin + at, cells[at:], style)

    def _blanks(self, cells: list[str], style: str, room: int) -> Iterator[tuple[int, int]]:
        """Yield where there are blanks to erase; `room` is left up to the edge of the screen."""
        if len(cells) < _MANY:
            return
        text = "".join(cell or UNKNOWN for cell in cells) if TAIL in cells else "".join(cells)
        if len(text) != len(cells) or not is_plain_blank(style, self.capabilities.erases_in_color):
            return
        for blanks in _MANY_BLANKS.finditer(text):
            if self.capabilities.erases or blanks.end() == room:
                yield blanks.span()


def _places(lines: Sequence[CellLine]) -> dict[str, int | None]:
    """Return where each line stands; None for one that stands there several times, as blank ones do."""
    places: dict[str, int | None] = {}
    for y, line in enumerate(lines):
        key = _key(line)
        places[key] = None if key in places else y
    return places


def _key(line: CellLine) -> str:
    # The last column may be a scroll bar, which stays where it is.
    return "".join(line.cells[:-1])


def _saving(scroll: Scroll, wanted: Sequence[CellLine], shown: Sequence[CellLine]) -> int:
    region = slice(scroll.top, scroll.bottom + 1)
    before = count_differences(wanted[region], shown[region])
    return before - count_differences(wanted[region], scroll.applied(shown)[region])


def _stretches(line: CellLine, columns: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the cells of these columns as stretches in one style, with both halves of every wide character. A blank
    belongs to the stretch before it where that looks the same.
    """
    cells, styles = line.cells, line.styles
    begin = end = 0
    for x in columns:
        if x < end:
            continue
        if x > end or not (styles[x] == styles[begin] or _looks_alike(cells[x], styles[x], styles[begin])):
            if end > begin:
                yield begin, end
            begin = x - 1 if cells[x] == TAIL else x
        end = x + 1
        while end < len(cells) and cells[end] == TAIL:
            end += 1
    if end > begin:
        yield begin, end


def _looks_alike(cell: str, style: str, other: str) -> bool:
    return cell == BLANK and alike_on_blanks(style, other)
