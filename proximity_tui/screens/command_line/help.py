"""The keys of a screen by what one wants to do, from the one table of commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.keyboard.aliases import OURS
from proximity_tui.screens.keyboard.groups import Group, grouped
from proximity_tui.screens.keyboard.keys import ScreenCommand, commands_for, shown_all
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.widgets.dialogs.dialog import SCROLLS, Dialog
from proximity_tui.widgets.theme import STYLES
from proximity_tui.widgets.wrapping import wrapped

_TITLES = {
    ScreenId.GUEST: "Unmanaged container",
    ScreenId.READ_ONLY: "VM or template",
    ScreenId.STORAGE_PAGE: "Storage page",
}
"""What a page is called where the name of its screen would be misread."""

NAMES = 22
"""Cells for keys and names; where the screen is narrow the text goes below them."""


FILTERS = (
    "In a filter, a word is found anywhere, and the value after a colon is matched whole: node:pve1 is not pve10, "
    'node:pve* is both. ! negates, ~ is a regular expression, a comma is "or", "quotes" keep spaces. '
    "Figures are compared: mem:>1G mem:>90% cpu:>80 disk:<10G uptime:<1h vmid:100-120."
)


class HelpScreen(Dialog[None]):
    """Every available command, its present keys, and its description."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,enter", "cancel", "Close"),
        *SCROLLS,
    ]

    app = getters.app(ControllerApp)

    def __init__(self, screen_id: ScreenId) -> None:
        super().__init__()
        self._screen_id = screen_id

    def compose_body(self) -> ComposeResult:
        """Yield the table."""
        yield Static(id="help-table")

    def on_mount(self) -> None:
        """Set the title."""
        self.show_title(f"Keys on {_TITLES.get(self._screen_id, self._screen_id.capitalize())} (esc closes)")

    def on_resize(self) -> None:
        """Wrap the lines for this width."""
        self.query_one("#help-table", Static).update(self._table(min(self.size.width, 100) - 6))

    def _table(self, width: int) -> Content:
        narrow = width < 3 * NAMES
        indent = 2 if narrow else NAMES
        parts: list[tuple[str, str]] = []
        for group, commands in grouped(commands_for(self._screen_id)).items():
            parts.append((f"{group}\n", "bold"))
            parts += self._lines(commands, width, narrow, indent)
            if group is Group.FIND:
                notes = (FILTERS, f"Short names: {self._short_names()}.")
                parts += [("\n".join(wrapped(note, width)) + "\n", STYLES["dim"]) for note in notes]
        return Content.assemble(*parts)

    def _short_names(self) -> str:
        names = {**OURS, **self.app.aliases.own}
        return ", ".join(f":{short} {text}" for short, text in names.items())

    def _lines(
        self, commands: Sequence[ScreenCommand], width: int, narrow: bool, indent: int
    ) -> Iterator[tuple[str, str]]:
        """Yield the pieces of the lines of a group."""
        for command in commands:
            name = shown_all(self.app.keymap.keys_of(command)) or f":{command.id} {command.argument}"
            text = wrapped(command.help, max(10, width - indent))
            yield f"{name}\n{' ' * indent}" if narrow else f"{name:<{NAMES}}", STYLES["accent"]
            yield f"\n{' ' * indent}".join(text) + "\n", ""
