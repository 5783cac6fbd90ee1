"""One line that asks for a word, `Type web1 to confirm: `, and its field."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal

from proximity_tui.core.doctrine.guards.checks import is_typed
from proximity_tui.screens.text.lines import Lines
from proximity_tui.widgets.dialogs.dialog_fields import insert
from proximity_tui.widgets.line_controls import LineInput


class TypedRow(Horizontal):
    """A question with its field. The field has the id given, the line that id with `-row`."""

    DEFAULT_CSS = """
    TypedRow {
        height: 1;
        & Lines {
            width: auto; max-width: 60%; height: 1; margin-right: 1; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & Input { width: 1fr; }
    }
    """

    def __init__(self, id: str, *, max_length: int = 300, shown: bool = False) -> None:
        super().__init__(id=f"{id}-row")
        self.display = shown
        self._field = LineInput(id=id, max_length=max_length)

    def compose(self) -> ComposeResult:
        """Yield the question and the field."""
        yield Lines()
        yield self._field

    def ask(self, question: str) -> None:
        """Show the question."""
        self.query_one(Lines).set_text([[(question.rstrip(), "warn")]])

    @property
    def value(self) -> str:
        """The typed text."""
        return self._field.value

    def confirms(self, wanted: str) -> bool:
        """Return whether exactly this was typed: no other case, and no blank around it."""
        return is_typed(wanted, self.value)

    def clear(self) -> None:
        """Clear the typed text."""
        self._field.value = ""

    def enter(self, typed: str = "") -> None:
        """Focus the field and append `typed`, which was typed elsewhere: more follows, and must not replace it."""
        if typed:
            insert(self._field, typed)
        else:
            self._field.focus()
