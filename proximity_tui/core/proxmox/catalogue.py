"""The offer of a cluster, for screens to choose from and to draw: nodes, storages, templates, backups, history.

Small frozen shapes of their own, because none of these is a word of the model. Everything here is read when a person
requests it, never on a tick.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Literal

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import NodeReading, StorageReading, StorageStatus
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.decode.json_values import (
    Malformed,
    as_bool,
    as_bytes,
    as_contents,
    as_figure,
    as_load,
    as_moment,
    as_text,
    require_dict,
)
from proximity_tui.core.proxmox.decode.names_in_answers import as_storage_name
from proximity_tui.core.proxmox.decode.node_rows import node_reading
from proximity_tui.core.proxmox.decode.rows import Fields, from_each
from proximity_tui.core.proxmox.lists import read_list
from proximity_tui.core.proxmox.transport.http import HttpSession

Timeframe = Literal["hour", "day", "week", "month", "year"]

_LOADS = ("cpu", "maxcpu")
_AMOUNTS = ("mem", "maxmem", "disk", "maxdisk", "netin", "netout", "diskread", "diskwrite")


@value_object
class Version:
    """The version of the node that answered: `release` is `9.2`, `version` the package's `9.2.11`."""

    release: str
    version: str


@value_object
class Storage:
    """A storage that a node can reach. Sizes in bytes, None while it is not active."""

    name: str
    type: str
    content: tuple[str, ...]
    active: bool
    shared: bool
    available: int | None = None
    total: int | None = None


@value_object
class Template:
    """A container template: `volid` is what a creation names. `size` in bytes."""

    volid: str
    size: int | None = None


@value_object
class RrdSample:
    """A point of a guest's history. A value that was not measured is None. What is sent, received, read and written is
    in bytes per second.
    """

    at: datetime
    cpu: float | None = None
    maxcpu: float | None = None
    mem: float | None = None
    maxmem: float | None = None
    disk: float | None = None
    maxdisk: float | None = None
    netin: float | None = None
    netout: float | None = None
    diskread: float | None = None
    diskwrite: float | None = None


def read_version(session: HttpSession) -> Version:
    """Return the version of the node that answers. Any token may read it. Raises ProxmoxError."""
    path = paths.top("version")
    try:
        row = require_dict(session.get(path), "the version")
        return Version(as_text(row.get("release"), "release"), as_text(row.get("version"), "version"))
    except Malformed as error:
        raise session.malformed(path, str(error)) from None


def read_nodes(session: HttpSession) -> tuple[NodeReading, ...]:
    """Return all nodes of the cluster, by name."""
    return tuple(
        sorted(read_list(session, paths.top("nodes"), "the nodes", node_reading, kept=True), key=lambda node: node.name)
    )


def read_storages(session: HttpSession, node: str, content: str = "rootdir") -> tuple[Storage, ...]:
    """Return the enabled storages of a node that take `content`, by name. A token without Datastore.Audit sees none."""
    found = read_list(
        session, paths.node(node, "storage"), "the storages", _storage, kept=True, content=content, enabled=1
    )
    return tuple(sorted(found, key=lambda storage: storage.name))


def most_free(storages: Iterable[Storage]) -> Storage | None:
    """Return the active one with the most free space; None if none is active."""
    active = [storage for storage in storages if storage.active]
    return max(active, key=lambda storage: storage.available or 0) if active else None


def read_templates(session: HttpSession, node: str, gaps: list[str] | None = None) -> tuple[Template, ...]:
    """Return the container templates on all active storages of a node, by volume id. A storage that is not active or
    cannot be read is named in `gaps`; without it the error is raised, and what is not active is passed over. Who keeps
    answers has a shared storage listed once, for all nodes.
    """
    storages = {storage.name: storage for storage in read_storages(session, node, "vztmpl")}

    def listed(name: str) -> tuple[Template, ...]:
        read = partial(_list_templates, session, node, name)
        found: tuple[Template, ...] = session.kept.read(("templates", name), read) if storages[name].shared else read()
        return found

    if gaps is not None:
        lost = (storage.name for storage in storages.values() if not storage.active)
        gaps.extend(f"storage {name} is not active on {node}: its templates are not listed" for name in lost)
    active = [storage.name for storage in storages.values() if storage.active]
    return _by_volume(from_each(active, listed, gaps))


def read_all_templates(session: HttpSession, storages: Iterable[StorageReading]) -> tuple[Template, ...]:
    """Return the container templates on these storages of a cluster, by volume id; what is not available is passed
    over, and a shared storage is asked once. Raises a ProxmoxError.
    """
    reached = [one for one in storages if "vztmpl" in one.content and one.status is StorageStatus.AVAILABLE]
    places = {(one.storage, None if one.shared else one.node): one.node for one in reached}
    return _by_volume(one for (name, _), node in places.items() for one in _list_templates(session, node, name))


def _list_templates(session: HttpSession, node: str, storage: str) -> tuple[Template, ...]:
    path = paths.storage_content(node, storage)
    return read_list(session, path, "the templates", _template, kept=True, content="vztmpl")


def _by_volume(templates: Iterable[Template]) -> tuple[Template, ...]:
    return tuple(sorted(set(templates), key=lambda template: template.volid))


def read_history(session: HttpSession, node: str, vmid: int, timeframe: Timeframe = "hour") -> tuple[RrdSample, ...]:
    """Return the measured points of a guest, oldest first. A guest that was never measured has none."""
    path = paths.guest(node, vmid, "rrddata")
    try:
        found = read_list(session, path, "the history", _sample, timeframe=timeframe)
    except errors.RefusedByProxmox as error:
        if "RRD error" in error.reason:
            return ()
        raise
    return tuple(sorted(found, key=lambda sample: sample.at))


def _storage(fields: Fields) -> Storage:
    return Storage(
        name=fields.required("storage", as_storage_name),
        type=fields.optional("type", as_text) or "unknown",
        content=fields.decisive("content", as_contents) or (),
        active=fields.decisive("active", as_bool) is True,
        shared=fields.optional("shared", as_bool) is True,
        available=fields.optional("avail", as_bytes),
        total=fields.optional("total", as_bytes),
    )


def _template(fields: Fields) -> Template:
    return Template(volid=fields.required("volid", as_text), size=fields.optional("size", as_bytes))


def _sample(fields: Fields) -> RrdSample:
    loads = {name: fields.optional(name, as_load) for name in _LOADS}
    amounts = {name: fields.optional(name, as_figure) for name in _AMOUNTS}
    return RrdSample(at=fields.required("time", as_moment), **loads, **amounts)
