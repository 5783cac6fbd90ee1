"""The dialog that takes the note with which a finding is waived. It records nothing."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from proximity_tui.core.model.lint import LintFinding
from proximity_tui.widgets.confirm import Button, Confirm


class WaiveDialog(Confirm[str | None]):
    """A dialog that shows the finding and the person to record, and returns their note."""

    DEFAULT_CSS = """
    WaiveDialog Input { height: 1; border: none; padding: 0; background: $panel; }
    WaiveDialog Input:focus { border: none; }
    """
    AUTO_FOCUS = "#waive-note"

    def __init__(self, finding: LintFinding, actor: str) -> None:
        super().__init__(
            f"Waive {finding.rule} of {finding.name}",
            [
                f"{finding.name}: {finding.reason}.",
                "It stays as it is, and is listed no more until somebody lifts the waiver.",
                f"Recorded with your name ({actor}) and the time. Note why:",
            ],
            [Button("waive", "Waive", "", disabled=True)],
            cancel=Button("cancel", "Cancel", None),
        )

    def compose_body(self) -> ComposeResult:
        """Yield the lines, and below them the note."""
        yield from super().compose_body()
        note = Input(id="waive-note", compact=True, max_length=500)
        note.cursor_blink = False
        yield note

    def choose(self, choice: Button[str | None]) -> None:
        """Close with the note; without one there is nothing to record."""
        note = self.query_one(Input).value.strip()
        if note:
            self.dismiss(note)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.button("waive").disabled = not event.value.strip()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.choose(Button("waive", "", ""))
