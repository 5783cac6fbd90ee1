"""One line that asks for a word, `Type web1 to confirm: `, and its field."""

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
    """A question with its field. The field has the id given, the line that id with `-row`."""

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
        """Yield the question and the field."""
        yield Lines()
        yield self._field

    def ask(self, question: str) -> None:
        """Show the question."""
        self.query_one(Lines).set_text([[(question, "warn")]])

    @property
    def value(self) -> str:
        """The typed text."""
        return self._field.value

    def clear(self) -> None:
        """Clear the typed text."""
        self._field.value = ""

    def enter(self, typed: str = "") -> None:
        """Focus the field and append `typed`, which was typed elsewhere: more follows, and must not replace it."""
        self._field.select_on_focus = not typed
        self._field.focus()
        self._field.insert_text_at_cursor(typed)


def type_beside(screen: Screen[Any], event: Key, accepts: Callable[[str], bool] = str.isprintable) -> None:
    """Put a character that was typed beside the fields into the first open one, so that it is no command.

    The space bar still presses the focused widget.
    """
    row = next((row for row in screen.query(TypedRow) if row.display), None)
    # Textual gives alt+p the character p, too.
    character = event.character if event.character != " " and "+" not in event.key else None
    if row is not None and not isinstance(screen.focused, Input) and character is not None and accepts(character):
        event.stop()
        row.enter(character)
