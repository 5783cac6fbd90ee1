"""Pulse: the last shift on one page, for a wall and for whoever takes over. What `handover` prints, live.

It scrolls nowhere: each part gets as many lines as there is room for, and says how many more there are. It is read
again when somebody wrote something, and once a minute because time goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual import events, work
from textual.binding import BindingType
from textual.widget import Widget

from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.handover.gather import Handover, gather
from proximity_tui.handover.text import Part, clock, parts, span
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.base.base_screen import BaseScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.text.lines import Lines, Piece, TextLine, width_of
from proximity_tui.widgets.glyphs import glyphs

SHIFT = timedelta(hours=8)
READ_EVERY = 60
"""Ticks after which the time that it is about has moved on far enough."""
TWO_COLUMNS = 140
"""Cells from which on two parts stand side by side."""
GAP = 3
"""Cells between two columns."""


class PulseScreen(BaseScreen):
    """The screen of the last shift."""

    PLACE = ScreenId.PULSE
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.PULSE)]

    def __init__(self) -> None:
        super().__init__()
        self._read_at: tuple[int | None, str | None] | None = None
        """The version of the database that is shown or being read, and the cluster that it is narrowed to."""
        self._due = False
        self._ticks = 0

    def content(self) -> Iterable[Widget]:
        """Yield the board."""
        yield Board()

    def show(self, view: View) -> None:
        """Read again, if anybody wrote anything since: at the next tick, because many things may be written at once."""
        now = view.store_version, self.controller.narrowing.cluster
        if self._read_at is None or self._read_at[1] != now[1]:
            self._read()
        self._due = self._due or now != self._read_at

    def tick(self) -> None:
        """Read again where that is due, and once a minute."""
        self._ticks += 1
        if self._due or self._ticks % READ_EVERY == 0:
            self._read()

    def _read(self) -> None:
        only = self.controller.narrowing.cluster
        self._read_at, self._due = (self.view.store_version, only), False
        self._gather(only)

    @work(exclusive=True, group="handover")
    async def _gather(self, only: str | None) -> None:
        now = self.controller.clock.now()
        clusters = tuple(self.controller.session.settings.enabled_clusters)
        try:
            found = await self.controller.ask(gather, now - SHIFT, now, clusters, only)
        except StoreError as error:
            self._read_at = None
            self._draw(f"The handover cannot be read: {error}")
            return
        self._draw(found)

    @unless_unmounted
    def _draw(self, found: Handover | str) -> None:
        """Show a handover, or why there is none."""
        board = self.query_one(Board)
        if isinstance(found, str):
            board.tell(found)
        else:
            board.show_handover(found)


class Board(Lines):
    """The parts of a handover, laid out for the room there is."""

    DEFAULT_CSS = """
    Board { height: 1fr; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__(id="board")
        self._handover: Handover | None = None
        self._sentence = "Reading the records."
        self.display = True

    def show_handover(self, handover: Handover) -> None:
        """Show a handover from now on."""
        self._handover = handover
        self._lay_out()

    def tell(self, sentence: str) -> None:
        """Show a sentence instead of a handover."""
        self._handover, self._sentence = None, sentence
        self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        """Lay out again."""
        self._lay_out()

    def _lay_out(self) -> None:
        found, room = self._handover, self.content_size
        if found is None:
            self.set_text([[(self._sentence, "dim")]])
            return
        head: TextLine = [("Pulse", "accent"), (f"  {span(found)}, as of {clock(found.until, found.until)}", "dim")]
        self.set_text([cropped(head, room.width), *arranged(parts(found), room.width, room.height - 1)])


def arranged(told: Sequence[Part], width: int, height: int) -> list[TextLine]:
    """Return the parts as at most `height` lines of at most `width` cells: below each other, or in two columns."""
    if width < TWO_COLUMNS:
        return _column(told, width, height)
    side = (width - GAP) // 2
    # What is and what runs on the left, what happened on the right.
    left = [part for part in told if part.title in ("Still open", "Fleet", "Jobs")]
    columns = _column(left, side, height), _column([part for part in told if part not in left], side, height)
    lines: list[TextLine] = []
    for row in range(max(map(len, columns))):
        first, second = (column[row] if row < len(column) else [] for column in columns)
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


def _column(told: Sequence[Part], width: int, height: int) -> list[TextLine]:
    gap = 1 if height >= 5 * len(told) else 0
    rooms = _rooms([len(part.lines) for part in told], height - len(told) - gap * (len(told) - 1))
    lines: list[TextLine] = []
    for part, room in zip(told, rooms, strict=True):
        if lines and gap:
            lines.append([])
        lines.append(cropped([(f"{part.title:<12}", "accent"), (part.summary, part.weight)], width))
        lines += [cropped(line, width) for line in _shown(part, room)]
    return lines[: max(0, height)]


def _shown(part: Part, room: int) -> list[TextLine]:
    """Return the lines of a part that have room; where there are more, the last says how many."""
    lines: list[TextLine] = [[(f"  {line.text}", line.weight)] for line in part.lines]
    if len(lines) <= room:
        return lines
    kept = max(0, room - 1)
    more: TextLine = [(f"  and {len(lines) - kept} more", "dim")]
    return [*lines[:kept], more][:room]


def _rooms(wanted: Sequence[int], height: int) -> list[int]:
    """Return the number of lines of each part: one each in turn, the first part first, while there is room."""
    given, left = [0] * len(wanted), height
    while left > 0 and given != list(wanted):
        for place, number in enumerate(wanted):
            if given[place] < number and left > 0:
                given[place] += 1
                left -= 1
    return given
