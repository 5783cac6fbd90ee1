"""One line that asks for a word, `Type web1 to confirm: `, and its field.

What is typed confirms only when it is exactly that word. A blank around it is seen by nobody, so the line says it, and
enter on anything else is answered.
"""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from proximity_tui.core.doctrine.guards.checks import is_typed
from proximity_tui.screens.text.lines import Lines
from proximity_tui.widgets.dialogs.dialog import Dialog
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
        self._question = ""
        self._wanted: str | None = None
        self._field = LineInput(id=id, max_length=max_length)

    def compose(self) -> ComposeResult:
        """Yield the question and the field."""
        yield Lines()
        yield self._field

    def ask(self, question: str, wanted: str | None = None) -> None:
        """Show the question. `wanted` is the one word that confirms, where there is one."""
        self._question, self._wanted = question.rstrip(), wanted
        self._show()

    @property
    def value(self) -> str:
        """The typed text."""
        return self._field.value

    @property
    def is_right(self) -> bool:
        """Whether the word that confirms is typed."""
        return self._wanted is not None and self.confirms(self._wanted)

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

    @on(Input.Changed)
    def _show(self) -> None:
        text, wanted = self.value, self._wanted
        is_near = wanted is not None and text != wanted and text.strip() == wanted
        place = "last" if text != text.rstrip() else "first"
        self.query_one(Lines).set_text([[(f"Erase the {place} blank:" if is_near else self._question, "warn")]])

    @on(Input.Submitted)
    def _answer_another_word(self) -> None:
        top: object = self.screen
        if self._wanted is not None and not self.is_right and isinstance(top, Dialog):
            top.take_message(f"Nothing was done: this is not {self._wanted}.", bad=True, about_dialog=True)
