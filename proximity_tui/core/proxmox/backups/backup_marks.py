"""What stands with one backup: its protection, and its note with all its lines. A list has only the first of them."""

from __future__ import annotations

from proximity_tui.core.model.actions.backup_change import BackupMarks, as_note
from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.decode.values import Malformed, as_bool, require_dict
from proximity_tui.core.proxmox.transport.http import HttpSession


def read_backup_marks(session: HttpSession, node: str, volid: str) -> BackupMarks:
    """Return what stands with a backup that a node can reach. Raises ProxmoxError, ValueError for an invalid volume id.

    From the source of Proxmox VE, and not recorded. A storage that knows no protection does not name it.
    """
    path = paths.volume(node, volid)
    try:
        row = require_dict(session.get(path), "the backup")
        protected, note = row.get("protected"), row.get("notes")
        if note is not None and not isinstance(note, str):
            raise Malformed("notes is not a text")
        return BackupMarks(protected is not None and as_bool(protected, "protected"), as_note(note or ""))
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
