"""Text in tones, painted only when it looks different: one line, or lines that wrap where there is little room.

Neither has keys, and neither can be focused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from proximity_tui.core.base.advised_commands import as_called
from proximity_tui.core.base.text import plain
from proximity_tui.core.base.tone import Tone
from proximity_tui.widgets.theme import STYLES

Piece = tuple[str, Tone]


class HangingLine(tuple[Piece, ...]):
    """Pieces of one line whose continuation, where it is too long, begins `hang` cells in."""

    hang: int

    def __new__(cls, pieces: Iterable[Piece], hang: int) -> Self:
        """Return the line."""
        made = super().__new__(cls, pieces)
        made.hang = hang
        return made


class Line(Widget):
    """One line with pieces of text side by side. Texts may come from outside: they are never markup."""

    DEFAULT_CSS = """
    Line { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._pieces: tuple[Piece, ...] = ()

    @property
    def text(self) -> str:
        """The text of the line."""
        return "".join(text for text, _ in self._pieces)

    def set_text(self, pieces: Iterable[Piece]) -> None:
        """Show these pieces from now on; the same again writes nothing to the terminal."""
        fresh = pieces_as_called(pieces)
        if fresh != self._pieces:
            self._pieces = fresh
            self.refresh()

    def render(self) -> Content:
        """Return the pieces in the colours of the theme."""
        return Content.assemble(*((plain(text), STYLES[tone]) for text, tone in self._pieces))


def pieces_as_called(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Return the same pieces; a command that one advises has the options of this call."""
    return tuple((as_called(text), tone) for text, tone in pieces)


def width_of(pieces: Iterable[Piece]) -> int:
    """Return the number of cells that pieces take."""
    return sum(cell_len(text) for text, _ in pieces)


TextLine = Sequence[Piece]
"""One line: pieces side by side. An empty one is a blank line."""


class Lines(Widget):
    """Wrapping lines. Texts may come from outside: they are never markup, and `verbatim` shown as they are."""

    DEFAULT_CSS = """
    Lines { height: auto; width: 1fr; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None, verbatim: bool = False) -> None:
        super().__init__(id=id, classes=classes)
        self._verbatim = verbatim
        self._lines: tuple[tuple[Piece, ...], ...] = ()
        self.display = False

    @property
    def text(self) -> str:
        """The text, line by line."""
        return "\n".join("".join(text for text, _ in line) for line in self._lines)

    def set_text(self, lines: Iterable[TextLine]) -> None:
        """Show these lines from now on; the same again writes nothing to the terminal."""
        fresh = tuple(tuple(line) if self._verbatim else pieces_as_called(line) for line in lines)
        if fresh != self._lines:
            self._lines = fresh
            self.display = bool(fresh)
            self.refresh(layout=True)

    def render(self) -> Content:
        """Return the lines in the colours of the theme."""
        return Content("\n").join(
            Content.assemble(*((plain(text), STYLES[tone]) for text, tone in line)) for line in self._lines
        )
