"""The dialog for the note with which an alert is acknowledged. It returns the note, or None; it records nothing."""

from __future__ import annotations

from datetime import datetime

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from proximity_tui.core.model.alert import Alert
from proximity_tui.screens.presentation.alerts import full_time, headline, times
from proximity_tui.widgets.confirm import Button, Confirm
from proximity_tui.widgets.table.cells import Cell


class AcknowledgeDialog(Confirm[str | None]):
    """A dialog that shows the person to record, and takes their note."""

    DEFAULT_CSS = """
    AcknowledgeDialog Input { height: 1; border: none; padding: 0; background: $panel; }
    AcknowledgeDialog Input:focus { border: none; }
    """
    AUTO_FOCUS = "#acknowledge-note"

    def __init__(self, alert: Alert, actor: str, now: datetime) -> None:
        super().__init__(
            "Acknowledge",
            [
                headline(alert, now),
                Cell(f"opened {full_time(alert.opened_at, now)}, {times(alert)}", "dim"),
                f"Recorded with your name ({actor}) and the time. Note what you found or did:",
            ],
            [Button("acknowledge", "Acknowledge", "", disabled=True)],
            cancel=Button("cancel", "Cancel", None),
        )

    def compose_body(self) -> ComposeResult:
        """Yield the lines, and below them the note."""
        yield from super().compose_body()
        note = Input(id="acknowledge-note", compact=True, max_length=500)
        note.cursor_blink = False
        yield note

    def choose(self, choice: Button[str | None]) -> None:
        """Close with the note; without one there is nothing to record."""
        note = self.query_one(Input).value.strip()
        if note:
            self.dismiss(note)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.button("acknowledge").disabled = not event.value.strip()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.choose(Button("acknowledge", "", ""))
