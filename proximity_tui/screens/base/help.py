"""The keys of a screen, from the one table of commands."""

from __future__ import annotations

import textwrap
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.keyboard.keys import ScreenId, commands_for, shown_all
from proximity_tui.screens.text.line import STYLES
from proximity_tui.widgets.dialog_base import Dialog

NAMES = 22
"""Cells for keys and names; where the screen is narrow the text goes below them."""


FILTERS = 'In a filter ! before a word negates it, "quotes" keep blanks, * stands for anything.'


class HelpScreen(Dialog[None]):
    """Every available command, its present keys, and its description."""

    DEFAULT_CSS = """
    HelpScreen {
        padding-top: 1;  /* the status line stays in sight */
        & > Vertical { width: 100; height: auto; padding: 0 1; }
        & VerticalScroll { height: auto; scrollbar-size-vertical: 1; }
        & Static { height: auto; }
        & #help-title { text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "dismiss", "Close"),
        Binding("j", "scroll(1)", "Down", show=False),
        Binding("k", "scroll(-1)", "Up", show=False),
    ]

    app = getters.app(ControllerApp)

    def __init__(self, place: ScreenId) -> None:
        super().__init__()
        self._place = place

    def compose(self) -> ComposeResult:
        """Yield a title and the table; it scrolls where it does not fit."""
        with Vertical():
            yield Static(Content(f"Keys on {self._place.capitalize()} (esc closes)"), id="help-title")
            with VerticalScroll():
                yield Static(id="help-table")

    def on_resize(self) -> None:
        """Leave four lines for status line, border and title."""
        self.query_one(VerticalScroll).styles.max_height = max(1, self.size.height - 4)
        self.query_one("#help-table", Static).update(self._table(min(self.size.width, 100) - 6))

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def _table(self, width: int) -> Content:
        narrow = width < 3 * NAMES
        indent = 2 if narrow else NAMES
        parts: list[tuple[str, str]] = []
        for command in commands_for(self._place):
            name = shown_all(self.app.keymap.keys_of(command)) or f":{command.id} {command.argument}"
            text = textwrap.wrap(command.help, max(10, width - indent))
            parts.append((f"{name}\n{' ' * indent}" if narrow else f"{name:<{NAMES}}", STYLES["accent"]))
            parts.append((f"\n{' ' * indent}".join(text) + "\n", ""))
        parts.append((FILTERS, STYLES["dim"]))
        return Content.assemble(*parts)
