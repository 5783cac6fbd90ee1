"""The line below a list with all of the current row: one line, and a few more only where the text needs them."""

from __future__ import annotations

import textwrap

from textual import events
from textual.content import Content
from textual.widget import Widget

from proximity_tui.core.base.text import plain
from proximity_tui.widgets.table.cells import fit
from proximity_tui.widgets.tones import STYLES, Tone

MOST_LINES = 3
"""What is the matter stands in the end of a reason as often as in its beginning: it is not cut after one line."""

A_SCREEN = 8
"""Lines of the screen for each line of the story: on a small one the list needs the room."""


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
