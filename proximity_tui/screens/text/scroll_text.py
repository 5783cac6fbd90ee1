"""A text that is longer than the screen, scrolled with the keys of a table. It does not know the content."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll

from proximity_tui.screens.text.lines import HangingLine, Lines, Piece, TextLine, pieces_as_called, width_of
from proximity_tui.widgets.table.row_table import MOVES
from proximity_tui.widgets.wrapping import words_of


class ScrollText(VerticalScroll, can_focus=True):
    """Lines that scroll. It moves by the keys of a table, also when they are rebound."""

    DEFAULT_CSS = """
    ScrollText { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    /* The end of a text that is too short for its window is not above the window. */
    ScrollText > Lines { min-height: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*MOVES]

    def __init__(self, hang: int = 4, *, id: str | None = None, verbatim: bool = False) -> None:
        """Build the text; the continuation of a line begins `hang` cells in, unless it is a `HangingLine`. One that is
        `verbatim` is not ours, as a log: the commands that stand in it are shown as they are.
        """
        super().__init__(id=id)
        self._verbatim = verbatim
        self._hang = hang
        self._lines: tuple[TextLine, ...] = ()

    def compose(self) -> ComposeResult:
        """Yield the text."""
        # A command may be broken over two lines: what it needs was put in before.
        yield Lines(verbatim=True)

    @property
    def text(self) -> str:
        """The text, line by line as it is wrapped now."""
        return self.query_one(Lines).text

    def set_text(self, lines: Iterable[TextLine]) -> None:
        """Show these lines from now on, without moving; the same again writes nothing."""
        self._lines = tuple(lines if self._verbatim else map(_line_as_called, lines))
        self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap the lines again."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = max(20, self.scrollable_content_region.width or self.app.size.width - 3)
        self.query_one(Lines).set_text(
            part
            for line in self._lines
            for part in broken(line, width, line.hang if isinstance(line, HangingLine) else self._hang)
        )

    def action_move(self, lines: int) -> None:
        """Scroll by lines."""
        self.scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll by pages."""
        self.scroll_relative(y=pages * max(1, self.size.height - 1), animate=False)

    def action_first(self) -> None:
        """Scroll to the first line."""
        self.scroll_home(animate=False)

    def action_last(self) -> None:
        """Scroll to the last line, and stay at the end of a text that grows until something else scrolls it."""
        self.anchor()


def _line_as_called(line: TextLine) -> TextLine:
    called = pieces_as_called(line)
    return HangingLine(called, line.hang) if isinstance(line, HangingLine) else called


def broken(line: TextLine, width: int, indent: int) -> list[TextLine]:
    """Return a line as as many as it needs in `width` cells, wrapped between words; the others
    begin `indent` cells in.
    """
    if width_of(line) <= width:
        return [line]
    parts: list[list[Piece]] = [[]]
    used = 0
    for text, tone in line:
        for word in words_of(text, width - indent):
            size = width_of([(word, tone)])
            if used + size > width and used > indent:
                parts.append([(" " * indent, "normal")])
                used = indent
                word = word.lstrip()
                size = width_of([(word, tone)])
            parts[-1].append((word, tone))
            used += size
    return [_joined(part) for part in parts]


def _joined(pieces: Iterable[Piece]) -> TextLine:
    """Return the same line in as few pieces as it needs."""
    joined: list[Piece] = []
    for text, tone in pieces:
        if joined and joined[-1][1] == tone:
            joined[-1] = (joined[-1][0] + text, tone)
        else:
            joined.append((text, tone))
    return joined
