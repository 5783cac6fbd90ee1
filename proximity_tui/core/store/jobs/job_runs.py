"""The runs of the jobs, one row each with its counters and reasons, and the jobs that a person has paused.

A finished run keeps the head of the audit trail: a trail that was cut later is shorter than its runs say.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import peewee

from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.text import plain, read_word
from proximity_tui.core.model import Actor
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.job import JobOutcome, JobRun, JobTrigger, Pause
from proximity_tui.core.store import events
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.after_commit import after_commit
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import dicts, dicts_where
from proximity_tui.core.store.db.store_errors import Conflict, LostRace, RecordNotFound
from proximity_tui.core.store.schema.job_tables import JobPauseRow, JobRunRow
from proximity_tui.core.store.schema.trail_tables import EventRow

_log = logging.getLogger(__name__)


def start(job: str, cluster: str, run_by: str, trigger: JobTrigger, *, token: int | None = None) -> int:
    """Record that a run begins, and return its id. `token` is that of the lease it runs under.

    A job has one run at a time: an older open one is ended as failed.
    """
    with transaction():
        for left in _open(JobRunRow.job == job, JobRunRow.cluster == cluster):
            finish(left.id, JobOutcome.FAILED, reasons=["the next run began, and how this one ended is not known"])
        new: int = JobRunRow.insert(
            job=job,
            cluster=cluster,
            started_at=now(),
            counters={},
            reasons=[],
            errors=[],
            run_by=run_by,
            trigger=trigger.value,
            token=token,
        ).execute()
    return new


def finish(
    run_id: int,
    outcome: JobOutcome,
    counters: Mapping[str, int] | None = None,
    reasons: Sequence[str] = (),
    errors: Sequence[str] = (),
    *,
    finished_at: datetime | None = None,
) -> JobRun:
    """Record how a run ended, and return it. Raises `RecordNotFound`, and `LostRace` when it was ended before."""
    with transaction():
        seq, hash_ = events.head()
        changed = (
            JobRunRow.update(
                finished_at=finished_at or now(),
                outcome=outcome.value,
                counters=counters or {},
                reasons=[plain(redact(reason)) for reason in reasons],
                errors=[plain(redact(error)) for error in errors],
                head_seq=seq,
                head_hash=hash_,
            )
            .where(JobRunRow.id == run_id, JobRunRow.finished_at.is_null())
            .execute()
        )
        run = get(run_id)
        if not changed:
            raise LostRace(f"run {run_id} of the {run.job} was ended before: {run.outcome}")
    # Written down outside of the database too, where whoever cuts the trail does not reach.
    after_commit(lambda: _log.info("%s of %s: %s; audit head %d %s", run.job, run.cluster, outcome.value, seq, hash_))
    return run


def get(run_id: int) -> JobRun:
    """Return the run with that id. Raises `RecordNotFound`."""
    found = _read(JobRunRow.id == run_id)
    if not found:
        raise RecordNotFound(f"there is no run {run_id}")
    return found[0]


def recent(
    job: str | None = None, cluster: str | None = None, limit: int = 50, *, since: datetime | None = None
) -> tuple[JobRun, ...]:
    """Return the last runs (of a job, in a cluster, begun since a moment), the newest first, including one that is
    under way.
    """
    conditions = []
    if job is not None:
        conditions.append(JobRunRow.job == job)
    if cluster is not None:
        conditions.append(JobRunRow.cluster == cluster)
    if since is not None:
        conditions.append(JobRunRow.started_at >= since)
    return _read(*conditions, limit=limit)


def last(job: str, cluster: str) -> JobRun | None:
    """Return the last run that ended, if any."""
    found = _read(JobRunRow.job == job, JobRunRow.cluster == cluster, JobRunRow.finished_at.is_null(False), limit=1)
    return found[0] if found else None


def abandon_dead(cluster: str, owner: str) -> tuple[JobRun, ...]:
    """End the runs of a cluster that other processes left behind, as failed, and return them.

    Only for the holder of the lease: a former holder has lost it, so none of its later writes is accepted.
    """
    with transaction():
        left = _open(JobRunRow.cluster == cluster, JobRunRow.run_by != owner)
        why = "the process that ran it died or lost its lease"
        return tuple(finish(run.id, JobOutcome.FAILED, reasons=[why]) for run in left)


def lost_head() -> JobRun | None:
    """Return the newest run whose event is no longer in the audit trail as it was: the trail was cut or rewritten. None
    means that all is well.
    """
    same = (EventRow.seq == JobRunRow.head_seq) & (EventRow.hash == JobRunRow.head_hash)
    with unit():
        query = JobRunRow.select().join(EventRow, peewee.JOIN.LEFT_OUTER, on=same)
        gone = query.where(JobRunRow.head_seq > 0, EventRow.seq.is_null()).order_by(JobRunRow.id.desc()).limit(1)
        found = [_run(row) for row in dicts(gone)]
    return found[0] if found else None


def pause(job: str, cluster: str, by: Actor | str, reason: str | None = None) -> Pause:
    """Pause a job for a cluster until a person resumes it, with its event. Return the pause. Raises `Conflict` that
    names who did.
    """
    with transaction():
        if known := paused(job, cluster):
            raise Conflict(
                f"the {job} of {cluster} is already paused", f"{known.by} since {known.at:%Y-%m-%d %H:%M} UTC"
            )
        pause = Pause(job, cluster, now(), plain(str(by)), None if reason is None else plain(reason))
        JobPauseRow.insert(
            cluster=cluster, job=job, paused_at=pause.at, paused_by=pause.by, reason=pause.reason
        ).execute()
        sentence = f": {reason}" if reason else ""
        message = f"{job} of {cluster} paused{sentence}"
        events.append(actor=by, action=EventAction.JOB_PAUSED, message=message, cluster=cluster)
        return pause


def resume(job: str, cluster: str, by: Actor | str) -> bool:
    """Let a paused job run again, with its event. Return False when it was not paused."""
    with transaction():
        row = (JobPauseRow.job == job) & (JobPauseRow.cluster == cluster)
        if not JobPauseRow.delete().where(row).execute():
            return False
        events.append(actor=by, action=EventAction.JOB_RESUMED, message=f"{job} of {cluster} resumed", cluster=cluster)
        return True


def paused(job: str, cluster: str) -> Pause | None:
    """Return the pause of a job for a cluster; None while it may run."""
    with unit():
        found = dicts(JobPauseRow.select().where(JobPauseRow.job == job, JobPauseRow.cluster == cluster))
    return Pause(job, cluster, found[0]["paused_at"], found[0]["paused_by"], found[0]["reason"]) if found else None


def _open(*conditions: Any) -> tuple[JobRun, ...]:
    return _read(JobRunRow.finished_at.is_null(), *conditions)


def _read(*conditions: Any, limit: int | None = None) -> tuple[JobRun, ...]:
    newest_first = JobRunRow.select().order_by(JobRunRow.id.desc())
    with unit():
        return tuple(_run(row) for row in dicts_where(newest_first, conditions, limit))


def _run(row: Mapping[str, Any]) -> JobRun:
    return JobRun(
        id=row["id"],
        job=row["job"],
        cluster=row["cluster"],
        run_by=row["run_by"],
        trigger=read_word(row["trigger"], JobTrigger.UNKNOWN),
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        outcome=JobOutcome.read(row["outcome"]) if row["outcome"] else None,
        counters=row["counters"] or {},
        reasons=tuple(row["reasons"] or ()),
        errors=tuple(row["errors"] or ()),
        token=row["token"],
        head=(row["head_seq"], row["head_hash"]) if row["head_seq"] is not None else None,
    )
