"""The details of nodes and storages, what HA says, and the tasks of a whole cluster: read when a person opens them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Task
from proximity_tui.core.proxmox import errors, paths, pve_tasks
from proximity_tui.core.proxmox.decode.json_values import (
    Malformed,
    as_bool,
    as_bytes,
    as_float,
    as_load,
    as_moment,
    as_seconds,
    as_text,
    require_dict,
)
from proximity_tui.core.proxmox.decode.rows import Fields
from proximity_tui.core.proxmox.lists import read_list
from proximity_tui.core.proxmox.paths import ApiPath
from proximity_tui.core.proxmox.transport.http import HttpSession
from proximity_tui.core.proxmox.transport.trust import normal_fingerprint


@value_object
class Certificate:
    """A certificate of a node: `pve-root-ca.pem`, `pve-ssl.pem` or `pveproxy-ssl.pem`, and the end of its validity."""

    filename: str
    fingerprint: str
    expires_at: datetime | None = None


@value_object
class UsedSpace:
    """How much of something is used, in bytes; None where that was not told."""

    used: int | None = None
    total: int | None = None


@value_object
class NodeDetail:
    """A node as it tells of itself. `cpu` and `wait` are shares of all its cores, `load` the load averages of 1, 5 and
    15 minutes, `uptime` in seconds.
    """

    version: str | None = None
    kernel: str | None = None
    cpu_model: str | None = None
    cores: int | None = None
    cpu: float | None = None
    wait: float | None = None
    load: tuple[float, ...] = ()
    uptime: int | None = None
    memory: UsedSpace = UsedSpace()
    swap: UsedSpace = UsedSpace()
    rootfs: UsedSpace = UsedSpace()


@value_object
class Download:
    """A container template that a node can download: the name of its file, and what it is."""

    template: str
    headline: str | None = None


@value_object
class StorageDetail:
    """A storage as one node tells of it now."""

    type: str | None
    active: bool | None
    enabled: bool | None
    space: UsedSpace


@value_object
class HaRow:
    """A line of the status of HA: the quorum, the master, the agent of a node (`lrm`), or a service."""

    id: str
    type: str
    node: str | None
    status: str


class NodeReads:
    """What nodes, storages and HA tell of themselves. Every failure is a ProxmoxError."""

    def __init__(self, session: HttpSession) -> None:
        self._session = session

    def node(self, node: str) -> NodeDetail:
        """Return what a node tells of itself. Needs Sys.Audit on it."""
        fields = self._object(paths.node(node, "status"), "the status of the node")
        cpuinfo = _part(fields, "cpuinfo")
        return NodeDetail(
            version=fields.optional("pveversion", as_text),
            kernel=_part(fields, "current-kernel").optional("release", as_text) or fields.optional("kversion", as_text),
            cpu_model=cpuinfo.optional("model", as_text),
            cores=cpuinfo.optional("cpus", as_bytes),
            cpu=fields.optional("cpu", as_load),
            wait=fields.optional("wait", as_load),
            load=fields.optional("loadavg", _loads) or (),
            uptime=fields.optional("uptime", as_seconds),
            memory=_space(_part(fields, "memory")),
            swap=_space(_part(fields, "swap")),
            rootfs=_space(_part(fields, "rootfs")),
        )

    def downloads(self, node: str) -> tuple[Download, ...]:
        """Return the container templates that a node can download, by name. Any token may ask; no recording has it."""
        found = read_list(self._session, paths.node(node, "aplinfo"), "the downloads", _download)
        return tuple(sorted({one for one in found if one is not None}, key=lambda one: one.template))

    def storage(self, node: str, storage: str) -> StorageDetail:
        """Return what a node tells of a storage. Needs Datastore.Audit on it."""
        fields = self._object(paths.storage(node, storage, "status"), "the status of the storage")
        return StorageDetail(
            type=fields.optional("type", as_text),
            active=fields.optional("active", as_bool),
            enabled=fields.optional("enabled", as_bool),
            space=_space(fields),
        )

    def is_configured(self, node: str, storage: str) -> bool:
        """Return whether the cluster has a storage in its configuration, as a node says of a request for its content.
        Needs Datastore.Audit or Datastore.AllocateSpace on it, whether there is one or not. Every other answer raises.
        """
        try:
            self._session.get(paths.storage_content(node, storage), content="vztmpl")
        except errors.RefusedByProxmox as error:
            if error.reason == f"storage '{storage}' does not exist":
                return False
            raise
        return True

    def configured_storages(self) -> Mapping[str, bool]:
        """Return the storages in the configuration of the cluster, as far as our token may see them, by name; and
        whether each is disabled there.
        """
        return dict(read_list(self._session, paths.top("storage"), "the storages", _configured_storage))

    def ha(self) -> tuple[HaRow, ...]:
        """Return the status of HA, line by line. Needs Sys.Audit on `/`."""
        return read_list(self._session, paths.cluster("ha", "status", "current"), "the status of HA", _ha_row)

    def tasks(self, gaps: list[str] | None = None) -> tuple[Task, ...]:
        """Return the tasks of all nodes, newest first; see `tasks.find_in_cluster`."""
        return pve_tasks.find_in_cluster(self._session, gaps)

    def certificates(self, node: str) -> tuple[Certificate, ...]:
        """Return the certificates of a node, the root CA of its cluster included. Every token may read them."""
        return read_list(self._session, paths.node(node, "certificates", "info"), "the certificates", _certificate)

    def _object(self, path: ApiPath, name: str) -> Fields:
        try:
            return Fields(require_dict(self._session.get(path), name))
        except Malformed as error:
            raise self._session.malformed(path, str(error)) from None


def _configured_storage(fields: Fields) -> tuple[str, bool]:
    return fields.required("storage", as_text), fields.optional("disable", as_bool) is True


def _download(fields: Fields) -> Download | None:
    """Return the template in a row; None for what is no container template."""
    name = fields.required("template", as_text)
    if fields.row.get("type", "lxc") not in ("lxc", "openvz") or "/" in name:
        return None
    return Download(name, fields.optional("headline", as_text))


def _part(fields: Fields, key: str) -> Fields:
    """Return the fields of an object inside; none where it is missing."""
    part: Mapping[str, Any] | None = fields.optional(key, require_dict)
    return Fields(part or {})


def _space(fields: Fields) -> UsedSpace:
    return UsedSpace(fields.optional("used", as_bytes), fields.optional("total", as_bytes))


def _loads(value: object, name: str) -> tuple[float, ...]:
    if not isinstance(value, list):
        raise Malformed(f"{name} is not a list")
    return tuple(as_float(one, name) for one in value[:3])


def _ha_row(fields: Fields) -> HaRow:
    return HaRow(
        id=fields.required("id", as_text),
        type=fields.required("type", as_text),
        node=fields.optional("node", as_text),
        status=fields.optional("status", as_text) or "",
    )


def _certificate(fields: Fields) -> Certificate:
    try:
        fingerprint = normal_fingerprint(fields.required("fingerprint", as_text))
    except ValueError as error:
        raise Malformed(str(error)) from None
    return Certificate(fields.required("filename", as_text), fingerprint, fields.optional("notafter", as_moment))
