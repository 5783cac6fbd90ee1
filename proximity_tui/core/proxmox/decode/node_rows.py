"""The reading of the rows of nodes and storages. Their figures are unknown where they cannot be read: no decision about
a guest rests on them.
"""

from __future__ import annotations

from collections.abc import Callable

from proximity_tui.core.model import NodeReading, NodeStatus, StorageReading, StorageStatus
from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.decode.json_values import Malformed, as_bool, as_bytes, as_load, as_seconds, as_text
from proximity_tui.core.proxmox.decode.rows import Fields
from proximity_tui.core.proxmox.errors import InvalidName


def node_reading(fields: Fields) -> NodeReading:
    """Return the node of a row. Raises Malformed without a name that a node can have: nothing could be asked of it."""
    return NodeReading(
        name=fields.required("node", _node),
        status=NodeStatus.read(fields.row.get("status")),
        cpu=fields.optional("cpu", as_load),
        maxcpu=fields.optional("maxcpu", as_load),
        mem=fields.optional("mem", as_bytes),
        maxmem=fields.optional("maxmem", as_bytes),
        disk=fields.optional("disk", as_bytes),
        maxdisk=fields.optional("maxdisk", as_bytes),
        uptime=fields.optional("uptime", as_seconds),
        hastate=fields.optional("hastate", as_text),
    )


def storage_reading(fields: Fields) -> StorageReading:
    """Return the storage of a row. Raises Malformed without names that a storage and a node can have."""
    content = fields.optional("content", as_text) or ""
    return StorageReading(
        node=fields.required("node", _node),
        storage=fields.required("storage", _storage),
        status=StorageStatus.read(fields.row.get("status")),
        type=fields.optional("plugintype", as_text) or "unknown",
        # Proxmox writes the same contents in another order each time.
        content=tuple(sorted(filter(None, content.split(",")))),
        shared=fields.optional("shared", as_bool) is True,
        disk=fields.optional("disk", as_bytes),
        maxdisk=fields.optional("maxdisk", as_bytes),
    )


def _named_as(check: Callable[[object], str]) -> Callable[[object, str], str]:
    """Return the reading of a name that `check` accepts; it raises Malformed for every other one."""

    def read(value: object, name: str) -> str:
        try:
            return check(value)
        except InvalidName as error:
            raise Malformed(f"{name} is {error.reason}") from None

    return read


_node, _storage = _named_as(paths.node_name), _named_as(paths.storage_name)
