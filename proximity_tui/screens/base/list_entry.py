"""One entry of a list screen: its cells, its fields for the filter, its story. It does not know its kind.

Long lists make the words of an entry only when they are drawn: 5,000 at once would block the screen for 0.4 s
(measured).
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, overload

from textual import events
from textual.content import Content
from textual.widget import Widget

from proximity_tui.core.base.text import plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.widgets.table.cells import Cell, Row, fit
from proximity_tui.widgets.table.filter import Fields
from proximity_tui.widgets.theme import STYLES, Tone

MOST_LINES = 3
"""What is the matter stands in the end of a reason as often as in its beginning: it is not cut after one line."""

A_SCREEN = 8
"""Lines of the screen for each line of the story: on a small one the list needs the room."""


class Listed(Protocol):
    """The interface of an entry for a list screen."""

    @property
    def key(self) -> str:
        """Its identity, whatever line it stands on."""
        ...

    @property
    def urgent(self) -> bool:
        """True when it needs a person."""
        ...

    @property
    def seen_at(self) -> datetime | None:
        """The time at which its data was seen."""
        ...

    def make_cells(self) -> Sequence[str | Cell]:
        """Return its cells, in the order of the columns."""
        ...

    def make_fields(self) -> Fields:
        """Return its fields for the filter."""
        ...

    def make_detail(self) -> str:
        """Return everything about it, in one line."""
        ...


@value_object
class ListEntry:
    """An entry with complete words, for lists that are never long."""

    row: Row
    fields: Fields
    story: str = ""
    seen_at: datetime | None = None
    urgent: bool = False

    @property
    def key(self) -> str:
        """The key of its row."""
        return self.row.key

    def make_cells(self) -> Sequence[str | Cell]:
        """Return the cells of its row."""
        return self.row.cells

    def make_fields(self) -> Fields:
        """Return its fields."""
        return self.fields

    def make_detail(self) -> str:
        """Return its story."""
        return self.story


class Cells(Sequence[str | Cell]):
    """The cells of an entry, made when the first of them is read."""

    def __init__(self, entry: Listed) -> None:
        self._entry = entry
        self._made: Sequence[str | Cell] | None = None

    def __len__(self) -> int:
        return len(self._all)

    @overload
    def __getitem__(self, index: int) -> str | Cell: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str | Cell]: ...
    def __getitem__(self, index: int | slice) -> str | Cell | Sequence[str | Cell]:
        return self._all[index]

    @property
    def _all(self) -> Sequence[str | Cell]:
        if self._made is None:
            self._made = self._entry.make_cells()
        return self._made


class RowDetail(Widget):
    """The detail line. Texts come from outside: they are never markup. The same again paints nothing."""

    DEFAULT_CSS = """
    RowDetail { height: 1; width: 1fr; background: $surface; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = ""
        self._tone: Tone = "dim"
        self._lines: list[str] = []

    @property
    def text(self) -> str:
        """The whole text, whether it fits or not."""
        return self._text

    def set_text(self, text: str, tone: Tone) -> None:
        """Show `text`, in as many lines as it needs and may have."""
        looks_different = tone != self._tone
        self._text, self._tone = plain(text), tone
        self._lay_out()
        if looks_different:
            self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        self._lay_out()

    def render(self) -> Content:
        """Return the lines in the colour of the theme."""
        return Content("\n").join(Content.assemble((line, STYLES[self._tone])) for line in self._lines)

    def _lay_out(self) -> None:
        size = self.app.size
        lines = detail_lines(self._text, size.width, max(1, min(MOST_LINES, size.height // A_SCREEN)))
        if lines == self._lines:
            return
        grows = len(lines) != len(self._lines)
        self._lines = lines
        if grows:
            self.styles.height = len(lines)
        self.refresh(layout=grows)


def detail_lines(text: str, width: int, most: int) -> list[str]:
    """Return `text` in at most `most` lines, each after a blank; a longer one ends in `…`."""
    room = max(1, width - 1)
    lines = textwrap.wrap(text, room, break_on_hyphens=False) or [""]
    kept = [*lines[: most - 1], " ".join(lines[most - 1 :])] if len(lines) > most else lines
    return [f" {fit(line, room).rstrip()}" for line in kept]
