"""The offer for a new container, as names: bridges of a node, pools, and the volumes of one kind on one storage.

A row that cannot be understood offers nothing, and does not affect the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from proximity_tui.core.model import names
from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.decode.values import Malformed, require_list
from proximity_tui.core.proxmox.paths import ApiPath
from proximity_tui.core.proxmox.transport.http import HttpSession


def read_bridges(session: HttpSession, node: str) -> tuple[str, ...]:
    """Return the bridges of a node that our token may see, by name, those of the SDN included."""
    rows = _rows(session, paths.node(node, "network"), "the bridges", type="any_bridge")
    return tuple(sorted({row["iface"] for row in rows if names.is_bridge(row.get("iface"))}))


def read_pools(session: HttpSession) -> tuple[str, ...]:
    """Return the resource pools that our token may see, by name."""
    rows = _rows(session, paths.top("pools"), "the pools")
    return tuple(sorted({row["poolid"] for row in rows if names.is_pool(row.get("poolid"))}))


def read_volumes(session: HttpSession, node: str, storage: str, content: str) -> tuple[str, ...]:
    """Return the volumes of this content on a storage, by volume id."""
    rows = _rows(session, paths.storage_content(node, storage), "the volumes", content=content)
    return tuple(sorted({row["volid"] for row in rows if names.is_volume(row.get("volid"))}))


def _rows(session: HttpSession, path: ApiPath, name: str, **parameters: str) -> Iterator[Mapping[str, Any]]:
    answer = session.get(path, **parameters)
    try:
        return (row for row in require_list(answer, name) if isinstance(row, dict))
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
