"""One line that asks for a word, `Type web1 to confirm: `, and the field it is typed into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Key
from textual.screen import Screen
from textual.widgets import Input

from proximity_tui.screens.text.lines import Lines


class TypedRow(Horizontal):
    """The field has the id given, the line that id with `-row`."""

    DEFAULT_CSS = """
    TypedRow {
        height: 1;
        & Lines { width: auto; max-width: 60%; height: 1; }
        & Input { height: 1; width: 1fr; border: none; padding: 0; }
        & Input:focus { border: none; }
    }
    """

    def __init__(self, id: str, *, max_length: int = 300, shown: bool = False) -> None:
        super().__init__(id=f"{id}-row")
        self.display = shown
        self._field = Input(id=id, compact=True, max_length=max_length)
        self._field.cursor_blink = False

    def compose(self) -> ComposeResult:
        """The question, the field."""
        yield Lines()
        yield self._field

    def ask(self, question: str) -> None:
        """Say what shall be typed."""
        self.query_one(Lines).set_text([[(question, "warn")]])

    @property
    def value(self) -> str:
        """What was typed."""
        return self._field.value

    def clear(self) -> None:
        """Take back what was typed."""
        self._field.value = ""

    def enter(self, typed: str = "") -> None:
        """Lead whoever types here, with what was typed on the way: more of that follows, and shall not replace it."""
        self._field.select_on_focus = not typed
        self._field.focus()
        self._field.insert_text_at_cursor(typed)


def type_beside(screen: Screen[Any], event: Key, accepts: Callable[[str], bool] = str.isprintable) -> None:
    """Give a character that was typed beside the fields to the first one that is asked for, so that it is no command.

    The space bar still presses what has the focus.
    """
    row = next((row for row in screen.query(TypedRow) if row.display), None)
    # Textual gives alt+p the character p, too.
    character = event.character if event.character != " " and "+" not in event.key else None
    if row is not None and not isinstance(screen.focused, Input) and character is not None and accepts(character):
        event.stop()
        row.enter(character)
