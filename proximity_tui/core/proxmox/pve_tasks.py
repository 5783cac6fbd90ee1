"""Proxmox's tasks: their state, log and list, and waiting for the end of one.

Whether a task reached its goal is seen on the guest, not here; an unknown task is not a failed task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.base.text import plain
from proximity_tui.core.model import Task, names
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.decode.json_values import Malformed, as_moment, as_text, require_dict, require_list
from proximity_tui.core.proxmox.decode.names_in_answers import as_task_id
from proximity_tui.core.proxmox.decode.rows import Fields, read_rows
from proximity_tui.core.proxmox.job_logs import LINES, JobLogs, LogTooLong
from proximity_tui.core.proxmox.lists import read_list
from proximity_tui.core.proxmox.paths import Upid
from proximity_tui.core.proxmox.transport.http import HttpSession

TaskSource = Literal["archive", "active", "all"]

FIRST_PAUSE = 0.3
LONGEST_PAUSE = 2.0
LONGEST_SILENCE = 60.0
"""Seconds without an answer after which nobody waits any longer: a restart of pveproxy takes less, a dead node more."""

Heard = Callable[[errors.ProxmoxError | None], object]
"""Told of a silence as soon as it begins, with the reason, and of the answer that ends it, with None."""

_NO_LOG = "unable to open file - "
_EMPTY_LOG = "no content"
_LOG_LINES = 500
_MOST_LOG_LINES = 10_000
_WARNING = "WARN: "
_BACKUP = "vzdump"


def read_task(session: HttpSession, upid: str) -> Task:
    """Return the state of a task, read from the node in its id. One that Proxmox no longer knows is `stopped` without
    an exit status. Raises InvalidName for what is no task id.
    """
    parsed = paths.upid(upid)
    path = paths.task(parsed, "status")
    try:
        row = require_dict(session.get(path), "the task")
        status = as_text(row.get("status"), "the status of the task")
        exitstatus = row.get("exitstatus")
        if status not in ("running", "stopped"):
            raise Malformed(f"a task is not {status}")
        ended = status == "stopped" and exitstatus is not None
        return _task(parsed, status, as_text(exitstatus, "the exit status") if ended else None)
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
    except errors.RefusedByProxmox as error:
        if "no such task" in f"{error.errors.get('upid', '')} {error.reason}":
            return _task(parsed, "stopped", None)
        raise


def read_log(session: HttpSession, upid: str, start: int = 0) -> tuple[str, ...]:
    """Return up to 500 lines of a task's log from line `start` on, each made plain; nothing if there is no log."""
    path = paths.task(paths.upid(upid), "log")
    return _without_fake(read_list(session, path, "the log", _line, start=start, limit=_LOG_LINES))


def log_pages(session: HttpSession, upid: str, start: int = 0) -> Iterator[tuple[str, ...]]:
    """Yield a task's log from line `start` on, page by page; of a very long one only so many lines."""
    for place in range(start, start + _MOST_LOG_LINES, _LOG_LINES):
        lines = read_log(session, upid, place)
        yield lines
        if len(lines) < _LOG_LINES:
            return


def find(
    session: HttpSession,
    node: str,
    vmid: int | None = None,
    source: TaskSource = "all",
    gaps: list[str] | None = None,
    of_type: str | None = None,
    *,
    kept: bool = False,
) -> tuple[Task, ...]:
    """Return the tasks of a node that our token may see (of one type), newest first. Clones are listed under the VMID
    of their source. A task that cannot be read is named in `gaps`; without it the whole list is `Unknown`, because the
    wanted task may be that one (law 5).

    The answer is filtered here once more: the task of another guest would be taken for ours (law 5), or for what
    destroyed this one. Raises ProxmoxError.
    """
    parameters: dict[str, str | int] = {"source": source, "limit": _LOG_LINES}
    if vmid is not None:
        parameters["vmid"] = paths.vmid(vmid)
    if of_type is not None:
        parameters["typefilter"] = of_type
    path = paths.node(node, "tasks")
    try:
        rows = require_list((session.get_kept if kept else session.get)(path, **parameters), "the tasks")
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
    read = read_rows(rows, "the tasks", lambda fields: _listed(fields, vmid))
    session.set_aside(path, read.bad, read.notes)
    if read.bad and gaps is None:
        raise session.malformed(path, f"a task cannot be read: {read.bad[0].why}")
    if gaps is not None:
        gaps.extend(row.sentence for row in read.bad)
    found = (task for task in read.good if task is not None)
    asked_for = (task for task in found if source == "all" or task.running is (source == "active"))
    return tuple(sorted(asked_for, key=lambda task: task.started_at, reverse=True))


def find_backup_jobs_on(session: HttpSession, node: str, vmid: int, logs: JobLogs) -> tuple[str, ...]:
    """Return the ids of the backup jobs over many guests of a node that work on this one now, as their `logs` tell.
    Raises a ProxmoxError, also where one of them cannot be read.
    """
    running = find(session, node, source="active", of_type=_BACKUP, kept=True)
    jobs = [task.upid for task in running if task.type == _BACKUP and not task.id]
    logs.keep_only(node, jobs)
    return tuple(job for job in jobs if _guest_under_way(session, job, logs) == vmid)


def _guest_under_way(session: HttpSession, upid: str, logs: JobLogs) -> int | None:
    """Return the VMID of the guest that a job works on, by what is new in its log; as it is kept for a plan."""
    path = paths.task(paths.upid(upid), "log")

    def read(start: int) -> tuple[str, ...]:
        return _without_fake(read_list(session, path, "the log", _line, start=start, limit=LINES))

    def ask() -> int | None:
        try:
            return logs.under_way(upid, read)
        except LogTooLong as error:
            raise session.malformed(path, str(error)) from None

    found: int | None = session.kept.read(("guest of the job", upid), ask)
    return found


def _without_fake(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines of a log without the one that no task wrote: that it is missing, or empty (observed on 9.2)."""
    fake = len(lines) == 1 and (lines[0] == _EMPTY_LOG or lines[0].startswith(_NO_LOG))
    return () if fake else lines


def find_in_cluster(session: HttpSession, gaps: list[str] | None = None) -> tuple[Task, ...]:
    """Return the running tasks of every node and the newest that ended, newest first; empty without Sys.Audit on `/`.
    One that cannot be read is named in `gaps`.
    """
    found = read_list(session, paths.cluster("tasks"), "the tasks", lambda fields: _listed(fields, None), gaps)
    listed = (task for task in found if task is not None)
    return tuple(sorted(listed, key=lambda task: task.started_at, reverse=True))


def wait(session: HttpSession, upid: str, timeout: float, clock: Clock, heard: Heard = lambda _: None) -> Task:
    """Follow a task until it stops or `timeout` seconds are over; return its last known state, which may be `running`.
    A failed task is no error. Raises the last error once nothing could be read for a minute, and at once when our token
    is not accepted or may not see it. `heard` is told meanwhile.
    """
    deadline = clock.monotonic() + timeout
    pause, silent_since = FIRST_PAUSE, None
    last = _task(paths.upid(upid), "running", None)
    while True:
        asked = clock.monotonic()
        try:
            # One reading may try several servers.
            with session.within(LONGEST_SILENCE):
                last = read_task(session, upid)
        except (errors.Unauthenticated, errors.CertificateMismatch, errors.Denied):
            raise
        except errors.ProxmoxError as error:
            if silent_since is None:
                silent_since = asked
                heard(error)
            if clock.monotonic() - silent_since >= LONGEST_SILENCE:
                raise
        else:
            if silent_since is not None:
                heard(None)
            silent_since = None
        remaining = deadline - clock.monotonic()
        if not last.running or remaining <= 0:
            return replace(last, warnings=_warnings_of(session, last)) if last.warned else last
        clock.sleep(min(pause, remaining))
        pause = min(pause * 1.5, LONGEST_PAUSE)


def _warnings_of(session: HttpSession, task: Task) -> tuple[str, ...]:
    """Return the warnings in the log of a task that warned; where it does not tell them, at least that there are some.
    Of a very long log only the first lines are read.
    """
    found: list[str] = []
    try:
        for lines in log_pages(session, task.upid):
            found += [line.removeprefix(_WARNING).strip() for line in lines if line.startswith(_WARNING)]
    except errors.ProxmoxError as error:
        return (*found, f"{task.exitstatus}; the log of its task cannot be read: {error.sentence}")
    return tuple(found) or (f"{task.exitstatus}; the log of its task does not say of what",)


def _line(fields: Fields) -> str:
    return fields.decisive("t", as_text) or ""


def _listed(fields: Fields, vmid: int | None) -> Task | None:
    """Return a task from a list, where `status` holds the exit status, or RUNNING, or nothing. None for the task of
    another guest than `vmid`.
    """
    row = fields.row
    try:
        parsed = fields.required("upid", as_task_id)
    except Malformed:
        if vmid is not None and row.get("id") not in (None, "", vmid, str(vmid)):
            return None
        raise
    if vmid is not None and parsed.id != str(vmid):
        return None
    parsed = replace(parsed, user=_user(parsed.user, row))
    status, ended = row.get("status"), row.get("endtime")
    if status == "RUNNING" or (status is None and ended is None):
        return _task(parsed, "running", None)
    ended_at = fields.optional("endtime", as_moment)
    return _task(parsed, "stopped", fields.decisive("status", as_text), ended_at)


def _user(told: str, row: Mapping[str, Any]) -> str:
    """Return the user of a task, its token included: a list separates the token from the user."""
    user, token = row.get("user"), row.get("tokenid")
    if names.token_id(told) is not None or not isinstance(user, str) or names.user_of(user) != told:
        return told
    return f"{told}!{token}" if isinstance(token, str) and token else user


def _task(parsed: Upid, status: str, exitstatus: str | None, ended_at: datetime | None = None) -> Task:
    return Task(
        upid=parsed.text,
        node=parsed.node,
        type=plain(parsed.type),
        id=plain(parsed.id),
        user=plain(parsed.user),
        started_at=parsed.started_at.astimezone(UTC),
        status=status,
        exitstatus=exitstatus,
        ended_at=ended_at,
    )
