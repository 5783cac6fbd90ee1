"""The question that needs a note: why somebody did, or decided, something. It returns the note and records nothing."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from proximity_tui.core.model.limits import LONGEST_NOTE
from proximity_tui.widgets.dialogs.confirm_dialog import Button, Confirm
from proximity_tui.widgets.line_controls import LineInput
from proximity_tui.widgets.table.cells import Cell


class NoteDialog(Confirm[str | None]):
    """A dialog that shows what is recorded and by whom, and returns the note, or None. Its yes needs a note."""

    AUTO_FOCUS = "#note"

    def __init__(self, title: str, lines: Sequence[str | Cell], verb: str, *, actor: str, ask: str) -> None:
        """`verb` is what the yes says, `ask` what the note is to tell: `Note why:`."""
        super().__init__(
            title,
            [*lines, f"Recorded with your name ({actor}) and the time. {ask}"],
            [Button("note", verb, "", disabled=True)],
            cancel=Button("cancel", "Cancel", None),
        )

    def compose_foot(self) -> ComposeResult:
        """Yield the note: it stays in sight, however many lines there are."""
        yield LineInput(id="note", max_length=LONGEST_NOTE)

    def choose(self, choice: Button[str | None]) -> None:
        """Close with the note; without one there is nothing to record."""
        self._close_with_note()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.button("note").disabled = not event.value.strip()

    @on(Input.Submitted)
    def _close_with_note(self) -> None:
        note = self.query_one(Input).value.strip()
        if note:
            self.dismiss(note)
