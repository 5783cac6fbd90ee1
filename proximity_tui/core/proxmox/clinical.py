"""Status and config of one guest, one request each, the rule for gaps beside them, and the clinical record of both.

The digest of a config, read before and after something else, tells whether they belong together. The clinical record is
everything that can be captured of a guest, kept for ever at adoption and creation: gaps are named, nothing is
interpreted, and the config stays word for word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from proximity_tui.core.base.text import plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import ClinicalRecord, Gap, Status, Unread
from proximity_tui.core.model.guests.guest_config import Device, devices
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.decode.json_values import (
    Malformed,
    as_int,
    as_status,
    as_text,
    plain_tree,
    require_dict,
    require_list_of_dicts,
)
from proximity_tui.core.proxmox.transport.http import HttpSession

T = TypeVar("T")

_RESOURCES = ["cpus", "maxmem", "maxswap", "maxdisk", "cpu", "mem", "swap", "disk", "uptime", "pid", "netin", "netout"]

MOST_READINGS = 3
"""How often everything is read before a config that keeps changing becomes a gap."""

ListedRows = tuple[Mapping[str, Any], ...]
_NONE: ListedRows = ()


def read_config(session: HttpSession, vmid: int, node: str, *, pending: bool = False) -> Mapping[str, Any]:
    """Return the config as it is now, word for word, or with what is `pending`; it always has a digest. Raises
    ProxmoxError.
    """
    path = paths.guest(node, vmid, "config")
    try:
        # Without current=1 Proxmox mixes in what is only pending.
        config = require_dict(session.get(path, current=int(not pending)), "the config")
        if not isinstance(config.get("digest"), str):
            raise Malformed("the config has no digest")
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
    return config


def digest_of(config: Mapping[str, Any]) -> str:
    """Return the digest of a config, plain."""
    return plain(str(config["digest"]), limit=100)


def attempt(gaps: list[Gap], what: Unread, read: Callable[[], T], otherwise: T) -> T:
    """Return the result of `read`, or `otherwise` and a gap. A guest that is gone, or a cluster that no longer answers,
    is not a gap: the error is raised.
    """
    try:
        return read()
    except (errors.GuestNotFound, errors.Unreachable):
        raise
    except errors.ProxmoxError as error:
        gaps.append(Gap(what, error.sentence))
    except Malformed as error:
        gaps.append(Gap(what, f"malformed answer: {error}"))
    return otherwise


def read_status(session: HttpSession, vmid: int, node: str) -> Mapping[str, Any]:
    """Return the status of a guest now; it always holds a status. Raises ProxmoxError."""
    path = paths.guest(node, vmid, "status", "current")
    try:
        status = require_dict(session.get(path), "the status")
        as_text(status.get("status"), "status")
        if as_int(status.get("vmid", vmid), "vmid") != vmid:
            raise Malformed("it is the status of another guest")
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
    return status


@value_object
class Capture:
    """One reading of a guest between two readings of the same config, the answers word for word."""

    status: Mapping[str, Any]
    snapshots: ListedRows
    interfaces: ListedRows
    config: Mapping[str, Any] | None
    """Read last. None where it cannot be read."""
    gaps: tuple[Gap, ...]


def capture(session: HttpSession, vmid: int, node: str, digest: str | None = None) -> Capture:
    """Return everything there is of a guest, its config by the very last request. `digest` is the one of a config that
    was read before; without it the config is read first, too. Raises ProxmoxError only when not even the status can be
    read.
    """
    before = digest or attempt([], Unread.CONFIG, lambda: digest_of(read_config(session, vmid, node)), None)
    for _ in range(MOST_READINGS):
        found = _read_once(session, vmid, node)
        if found.config is None or digest_of(found.config) == before:
            return found
        before = digest_of(found.config)
    changing = Gap(Unread.CONFIG, "it kept changing while it was read")
    return replace(found, config=None, gaps=(changing, *found.gaps))


def _read_once(session: HttpSession, vmid: int, node: str) -> Capture:
    gaps: list[Gap] = []

    def listed(word: str) -> ListedRows:
        # null, not [], is the answer for the interfaces of a stopped container (observed on Proxmox VE 9.2).
        answer = session.get(paths.guest(node, vmid, word))
        return tuple(plain_tree(row) for row in require_list_of_dicts([] if answer is None else answer, word))

    status = read_status(session, vmid, node)
    stopped = as_status(status["status"], "status") is Status.STOPPED
    snapshots = attempt(gaps, Unread.SNAPSHOTS, lambda: listed("snapshot"), _NONE)
    interfaces = _NONE if stopped else attempt(gaps, Unread.INTERFACES, lambda: listed("interfaces"), _NONE)
    config = attempt(gaps, Unread.CONFIG, lambda: read_config(session, vmid, node), None)
    return Capture(status, snapshots, interfaces, config, tuple(gaps))


def clinical_record(captured: Capture, now: datetime) -> ClinicalRecord:
    """Return the clinical record of what was captured."""
    status, config = captured.status, captured.config
    figures = {key: status[key] for key in _RESOURCES if isinstance(status.get(key), int | float | str)}
    return ClinicalRecord(
        captured_at=now,
        status=as_status(status["status"], "status"),
        raw_status=as_text(status["status"], "status"),
        config=config,
        digest=None if config is None else digest_of(config),
        resources=plain_tree(figures),
        networks=() if config is None else networks(config),
        snapshots=captured.snapshots,
        interfaces=captured.interfaces,
        gaps=tuple(str(gap) for gap in captured.gaps),
    )


def networks(config: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the parsed `netN` lines of a config, each with its own key as `id`, in the order of their numbers."""
    return tuple(
        {"id": key, **{plain(name): plain(value) for name, value in network.named.items()}}
        for key, network in devices(config, Device.NETWORK)
    )
