"""A text that is longer than the screen, moved through with the keys of a table. What it says is not known here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from proximity_tui.screens.lines import Lines, TextLine


class ScrollText(VerticalScroll, can_focus=True):
    """Lines that scroll. The bindings have the ids of the table's, so that a rebound key works in both."""

    DEFAULT_CSS = """
    ScrollText { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="table.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="table.down"),
        Binding("pageup", "leap(-1)", "Page up", show=False, id="table.page_up"),
        Binding("pagedown", "leap(1)", "Page down", show=False, id="table.page_down"),
        Binding("home,g", "to_first", "Top", show=False, id="table.first"),
        Binding("end,G", "to_last", "End", show=False, id="table.last"),
    ]

    def compose(self) -> ComposeResult:
        """The text."""
        yield Lines()

    @property
    def text(self) -> str:
        """What is said, line by line."""
        return self.query_one(Lines).text

    def say(self, lines: Iterable[TextLine]) -> None:
        """Show these lines from now on, where one was reading; the same again writes nothing."""
        self.query_one(Lines).say(lines)

    def action_move(self, lines: int) -> None:
        """Scroll by lines."""
        self.scroll_relative(y=lines, animate=False)

    def action_leap(self, pages: int) -> None:
        """Scroll by pages."""
        self.scroll_relative(y=pages * max(1, self.size.height - 1), animate=False)

    def action_to_first(self) -> None:
        """To the first line."""
        self.scroll_home(animate=False)

    def action_to_last(self) -> None:
        """To the last line."""
        self.scroll_end(animate=False)
