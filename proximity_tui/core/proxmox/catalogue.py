"""What a cluster offers, for screens to choose from and to draw: nodes, storages, templates, backups,
history.

Small frozen shapes of their own, because none of these is a word of the model. Everything here is read when a
person asks, never by the tick."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from proximity_tui.core.model import Backup
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.paths import ApiPath
from proximity_tui.core.proxmox.reading import (
    Malformed,
    as_bool,
    as_float,
    as_int,
    as_moment,
    as_text,
    require_dict,
    require_list_of_dicts,
)
from proximity_tui.core.proxmox.session import Session

T = TypeVar("T")

Timeframe = Literal["hour", "day", "week", "month", "year"]

_MEASURES = ("cpu", "maxcpu", "mem", "maxmem", "disk", "maxdisk", "netin", "netout")


@dataclass(frozen=True, slots=True)
class Version:
    """What the node that answered runs: `release` is `9.2`, `version` the package's `9.2.11`."""

    release: str
    version: str


@dataclass(frozen=True, slots=True)
class Node:
    """A node. The numbers need Sys.Audit on it, and are absent while it is offline. Sizes in bytes."""

    name: str
    status: str
    cpu: float | None = None
    maxcpu: float | None = None
    mem: int | None = None
    maxmem: int | None = None
    uptime: int | None = None

    @property
    def load(self) -> float:
        """The share of its memory in use; 1 when that is not known."""
        return self.mem / self.maxmem if self.mem is not None and self.maxmem else 1.0


@dataclass(frozen=True, slots=True)
class Storage:
    """A storage that a node can reach. Sizes in bytes, None while it is not active."""

    name: str
    type: str
    content: tuple[str, ...]
    active: bool
    shared: bool
    available: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A container template: `volid` is what a creation names. `size` in bytes."""

    volid: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A point of a guest's history. What was not measured is None. `netin` and `netout` are bytes per
    second."""

    at: datetime
    cpu: float | None = None
    maxcpu: float | None = None
    mem: float | None = None
    maxmem: float | None = None
    disk: float | None = None
    maxdisk: float | None = None
    netin: float | None = None
    netout: float | None = None


def read_version(session: Session) -> Version:
    """The version of the node that answers. Any token may ask."""
    path = paths.top("version")
    answer = session.get(path)

    def version() -> Version:
        row = require_dict(answer, "the version")
        return Version(as_text(row.get("release"), "release"), as_text(row.get("version"), "version"))

    return _checked(session, path, version)


def read_nodes(session: Session) -> tuple[Node, ...]:
    """All nodes of the cluster, by name."""
    rows = _rows(session, paths.top("nodes"), "the nodes")
    return tuple(sorted(_each(session, paths.top("nodes"), rows, _node), key=lambda node: node.name))


def read_storages(session: Session, node: str, content: str = "rootdir") -> tuple[Storage, ...]:
    """The enabled storages of a node that take `content`, by name. A token without Datastore.Audit sees
    none."""
    path = paths.node(node, "storage")
    rows = _rows(session, path, "the storages", content=content, enabled=1)
    return tuple(sorted(_each(session, path, rows, _storage), key=lambda storage: storage.name))


def read_templates(session: Session, node: str) -> tuple[Template, ...]:
    """The container templates on all active storages of a node, by volume id."""
    found = []
    for storage in read_storages(session, node, "vztmpl"):
        if storage.active:
            path = paths.storage_content(node, storage.name)
            found += _each(session, path, _rows(session, path, "the templates", content="vztmpl"), _template)
    return tuple(sorted(set(found), key=lambda template: template.volid))


def read_backup_storages(session: Session, node: str) -> tuple[str, ...]:
    """The names of the active storages of a node that take backups."""
    return tuple(storage.name for storage in read_storages(session, node, "backup") if storage.active)


def read_backups(session: Session, node: str, vmid: int, storages: Collection[str] | None = None) -> tuple[Backup, ...]:
    """The backups of a container on `storages` of a node (all active ones that take backups if None), newest first.

    What was asked for is picked out here once more: the backup of another guest would be taken for one of this."""
    found = []
    for storage in read_backup_storages(session, node) if storages is None else storages:
        path = paths.storage_content(node, storage)
        rows = _rows(session, path, "the backups", content="backup", vmid=paths.vmid(vmid))
        found += _each(session, path, [row for row in rows if _is_of(row, vmid)], _backup)
    return tuple(sorted(set(found), key=lambda backup: backup.at, reverse=True))


def read_history(session: Session, node: str, vmid: int, timeframe: Timeframe = "hour") -> tuple[Sample, ...]:
    """The measured points of a guest, oldest first. A guest that was never measured has none."""
    path = paths.guest(node, vmid, "rrddata")
    try:
        rows = _rows(session, path, "the history", timeframe=timeframe)
    except errors.Refused as error:
        if "RRD error" in error.reason:
            return ()
        raise
    return tuple(sorted(_each(session, path, rows, _sample), key=lambda sample: sample.at))


def _node(row: Mapping[str, Any]) -> Node:
    status = row.get("status")
    return Node(
        name=as_text(row.get("node"), "the name of a node"),
        status=status if status in ("online", "offline") else "unknown",
        cpu=_optional(row, "cpu", as_float),
        maxcpu=_optional(row, "maxcpu", as_float),
        mem=_optional(row, "mem", as_int),
        maxmem=_optional(row, "maxmem", as_int),
        uptime=_optional(row, "uptime", as_int),
    )


def _storage(row: Mapping[str, Any]) -> Storage:
    content = as_text(row.get("content", ""), "content")
    try:
        name = paths.storage_name(row.get("storage"))
    except ValueError as error:
        raise Malformed(str(error)) from None
    return Storage(
        name=name,
        type=as_text(row.get("type"), "the type of a storage"),
        content=tuple(sorted(filter(None, content.split(",")))),
        active=as_bool(row.get("active", 0), "active"),
        shared=as_bool(row.get("shared", 0), "shared"),
        available=_optional(row, "avail", as_int),
        total=_optional(row, "total", as_int),
    )


def _template(row: Mapping[str, Any]) -> Template:
    return Template(volid=as_text(row.get("volid"), "volid"), size=_optional(row, "size", as_int))


def _is_of(row: Mapping[str, Any], vmid: int) -> bool:
    return str(row.get("vmid")) == str(vmid) and row.get("subtype", "lxc") == "lxc"


def _backup(row: Mapping[str, Any]) -> Backup:
    return Backup(
        volid=as_text(row.get("volid"), "volid"),
        at=as_moment(row.get("ctime"), "ctime"),
        size=_optional(row, "size", as_int),
    )


def _sample(row: Mapping[str, Any]) -> Sample:
    measured = {name: _optional(row, name, as_float) for name in _MEASURES}
    return Sample(at=as_moment(row.get("time"), "time"), **measured)


def _optional(row: Mapping[str, Any], key: str, read: Callable[[object, str], T]) -> T | None:
    return None if row.get(key) is None else read(row[key], key)


def _rows(session: Session, path: ApiPath, name: str, **parameters: str | int) -> list[Mapping[str, Any]]:
    answer = session.get(path, **parameters)
    return _checked(session, path, lambda: require_list_of_dicts(answer, name))


def _each(
    session: Session, path: ApiPath, rows: list[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], T]
) -> list[T]:
    return _checked(session, path, lambda: [read(row) for row in rows])


def _checked(session: Session, path: ApiPath, read: Callable[[], T]) -> T:
    try:
        return read()
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
