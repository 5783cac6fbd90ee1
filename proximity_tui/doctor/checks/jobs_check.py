"""The check of the jobs of each cluster: the holder of the lease, and the last run of each job."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from proximity_tui.config.schema import Settings
from proximity_tui.core.base.text import human_age
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.engine.reconcile.janitor_run import JANITOR
from proximity_tui.core.engine.reconcile.reconciler import RECONCILER
from proximity_tui.core.model.job import JobOutcome, JobRun, Lease, Pause
from proximity_tui.core.store.jobs import job_runs, leases
from proximity_tui.doctor.check_result import CheckResult, ok, warn

AREA = "jobs"

MISSED = 3
"""After so many intervals without a run it is not chance any more."""

_START = "start the daemon (proximity-tui daemon), or leave the screens open"

_GOOD_OUTCOMES = (JobOutcome.COMPLETE, JobOutcome.SKIPPED)


@value_object
class JobFacts:
    """The record of one job of one cluster."""

    job: str
    interval: timedelta
    last: JobRun | None
    pause: Pause | None


def read(settings: Settings, cluster: str) -> tuple[Lease | None, tuple[JobFacts, ...]]:
    """Return the lease and the job records of a cluster. The database must be open."""
    intervals = {RECONCILER: settings.reconciler.interval, JANITOR: settings.janitor.interval}
    return leases.holder(cluster), tuple(
        JobFacts(job, interval, job_runs.last(job, cluster), job_runs.paused(job, cluster))
        for job, interval in intervals.items()
    )


def judge(cluster: str, lease: Lease | None, jobs: tuple[JobFacts, ...], now: datetime) -> Iterator[CheckResult]:
    """Yield the results: the holder, and whether each job ran lately."""
    if lease is not None:
        yield ok(AREA, cluster, f"run by {lease.owner}")
    else:
        yield warn(AREA, cluster, "no process runs them: vanished containers are not noticed", _START)
    for job in jobs:
        yield _result(cluster, lease, job, now)


def _result(cluster: str, lease: Lease | None, job: JobFacts, now: datetime) -> CheckResult:
    if job.pause is not None:
        since = f"{job.pause.at:%Y-%m-%d %H:%M} UTC"
        return warn(AREA, cluster, f"{job.job}: paused by {job.pause.by} since {since}", "resume it in the screens")
    ended = job.last.finished_at if job.last else None
    if job.last is None or ended is None:
        return warn(AREA, cluster, f"{job.job}: it never ran", _how_it_runs(lease, job))
    message = f"{job.job}: {job.last.outcome_words} at {ended:%Y-%m-%d %H:%M:%S} UTC"
    if now - ended > MISSED * job.interval:
        return warn(AREA, cluster, f"{message}, which is too long ago", _how_it_runs(lease, job))
    if job.last.outcome not in _GOOD_OUTCOMES:
        why = "; ".join((*job.last.reasons, *job.last.errors)[:2]) or "no reason on record"
        return warn(AREA, cluster, f"{message}: {why}", "proximity-tui alerts")
    return ok(AREA, cluster, message)


def _how_it_runs(lease: Lease | None, job: JobFacts) -> str:
    """Return what makes a job run again. A command that does the same leaves no run."""
    if lease is None:
        return _START
    return f"{lease.owner} runs it every {human_age(job.interval.total_seconds())}: else look at its log, or restart it"
