"""A board: the parts of a report, laid out for the room there is. Each part gets as many lines as there is room for,
and says how many more there are; whoever moves down reads all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.binding import BindingType

from proximity_tui.core.base.parts import Part, PartLine
from proximity_tui.core.base.value_object import value_object
from proximity_tui.screens.text.lines import Lines, Piece, TextLine, width_of
from proximity_tui.widgets.glyphs import glyphs, with_bars
from proximity_tui.widgets.table.row_table import MOVES

TWO_COLUMNS = 140
"""Cells from which on two parts stand side by side."""
GAP = 3
"""Cells between two columns."""


@value_object
class BoardContent:
    """What a board shows: its name and what it is about in the headline, and the parts below."""

    name: str
    about: str
    parts: Sequence[Part]


class Board(Lines, can_focus=True):
    """The parts of a report below a headline. It moves by the keys of a table, also when they are rebound."""

    DEFAULT_CSS = """
    Board { height: 1fr; padding: 0 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*MOVES]

    def __init__(self, sentence: str, on_the_left: Collection[str]) -> None:
        """Show a sentence until there is a report; its parts with a title `on_the_left` stand there in two columns."""
        super().__init__(id="board")
        self._on_the_left = on_the_left
        self._shown: BoardContent | str = sentence
        self._above = 0
        """Lines of the whole report that were scrolled by; 0: every part is shown, as far as there is room."""
        self.display = True

    def show(self, shown: BoardContent | str) -> None:
        """Show a report from now on, or the sentence that says why there is none."""
        self._shown = shown
        self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        """Lay out again."""
        self._lay_out()

    def action_move(self, lines: int) -> None:
        """Scroll by lines."""
        self._go(self._above + lines)

    def action_page(self, pages: int) -> None:
        """Scroll by pages."""
        self._go(self._above + pages * max(1, self.content_size.height - 1))

    def action_first(self) -> None:
        """Show every part again, as far as there is room."""
        self._go(0)

    def action_last(self) -> None:
        """Scroll to the last line."""
        self._go(sys.maxsize)

    def _go(self, above: int) -> None:
        self._above = max(0, above)
        self._lay_out()

    def _lay_out(self) -> None:
        room, shown = self.content_size, self._shown
        if isinstance(shown, str):
            self.set_text([[(shown, "dim")]])
            return
        below = self._below(shown.parts, room.width, max(1, room.height - 1))
        head: TextLine = [(shown.name, "accent"), (f"  {shown.about}", "dim")]
        self.set_text([cropped(head, room.width), *below])

    def _below(self, parts: Sequence[Part], width: int, height: int) -> list[TextLine]:
        """Return the lines below the headline: all parts as far as there is room, or a piece of the whole."""
        columns = in_columns(parts, width, self._on_the_left)
        longest = max((_length(column) for column in columns), default=0)
        self._above = max(0, min(self._above, longest - height))
        return arranged(columns, width, height, self._above)


Columns = Sequence[Sequence[Part]]
"""The parts of each column: one or two."""


def in_columns(parts: Sequence[Part], width: int, on_the_left: Collection[str]) -> Columns:
    """Return all parts below each other, or in two columns, where those with a title `on_the_left` stand there."""
    if width < TWO_COLUMNS:
        return [parts]
    left = [part for part in parts if part.title in on_the_left]
    return [left, [part for part in parts if part not in left]]


def arranged(columns: Columns, width: int, height: int, above: int = 0) -> list[TextLine]:
    """Return the parts as at most `height` lines of at most `width` cells: each with as many of its lines as there is
    room for, or what follows the first lines of the whole, where so many are `above`. Only these lines are made.
    """
    side = (width - GAP * (len(columns) - 1)) // len(columns)
    made = [_piece(one, side, above, height) if above else _fitted(one, side, height) for one in columns]
    if len(made) == 1:
        return made[0]
    lines: list[TextLine] = []
    for row in range(max(map(len, made))):
        first, second = (column[row] if row < len(column) else [] for column in made)
        lines.append([*first, (" " * (side - width_of(first) + GAP), "normal"), *second])
    return lines


def cropped(line: TextLine, width: int) -> TextLine:
    """Return a line of at most `width` cells, ending with an ellipsis where something is missing."""
    if width_of(line) <= width:
        return line
    left, shown = width - cell_len(glyphs().more), list[Piece]()
    for text, tone in line:
        piece = text if cell_len(text) <= left else set_cell_size(text, left)
        shown.append((piece, tone))
        left -= cell_len(piece)
        if not left:
            break
    return [*shown, (glyphs().more, "dim")]


def _length(parts: Sequence[Part]) -> int:
    """Return the number of lines of the whole, with a blank one between two parts."""
    return sum(len(part.lines) + 2 for part in parts) - 1


def _fitted(parts: Sequence[Part], width: int, height: int) -> list[TextLine]:
    """Return a column of parts in which each has a share of the room."""
    gap = 1 if height >= 5 * len(parts) else 0
    rooms = _rooms([len(part.lines) for part in parts], height - len(parts) - gap * (len(parts) - 1))
    lines: list[TextLine] = []
    for part, room in zip(parts, rooms, strict=True):
        if lines and gap:
            lines.append([])
        lines.append(_head(part, width))
        lines += [cropped(line, width) for line in _shown(part, room)]
    return lines[: max(0, height)]


def _piece(parts: Sequence[Part], width: int, above: int, height: int) -> list[TextLine]:
    """Return a piece of the whole column: `height` lines, after those `above`."""
    lines: list[TextLine] = []
    for part in parts:
        # Its head, its lines, and a blank one before the next.
        size = len(part.lines) + 1 + (part is not parts[-1])
        first, after = max(0, above), min(size, above + height)
        if first < after:
            lines += [_head(part, width)] if first == 0 else []
            lines += [cropped(line, width) for line in _texts(part.lines[max(0, first - 1) : max(0, after - 1)])]
            lines += [[]] if after > len(part.lines) + 1 else []
        above -= size
    return lines


def _head(part: Part, width: int) -> TextLine:
    return cropped([(f"{part.title:<12}", "accent"), (part.summary, part.tone)], width)


def _texts(lines: Sequence[PartLine]) -> list[TextLine]:
    texts = with_bars([(line.text, line.share) for line in lines])
    return [[(f"  {text}", line.tone)] for text, line in zip(texts, lines, strict=True)]


def _shown(part: Part, room: int) -> list[TextLine]:
    """Return the lines of a part that have room; where there are more, the last says how many."""
    if len(part.lines) <= room:
        return _texts(part.lines)
    kept = max(0, room - 1)
    more: TextLine = [(f"  and {len(part.lines) - kept} more below", "dim")]
    return [*_texts(part.lines[:kept]), more][:room]


def _rooms(wanted: Sequence[int], height: int) -> list[int]:
    """Return the number of lines of each part: one each in turn, the first part first, while there is room."""
    given, left = [0] * len(wanted), height
    while left > 0 and given != list(wanted):
        for place, number in enumerate(wanted):
            if given[place] < number and left > 0:
                given[place] += 1
                left -= 1
    return given
