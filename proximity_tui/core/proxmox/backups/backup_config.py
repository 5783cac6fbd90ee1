"""The config in a backup, as Proxmox takes it out of the archive: the text of the file, read into keys and values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.transport.http import HttpSession

_SETTING = re.compile(r"(?P<key>[a-z][a-z0-9_.-]*):\s*(?P<value>.*)")


def read_backup_config(session: HttpSession, node: str, volid: str) -> Mapping[str, Any]:
    """Return the config in a backup, every value as text. Raises ProxmoxError, ValueError for an invalid volume id."""
    path = paths.node(node, "vzdump", "extractconfig")
    answer = session.get(path, volume=paths.volid(volid))
    # The text of a file: made plain it would be one line.
    config = config_in(answer) if isinstance(answer, str) else {}
    if not config:
        raise session.malformed(path, "the config in the backup has no settings")
    return config


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
