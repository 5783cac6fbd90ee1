"""The time of a run out of turn: for a second list, and after another process ran the jobs.

The request for a second list is kept in the records, so it outlives the process that made the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from proximity_tui.core.doctrine.reconciliation.verdict import VerdictReason
from proximity_tui.core.engine.reconcile.reconciler import RECONCILER
from proximity_tui.core.engine.reconcile.report import Report
from proximity_tui.core.model import Container
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.store_errors import StoreError, StoreUnavailable
from proximity_tui.core.store.jobs import job_runs
from proximity_tui.core.store.records import records

CONFIRM_SLACK = timedelta(milliseconds=250)
"""How long after a candidate may be confirmed its second list is read."""

READ_AGAIN = timedelta(seconds=30)
"""After this a second list that got no answer is read once more: whoever vanished is not forgotten for an interval."""


def after(report: Report, now: datetime) -> datetime | None:
    """Return the time of the next run out of turn: once the first candidate may be confirmed, and soon if the cluster
    was silent when one should have been. Return None where there is none. Raises StoreError.
    """
    moments = [one.confirm_at + CONFIRM_SLACK for one in report.verdicts if one.waits and one.confirm_at is not None]
    silent = [one.container for one in report.verdicts if one.decided_by is VerdictReason.API]
    if _first_missed(report.cluster, silent):
        moments.append(now + READ_AGAIN)
    return min(moments, default=None)


def _first_missed(cluster: str, containers: Sequence[Container]) -> list[datetime]:
    """Return when those containers were first seen missing or half destroyed that wait for a second list. It is over
    for the half destroyed ones that have their alert: they stay so, for days perhaps, and nobody learns more by it.
    """
    missing = [one for one in containers if one.missing_since is not None]
    remains = [one for one in containers if one.half_destroyed_since is not None]
    told = {one.container for one in alerts.open_of_kind(AlertKind.HALF_DESTROYED, cluster)} if remains else set()
    moments = [one.missing_since for one in missing]
    moments += [one.half_destroyed_since for one in remains if one.id not in told]
    return [one for one in moments if one is not None]


def after_failure(job: str, error: StoreError, now: datetime) -> datetime | None:
    """Return the time of the next run after one that the database cut short, because that may have been a second list;
    else None.
    """
    cut_short = job == RECONCILER and isinstance(error, StoreUnavailable)
    return now + READ_AGAIN if cut_short else None


def after_takeover(job: str, cluster: str, now: datetime, *, interval: timedelta, confirm_after: timedelta) -> datetime:
    """Return the time of the first run of a job that another process ran before: by its interval, or by the second list
    at what that process missed. Raises StoreError.
    """
    last = job_runs.last(job, cluster)
    if last is None:
        return now
    moments = [last.started_at + interval]
    if job == RECONCILER:
        moments += [since + confirm_after + CONFIRM_SLACK for since in _first_missed(cluster, records.doubted(cluster))]
    # What lies further ahead than its own wait was written before a clock was set back.
    return max(now, min(*moments, now + interval))
