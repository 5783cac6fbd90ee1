"""The dialog that accepts drift: what differs, and the note that the audit trail keeps."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from proximity_tui.core.doctrine.observation.config_fields import FieldChange
from proximity_tui.core.model import Container
from proximity_tui.screens.presentation.revisions import changes_words
from proximity_tui.widgets.confirm import Button, Confirm
from proximity_tui.widgets.table.cells import Cell

MOST_SHOWN = 12
"""How many changed fields are shown one by one."""


class AcceptDialog(Confirm[str | None]):
    """A dialog that shows what becomes the baseline, and returns the note, or None."""

    DEFAULT_CSS = """
    AcceptDialog Input { height: 1; border: none; padding: 0; background: $panel; }
    AcceptDialog Input:focus { border: none; }
    """
    AUTO_FOCUS = "#accept-note"

    def __init__(self, container: Container, changes: Sequence[FieldChange], actor: str) -> None:
        more = len(changes) - MOST_SHOWN
        super().__init__(
            f"Accept the config of {container.name}",
            [
                "The present config becomes the baseline. Nothing is changed at Proxmox. It is refused if the config"
                " changes before you answer.",
                *(Cell(f"  {changes_words([change])}", "warn") for change in changes[:MOST_SHOWN]),
                *([Cell(f"  and {more} more", "dim")] if more > 0 else []),
                f"Recorded with your name ({actor}) and the time. Note why it is right:",
            ],
            [Button("accept", "Accept", "", disabled=True)],
            cancel=Button("cancel", "Cancel", None),
        )

    def compose_body(self) -> ComposeResult:
        """Yield the lines, and below them the note."""
        yield from super().compose_body()
        note = Input(id="accept-note", compact=True, max_length=500)
        note.cursor_blink = False
        yield note

    def choose(self, choice: Button[str | None]) -> None:
        """Close with the note; without one nothing is accepted."""
        note = self.query_one(Input).value.strip()
        if note:
            self.dismiss(note)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.button("accept").disabled = not event.value.strip()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.choose(Button("accept", "", ""))
