"""The inspection of one guest: everything that a decision about it needs.

A value that cannot be read becomes a named gap, never a default (law 2). Nothing here judges.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from proximity_tui.core.base.text import plain
from proximity_tui.core.doctrine.observation.identity import fingerprint_of
from proximity_tui.core.doctrine.observation.privileges import AUDIT
from proximity_tui.core.model import ClinicalRecord, Gap, GuestConfig, GuestDetail, Quorum, Status, Task, Unread
from proximity_tui.core.proxmox import backups, errors, paths
from proximity_tui.core.proxmox.clinical import attempt, capture, clinical_record, digest_of, read_config, read_status
from proximity_tui.core.proxmox.decode.json_values import (
    Malformed,
    as_bool,
    as_int,
    as_status,
    as_text,
    require_dict,
    require_list,
    require_list_of_dicts,
)
from proximity_tui.core.proxmox.existence import granted_on
from proximity_tui.core.proxmox.job_logs import JobLogs
from proximity_tui.core.proxmox.pve_tasks import find, find_backup_jobs_on
from proximity_tui.core.proxmox.quorum import read_quorum
from proximity_tui.core.proxmox.transport.http import HttpSession


class _HaState(NamedTuple):
    """The state that HA wants of a guest, None where it does not manage it; and whether that is known at all."""

    state: str | None
    known: bool = True


_HA_UNMANAGED, _HA_UNKNOWN = _HaState(None), _HaState(None, known=False)
_NO_QUORUM = Quorum(quorate=None, reason="the quorum could not be read")
_NO_TASKS: tuple[Task, ...] = ()
_NO_JOBS: tuple[str, ...] = ()


def inspect(
    session: HttpSession,
    vmid: int,
    node: str,
    clock: Callable[[], datetime],
    *,
    job_logs: JobLogs,
    with_backups: bool = False,
    quorum: Quorum | None = None,
) -> GuestDetail:
    """Return everything that a decision about a guest needs, read now and in one order.

    Tasks, jobs and backups come first, then the status, our own privileges and the quorum. The config, which has
    fingerprint, lock, protection, template flag and digest, is the very last request: it reveals a guest that took the
    VMID meanwhile (law 3). A look from which nothing is planned may give the `quorum` that it just read.
    Raises GuestNotFound, Denied, Unreachable or Unknown when not even the status can be read.
    """
    gaps: list[Gap] = []
    taken_at = clock()
    tasks, busy = _read_tasks(session, vmid, node, gaps, job_logs)
    replicated = attempt(gaps, Unread.REPLICATION, lambda: _replicated(session, vmid), None)
    listing = (
        attempt(gaps, Unread.BACKUPS, lambda: backups.list_backups(session, node, vmid), None) if with_backups else None
    )
    status = read_status(session, vmid, node)
    ha = _high_availability(session, vmid, status, gaps)
    granted = attempt(gaps, Unread.PERMISSIONS, lambda: granted_on(session, f"/vms/{vmid}"), None)
    if granted is not None and AUDIT not in granted:
        gaps.append(Gap(Unread.PERMISSIONS, f"our token lacks {AUDIT} on /vms/{vmid}"))
    unlisted = backups.why_backups_unlisted(session, vmid, listing, granted) if with_backups else ()
    quorum = quorum or attempt(gaps, Unread.QUORUM, lambda: read_quorum(session), _NO_QUORUM)
    config_at = clock()
    config = attempt(gaps, Unread.CONFIG, lambda: read_config(session, vmid, node), None)
    seen = _put_together(session, vmid, node, taken_at, status, config, ha, gaps=gaps)
    seen = replace(seen, config_at=config_at, quorum=quorum, replicated=replicated, tasks=tasks, busy_tasks=busy)
    return backups.with_backups(seen, listing, unlisted)


def inspect_briefly(session: HttpSession, vmid: int, node: str, clock: Callable[[], datetime]) -> GuestDetail:
    """Return who a guest is, by two requests: its status, and by the last one its config. Everything else is left
    unknown: it is for a decision that sends no change to Proxmox. Raises as `inspect`.
    """
    gaps: list[Gap] = []
    status, config_at = read_status(session, vmid, node), clock()
    config = attempt(gaps, Unread.CONFIG, lambda: read_config(session, vmid, node), None)
    return replace(_put_together(session, vmid, node, config_at, status, config, gaps=gaps), config_at=config_at)


def inspect_and_capture(
    session: HttpSession, vmid: int, node: str, clock: Callable[[], datetime], digest: str | None
) -> tuple[GuestDetail, ClinicalRecord]:
    """Return who a guest is and its clinical record, both from the same reading: its config is the very last request.
    `digest` is the one of a config that was read before. Raises as `inspect`.
    """
    taken_at, captured = clock(), capture(session, vmid, node, digest)
    gaps = list(captured.gaps)
    seen = _put_together(session, vmid, node, taken_at, captured.status, captured.config, gaps=gaps)
    return seen, clinical_record(captured, taken_at)


def read_guest_status(session: HttpSession, vmid: int, node: str) -> Status:
    """Return the status of a guest, by one request. Raises `ProxmoxError`."""
    return as_status(read_status(session, vmid, node)["status"], "status")


def read_guest_config(session: HttpSession, vmid: int, node: str, now: datetime) -> GuestConfig:
    """Return the config of a container, by one request; `now` is the moment before it. Raises `ProxmoxError`."""
    config = read_config(session, vmid, node)
    return GuestConfig(vmid, node, now, _lock({}, config), config, fingerprint_of(config))


def _put_together(
    session: HttpSession,
    vmid: int,
    node: str,
    now: datetime,
    status: Mapping[str, Any],
    config: Mapping[str, Any] | None,
    ha: _HaState = _HA_UNKNOWN,
    *,
    gaps: list[Gap],
) -> GuestDetail:
    """Return the part of the inspection that status and config give. The other requests are not in it yet."""
    # Only the config can say that it is not one; the status says it when it is.
    template = _flag(status if config is None else config, Unread.TEMPLATE, gaps)
    protection = None if config is None else _flag(config, Unread.PROTECTION, gaps)
    return GuestDetail(
        cluster=session.cluster,
        vmid=vmid,
        node=node,
        taken_at=now,
        status=as_status(status["status"], "status"),
        lock=_lock(status, config),
        template=template is True,
        config=config,
        fingerprint=None if config is None else fingerprint_of(config),
        digest=None if config is None else digest_of(config),
        protection=protection,
        ha_state=ha.state,
        ha_known=ha.known,
        replicated=None,
        quorum=_NO_QUORUM,
        gaps=tuple(gaps),
    )


def _read_tasks(
    session: HttpSession, vmid: int, node: str, gaps: list[Gap], job_logs: JobLogs
) -> tuple[tuple[Task, ...] | None, tuple[str, ...]]:
    """Return every task of a guest (None where not each can be read), and the ids of those that run: its own, and the
    backup job over many guests that works on it.
    """
    unread: list[Gap] = []
    rows: list[str] = []
    found = attempt(unread, Unread.TASKS, lambda: find(session, node, vmid, "all", rows), _NO_TASKS)
    # A node that does not tell its tasks is not asked a second time: one that is down takes half a minute to say so.
    ask_jobs = partial(find_backup_jobs_on, session, node, vmid, job_logs)
    jobs = _NO_JOBS if unread else attempt(gaps, Unread.TASKS, ask_jobs, _NO_JOBS)
    unread += [Gap(Unread.TASK_ROW, why) for why in rows]
    gaps.extend(unread)
    return None if unread else found, (*(task.upid for task in found if task.running), *jobs)


def _listed_in_ha(session: HttpSession, vmid: int) -> _HaState:
    """Return the state that the list of HA has for a guest."""
    try:
        rows = require_list(session.get(paths.cluster("ha", "resources")), "the HA resources")
        for row in _objects(rows):
            if row.get("sid") in (f"ct:{vmid}", str(vmid)):
                return _HaState(as_text(row.get("state", "started"), "the HA state"))
        require_list_of_dicts(rows, "the HA resources")
    except (errors.ProxmoxError, Malformed) as error:
        has_no_ha = isinstance(error, errors.RefusedByProxmox) and error.has_no_such_call
        return _HA_UNMANAGED if has_no_ha else _HA_UNKNOWN
    return _HA_UNMANAGED


def _high_availability(session: HttpSession, vmid: int, status: Mapping[str, Any], gaps: list[Gap]) -> _HaState:
    """Return the requested HA state. The status of the guest says it to any token; the list of HA resources needs
    Sys.Audit on / and is read only when the status makes no sense.
    """
    try:
        own = require_dict(status.get("ha"), "ha")
        if not as_bool(own.get("managed"), "managed"):
            return _HA_UNMANAGED
        # null for a guest that HA was told of and did not look at yet (observed on Proxmox VE 9.2).
        return _HaState(as_text(own.get("state") or "managed", "the HA state"))
    except Malformed as error:
        listed = _listed_in_ha(session, vmid)
        if not listed.known:
            gaps.append(Gap(Unread.HA, str(error)))
        return listed


def _replicated(session: HttpSession, vmid: int) -> bool:
    try:
        rows = require_list(session.get_kept(paths.cluster("replication")), "the replication jobs")
    except errors.RefusedByProxmox as error:
        if not error.has_no_such_call:
            raise
        return False
    if any(str(vmid) == row.get("guest") or vmid == row.get("guest") for row in _objects(rows)):
        return True
    # Only now does it matter whether every one of them can be read.
    for row in require_list_of_dicts(rows, "the replication jobs"):
        as_int(row.get("guest"), "the guest of a replication job")
    return False


def _objects(rows: list[Any]) -> list[Mapping[str, Any]]:
    return [row for row in rows if isinstance(row, dict)]


def _lock(status: Mapping[str, Any], config: Mapping[str, Any] | None) -> str | None:
    found = (config or {}).get("lock") or status.get("lock")
    if found is None or found == "":
        return None
    # One that cannot be read is a lock all the same.
    return plain(found, limit=100) if isinstance(found, str) else "unreadable"


def _flag(source: Mapping[str, Any], key: Unread, gaps: list[Gap]) -> bool | None:
    """Return a switch: absent means off, unreadable means unknown."""
    return attempt(gaps, key, lambda: as_bool(source.get(key.value, 0), key.value), None)
