"""What one backup tells of itself: the config in it, and what stands with it: its protection, and its whole note.

Proxmox takes the config out of the archive as the text of a file, which is read here into keys and values. Of the note
a list has only the first line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from proximity_tui.core.model.actions.backup_change import BackupMarks, as_note
from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.decode.json_values import Malformed, as_bool, require_dict
from proximity_tui.core.proxmox.transport.http import HttpSession

_SETTING = re.compile(r"(?P<key>[a-z][a-z0-9_.-]*):\s*(?P<value>.*)")


def read_backup_config(session: HttpSession, node: str, volid: str) -> Mapping[str, Any]:
    """Return the config in a backup, every value as text. Raises ProxmoxError."""
    path = paths.node(node, "vzdump", "extractconfig")
    answer = session.get(path, volume=paths.volid(volid))
    # The text of a file: made plain it would be one line.
    config = config_in(answer) if isinstance(answer, str) else {}
    if not config:
        raise session.malformed(path, "the config in the backup has no settings")
    return config


def read_backup_marks(session: HttpSession, node: str, volid: str) -> BackupMarks:
    """Return what stands with a backup that a node can reach. Raises ProxmoxError.

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


def config_in(text: str) -> Mapping[str, Any]:
    """Return the settings in a config file; those of its snapshots are left out. A description has a line end after
    each of its lines, as the config of a guest has.
    """
    described: list[str] = []
    settings: dict[str, Any] = {}
    for line in text.splitlines():
        if line.startswith("["):
            break
        if line.startswith("#"):
            described.append(f"{unquote(line[1:])}\n")
        elif found := _SETTING.fullmatch(line.strip()):
            settings.setdefault(found["key"], found["value"].strip())
    return {**settings, "description": "".join(described)} if described else settings
