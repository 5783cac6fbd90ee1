"""The dialog that accepts drift: what differs, and the note that the audit trail keeps."""

from __future__ import annotations

from collections.abc import Sequence

from proximity_tui.core.doctrine.observation.config_fields import FieldChange
from proximity_tui.core.model import Container
from proximity_tui.screens.presentation.revisions import changes_words
from proximity_tui.widgets.note_dialog import NoteDialog
from proximity_tui.widgets.table.cells import Cell

MOST_SHOWN = 12
"""How many changed fields are shown one by one."""


class AcceptDialog(NoteDialog):
    """A dialog that shows what becomes the baseline, and returns the note, or None."""

    def __init__(self, container: Container, changes: Sequence[FieldChange], actor: str) -> None:
        more = len(changes) - MOST_SHOWN
        super().__init__(
            f"Accept the config of {container.name}",
            [
                "The present config becomes the baseline. Nothing is changed at Proxmox. It is refused if the config"
                " changes before you answer.",
                *(Cell(f"  {changes_words([change])}", "warn") for change in changes[:MOST_SHOWN]),
                *([Cell(f"  and {more} more", "dim")] if more > 0 else []),
            ],
            "Accept",
            actor=actor,
            ask="Note why it is right:",
        )
