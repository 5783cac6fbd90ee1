"""Lines of text in tones that wrap where there is little room, painted only when they look different."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widget import Widget

from proximity_tui.core.base.text import plain
from proximity_tui.screens.text.line import Piece
from proximity_tui.widgets.tones import STYLES

TextLine = Sequence[Piece]
"""One line: pieces side by side. An empty one is a blank line."""


class Lines(Widget):
    """Wrapping lines. Texts may come from outside: they are never markup."""

    DEFAULT_CSS = """
    Lines { height: auto; width: 1fr; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: tuple[tuple[Piece, ...], ...] = ()
        self.display = False

    @property
    def text(self) -> str:
        """The text, line by line."""
        return "\n".join("".join(text for text, _ in line) for line in self._lines)

    def set_text(self, lines: Iterable[TextLine]) -> None:
        """Show these lines from now on; the same again writes nothing to the terminal."""
        fresh = tuple(tuple(line) for line in lines)
        if fresh != self._lines:
            self._lines = fresh
            self.display = bool(fresh)
            self.refresh(layout=True)

    def render(self) -> Content:
        """Return the lines in the colours of the theme."""
        return Content("\n").join(
            Content.assemble(*((plain(text), STYLES[tone]) for text, tone in line)) for line in self._lines
        )
