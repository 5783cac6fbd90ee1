"""A close look at one guest: what a decision rests on, and what is kept of a guest for ever.

What cannot be read becomes a named gap, never a default (law 2). Nothing here judges what it sees.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from proximity_tui.core.doctrine.identity import fingerprint_of
from proximity_tui.core.model import Backup, ClinicalRecord, Fingerprint, Observation, Task
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.catalogue import read_backups
from proximity_tui.core.proxmox.inventory import read_quorum
from proximity_tui.core.proxmox.paths import GuestType
from proximity_tui.core.proxmox.reading import (
    Malformed,
    as_bool,
    as_int,
    as_status,
    as_text,
    plain_tree,
    require_dict,
    require_list_of_dicts,
)
from proximity_tui.core.proxmox.session import Session
from proximity_tui.core.proxmox.tasks import find
from proximity_tui.core.text import plain

T = TypeVar("T")

MOST_READINGS = 3
"""How often status and config are read before a config that keeps changing becomes a gap."""

_NET = re.compile(r"net\d+")
_RESOURCES = ["cpus", "maxmem", "maxswap", "maxdisk", "cpu", "mem", "swap", "disk", "uptime", "pid", "netin", "netout"]
_HA_PREFIX = {"lxc": "ct", "qemu": "vm"}


def observe(
    session: Session,
    vmid: int,
    node: str,
    now: datetime,
    *,
    type: GuestType = "lxc",
    with_backups: bool = False,
) -> Observation:
    """Everything a decision about a guest needs, read now; `now` is the moment before the first read.

    Status, lock and config belong together: they are read again while the config changes in between. Raises
    NotFound, Denied, Unreachable or Unknown when not even the status can be read.
    """
    gaps: list[str] = []
    status, config = _settled(session, vmid, node, type, gaps)
    ha_state, ha_known = _high_availability(session, vmid, type, status, gaps)
    quorum = read_quorum(session)
    nothing: tuple[Task, ...] = ()
    tasks = _try(gaps, "running tasks", lambda: find(session, node, vmid, source="active"), nothing)
    backups: tuple[Backup, ...] = ()
    if with_backups:
        backups = _try(gaps, "backups", lambda: read_backups(session, node, vmid), backups)
    where = f"of guest {vmid}"
    template, protection = _flag(config, "template", gaps), _flag(config, "protection", gaps)
    if config is None and "template" in status:
        template = as_bool(status["template"], f"template {where}")
    return Observation(
        cluster=session.cluster,
        vmid=vmid,
        node=node,
        taken_at=now,
        type=type,
        status=as_status(status.get("status"), f"the status {where}"),
        lock=_lock(status, config),
        template=bool(template),
        config=config,
        fingerprint=None if config is None else plain_fingerprint(config, type),
        digest=None if config is None else _digest(config),
        protection=protection,
        ha_state=ha_state,
        ha_known=ha_known,
        replicated=_try(gaps, "replication", lambda: _replicated(session, vmid), None),
        quorum=quorum,
        busy_tasks=tuple(task.upid for task in tasks if task.running),
        gaps=tuple(gaps),
        backups=backups,
    )


def reread(session: Session, seen: Observation, now: datetime) -> Observation:
    """`seen` with its config, digest, lock and fingerprint read once more: one request, so that what a destroy rests
    on is as old as that request and not as the whole look. `now` is the moment before it. Raises `ProxmoxError`."""
    path = paths.guest(seen.node, seen.vmid, "config")
    try:
        config = require_dict(session.get(path, current=1), "the config")
        if not isinstance(config.get("digest"), str):
            raise Malformed("the config has no digest")
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
    return replace(
        seen,
        taken_at=now,
        config=config,
        fingerprint=plain_fingerprint(config, seen.type),
        digest=_digest(config),
        lock=_lock({}, config),
    )


def clinical(session: Session, vmid: int, node: str, now: datetime, *, type: GuestType = "lxc") -> ClinicalRecord:
    """Everything that can be captured of a guest. Raises only when not even the status can be read."""
    gaps: list[str] = []
    status, config = _settled(session, vmid, node, type, gaps)

    def listed(word: str) -> tuple[Mapping[str, Any], ...]:
        # null, not [], is the answer for the interfaces of a stopped container (recorded 9.2 behaviour).
        answer = session.get(paths.guest(node, vmid, word, type=type))
        return tuple(plain_tree(row) for row in require_list_of_dicts([] if answer is None else answer, word))

    return ClinicalRecord(
        captured_at=now,
        status=as_status(status.get("status"), "status"),
        raw_status=as_text(status.get("status"), "status"),
        config=config,
        digest=None if config is None else _digest(config),
        resources={key: plain_tree(status[key]) for key in _RESOURCES if status.get(key) is not None},
        networks=() if config is None else networks(config),
        snapshots=_try(gaps, "snapshots", lambda: listed("snapshot"), ()),
        interfaces=_try(gaps, "interfaces", lambda: listed("interfaces"), ()),
        gaps=tuple(gaps),
    )


def networks(config: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The `netN` lines of a config taken apart, each with its own key as `id`, in the order of their
    numbers."""
    keys = sorted((key for key in config if _NET.fullmatch(key)), key=lambda key: int(key[3:]))
    found = []
    for key in keys:
        parts = (part.partition("=") for part in str(config[key]).split(",") if part)
        found.append({"id": key, **{plain(name): plain(value) for name, _, value in parts}})
    return tuple(found)


def plain_fingerprint(config: Mapping[str, Any], type: str) -> Fingerprint:
    """The doctrine's fingerprint of a config, with its texts made plain like everything that may be shown."""
    found = fingerprint_of(config, type)

    def shown(text: str | None) -> str | None:
        return None if text is None else plain(text)

    return replace(
        found,
        rootfs=shown(found.rootfs),
        hostname=shown(found.hostname),
        ostype=shown(found.ostype),
        arch=shown(found.arch),
    )


def _settled(
    session: Session, vmid: int, node: str, type: GuestType, gaps: list[str]
) -> tuple[Mapping[str, Any], Mapping[str, Any] | None]:
    """Status and config that were true together: the digest was the same before and after the status was
    read."""
    before = _config(session, vmid, node, type, [])
    for _ in range(MOST_READINGS):
        status = _status(session, vmid, node, type)
        reading_gaps: list[str] = []
        after = _config(session, vmid, node, type, reading_gaps)
        if after is None or (before is not None and _digest(before) == _digest(after)):
            gaps.extend(reading_gaps)
            return status, after
        before = after
    gaps.append("config: it kept changing while it was read")
    return status, None


def _status(session: Session, vmid: int, node: str, type: GuestType) -> Mapping[str, Any]:
    path = paths.guest(node, vmid, "status", "current", type=type)
    try:
        status = require_dict(session.get(path), "the status")
        as_text(status.get("status"), "status")
        if as_int(status.get("vmid", vmid), "vmid") != vmid:
            raise Malformed("it is the status of another guest")
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
    return status


def _config(session: Session, vmid: int, node: str, type: GuestType, gaps: list[str]) -> Mapping[str, Any] | None:
    path = paths.guest(node, vmid, "config", type=type)

    def read() -> Mapping[str, Any]:
        # Without current=1 Proxmox mixes in what is only pending.
        config = require_dict(session.get(path, current=1), "the config")
        if not isinstance(config.get("digest"), str):
            raise Malformed("the config has no digest")
        return config

    return _try(gaps, "config", read, None)


def _high_availability(
    session: Session, vmid: int, type: GuestType, status: Mapping[str, Any], gaps: list[str]
) -> tuple[str | None, bool]:
    """The requested HA state (None if not managed), and whether that is known. Without Sys.Audit on / the
    status of the guest still tells whether HA manages it."""
    try:
        rows = require_list_of_dicts(session.get(paths.cluster("ha", "resources")), "the HA resources")
        for row in rows:
            if row.get("sid") in (f"{_HA_PREFIX[type]}:{vmid}", str(vmid)):
                return as_text(row.get("state", "started"), "the HA state"), True
    except (errors.ProxmoxError, Malformed):
        rows = None
    ha = status.get("ha")
    try:
        own = require_dict(ha, "ha")
        if as_bool(own.get("managed"), "managed"):
            return as_text(own.get("state", "managed"), "the HA state"), True
    except Malformed as error:
        if rows is None:
            gaps.append(f"HA: {error}")
            return None, False
    return None, True


def _replicated(session: Session, vmid: int) -> bool:
    rows = require_list_of_dicts(session.get(paths.cluster("replication")), "the replication jobs")
    return any(as_int(row.get("guest"), "the guest of a replication job") == vmid for row in rows)


def _lock(status: Mapping[str, Any], config: Mapping[str, Any] | None) -> str | None:
    found = (config or {}).get("lock") or status.get("lock")
    return None if found is None else plain(str(found), limit=100)


def _digest(config: Mapping[str, Any]) -> str:
    return plain(str(config["digest"]), limit=100)


def _flag(config: Mapping[str, Any] | None, key: str, gaps: list[str]) -> bool | None:
    """A switch of the config: absent means off, unreadable means unknown."""
    if config is None:
        return None
    return _try(gaps, key, lambda: as_bool(config.get(key, 0), key), None)


def _try(gaps: list[str], name: str, read: Callable[[], T], otherwise: T) -> T:
    """What `read` gives, or `otherwise` and a gap. A guest that is gone, or a cluster that no longer answers,
    is not a gap but the end of looking."""
    try:
        return read()
    except (errors.NotFound, errors.Unreachable):
        raise
    except errors.ProxmoxError as error:
        gaps.append(f"{name}: {error.sentence}")
    except Malformed as error:
        gaps.append(f"{name}: malformed answer: {error}")
    return otherwise
