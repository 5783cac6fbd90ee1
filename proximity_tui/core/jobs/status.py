"""The status of one job of one cluster: the clock of this process, and the store's record for all processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from proximity_tui.core.model.job import JobRun, Lease, Pause


@dataclass(frozen=True, slots=True)
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
