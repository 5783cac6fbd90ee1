"""Everything about one backup, as a text to read."""

from __future__ import annotations

from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.base.text import human_bytes
from proximity_tui.screens.backups.rows import BackupRow
from proximity_tui.screens.container.text_reader import TextReader
from proximity_tui.screens.presentation.backups import owner_words
from proximity_tui.screens.text.lines import TextLine


class BackupDetail(TextReader):
    """The facts about a backup. Nothing is asked for them: the list has them all."""

    def __init__(self, row: BackupRow) -> None:
        super().__init__()
        self._row = row

    def heading(self) -> str:
        """Return its volume id."""
        return f"Backup {self._row.backup.volid}"

    def keys(self) -> str:
        """Return its keys, in words."""
        return "esc closes"

    async def read(self) -> list[TextLine]:
        """Return a line for each fact."""
        backup = self._row.backup
        verified = "not verified" if backup.verification is None else f"verified: {backup.verification}"
        size = "not known" if backup.size is None else f"{human_bytes(backup.size)} ({backup.size} bytes)"
        facts = {
            "made": local_time(backup.at),
            "of": owner_words(self._row.owner, self._row.vmid) or f"this container, CT {self._row.vmid}",
            "storage": backup.storage,
            "reached by": ", ".join(backup.nodes) or "not known",
            "size": size,
            "format": backup.format or "not known",
            "encrypted": "yes" if backup.encrypted else "no",
            "protected": "yes: no retention removes it" if backup.protected else "no",
            "verification": verified,
            "note": backup.notes or "none",
        }
        return [[(f"{name:<13}", "dim"), (text, "normal")] for name, text in facts.items()]
