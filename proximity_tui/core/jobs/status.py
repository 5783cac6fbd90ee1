"""The status of one job of one cluster: the clock of this process, and the store's record for all processes."""

from __future__ import annotations

from datetime import datetime, timedelta

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.job import JobRun, Lease, Pause
from proximity_tui.core.store.jobs import job_runs, leases


@value_object
class JobStatus:
    """The status of one job of one cluster."""

    job: str
    cluster: str
    interval: timedelta
    running_since: datetime | None
    next_run: datetime | None
    last: JobRun | None
    paused: Pause | None
    holder: Lease | None
    mine: bool
    """Whether this process holds the lease."""
    stopped: bool
    """Whether the clock that starts the jobs in this process has died."""


def read_status(
    job: str,
    cluster: str,
    interval: timedelta,
    *,
    owner: str,
    running_since: datetime | None,
    next_run: datetime | None,
    stopped: bool,
) -> JobStatus:
    """Return the status of a job, by what this process (`owner`) knows of it and by the store. Raises StoreError."""
    last, paused, holder = job_runs.last(job, cluster), job_runs.paused(job, cluster), leases.holder(cluster)
    mine = holder is not None and holder.owner == owner
    return JobStatus(job, cluster, interval, running_since, next_run, last, paused, holder, mine, stopped)
