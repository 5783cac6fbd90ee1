"""The reading of the rows of nodes and storages. Their figures are unknown where they cannot be read: no decision about
a guest rests on them.
"""

from __future__ import annotations

from proximity_tui.core.model import NodeReading, NodeStatus, StorageReading, StorageStatus
from proximity_tui.core.proxmox.decode.json_values import as_bool, as_bytes, as_contents, as_load, as_seconds, as_text
from proximity_tui.core.proxmox.decode.names_in_answers import as_node_name, as_storage_name
from proximity_tui.core.proxmox.decode.rows import Fields


def node_reading(fields: Fields) -> NodeReading:
    """Return the node of a row. Raises Malformed without a name that a node can have: nothing could be asked of it."""
    return NodeReading(
        name=fields.required("node", as_node_name),
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
    return StorageReading(
        node=fields.required("node", as_node_name),
        storage=fields.required("storage", as_storage_name),
        status=StorageStatus.read(fields.row.get("status")),
        type=fields.optional("plugintype", as_text) or "unknown",
        content=fields.optional("content", as_contents) or (),
        shared=fields.optional("shared", as_bool) is True,
        disk=fields.optional("disk", as_bytes),
        maxdisk=fields.optional("maxdisk", as_bytes),
    )
