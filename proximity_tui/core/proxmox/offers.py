"""The offer of a cluster, as names: bridges of a node, pools, volumes on a storage; and where a container may go.

A row that cannot be understood offers nothing, and does not affect the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from proximity_tui.core.base.text import plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import names
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.decode.json_values import Malformed, require_dict, require_list
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


@value_object
class MigrationAnswer:
    """Whether a container may go to a node, None where Proxmox does not tell; and the HA resources that block it."""

    allowed: bool | None = None
    blocked: tuple[str, ...] = ()


def read_migration(session: HttpSession, node: str, vmid: int, target: str) -> MigrationAnswer:
    """Return whether a container may go to another node. Proxmox VE 8.4 cannot be asked that. It also allows nodes that
    are offline (observed on Proxmox VE 9.2). Raises ProxmoxError.
    """
    path = paths.guest(node, vmid, "migrate")
    try:
        answer = require_dict(session.get(path, target=paths.node_name(target)), "the preconditions")
        refused = require_dict(answer.get("not-allowed-nodes") or {}, "the nodes that are not allowed")
        allowed = answer.get("allowed-nodes")
        known = None if allowed is None else target in require_list(allowed, "the allowed nodes")
        # Its schema has them for all nodes together; its source, by node.
        there = require_dict(refused.get(target) or refused, "what keeps it from the node")
        blocking = [] if known else require_list(there.get("blocking-ha-resources") or [], "the resources")
    except errors.RefusedByProxmox as error:
        if error.has_no_such_call:
            return MigrationAnswer()
        raise
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
    rows = (row for row in blocking if isinstance(row, dict))
    return MigrationAnswer(known, tuple(plain(f"{row.get('sid')} ({row.get('cause')})") for row in rows))


def _rows(session: HttpSession, path: ApiPath, name: str, **parameters: str) -> Iterator[Mapping[str, Any]]:
    answer = session.get_kept(path, **parameters)
    try:
        return (row for row in require_list(answer, name) if isinstance(row, dict))
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
