"""The status of one job of one cluster: the clock of this process, and the store's record for all processes."""

from __future__ import annotations

from datetime import datetime, timedelta

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.job import JobRun, Lease, Pause


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
