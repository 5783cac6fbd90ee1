"""The time of a run out of turn: for a second look, and after another process ran the jobs.

The request for a second look is kept in the records, so it outlives the process that made the first.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from proximity_tui.core.doctrine.reconciliation.verdict import VerdictReason
from proximity_tui.core.engine.reconcile.reconciler import RECONCILER
from proximity_tui.core.engine.reconcile.report import Report
from proximity_tui.core.store.db.errors import StoreError, StoreUnavailable
from proximity_tui.core.store.jobs import job_runs
from proximity_tui.core.store.records import records

CONFIRM_SLACK = timedelta(milliseconds=250)
"""How long after a candidate may be confirmed its second look is taken."""

LOOK_AGAIN = timedelta(seconds=30)
"""After this a second look that got no answer is taken once more: whoever vanished is not forgotten for an interval."""


def after(report: Report, now: datetime) -> datetime | None:
    """Return the time of the next run out of turn: once the first candidate may be confirmed, and soon if the cluster
    was silent when one should have been. Return None where there is none.
    """
    moments = [one.confirm_at + CONFIRM_SLACK for one in report.verdicts if one.waits and one.confirm_at is not None]
    if any(one.rung is VerdictReason.API and one.container.missing_since is not None for one in report.verdicts):
        moments.append(now + LOOK_AGAIN)
    return min(moments, default=None)


def after_failure(job: str, error: StoreError, now: datetime) -> datetime | None:
    """Return the time of the next run after one that the database cut short, because that may have been a second look;
    else None.
    """
    cut_short = job == RECONCILER and isinstance(error, StoreUnavailable)
    return now + LOOK_AGAIN if cut_short else None


def after_takeover(job: str, cluster: str, now: datetime, *, interval: timedelta, confirm_after: timedelta) -> datetime:
    """Return the time of the first run of a job that another process ran before: by its interval, or by the second look
    at what that process missed. Raises StoreError.
    """
    last = job_runs.last(job, cluster)
    if last is None:
        return now
    moments = [last.started_at + interval]
    if job == RECONCILER:
        missed = [one.missing_since for one in records.active(cluster) if one.missing_since is not None]
        moments += [since + confirm_after + CONFIRM_SLACK for since in missed]
    # What lies further ahead than its own wait was written before a clock was set back.
    return max(now, min(*moments, now + interval))
