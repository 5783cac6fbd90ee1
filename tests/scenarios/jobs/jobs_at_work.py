"""The jobs of one process at work, for stories of when they run and when they do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.jobs.job_work import JobSettings
from proximity_tui.core.jobs.runner import Jobs
from proximity_tui.core.jobs.status import JobStatus
from proximity_tui.core.jobs.takeover import JOBS
from proximity_tui.core.model.job import JobRun
from proximity_tui.core.store.jobs import job_runs
from tests.support.house import QUICK, House
from tests.support.timing.unhurried import UNHURRIED
from tests.support.timing.waiting import LONGEST, until

ME, RIVAL = "jump1:10:aa", "jump2:20:bb"
LONG = timedelta(hours=1)
"""An interval after which no job of a test comes round again."""


@contextmanager
def at_work(house: House, owner: str = ME, clock: SystemClock | None = None, **settings: Any) -> Iterator[Jobs]:
    """The jobs of one process, whose intervals are an hour unless told otherwise."""
    usual: dict[str, Any] = {
        "reconciler_interval": LONG, "janitor_interval": LONG, "limits": QUICK, "lease": UNHURRIED,
    }  # fmt: skip
    jobs = Jobs(house.clients, JobSettings(**{**usual, **settings}), owner, clock or house.clock)
    jobs.start()
    try:
        yield jobs
    finally:
        # What still writes when the store of the next test is open would write there.
        jobs.stop(timeout=LONGEST)
        until(lambda: not any(jobs._slots.since(job, cluster) for job in JOBS for cluster in house.clients))


def ended(job: str = "reconciler") -> list[JobRun]:
    """The runs of a job that ended, the oldest first."""
    return [run for run in reversed(job_runs.recent(job, "lab", limit=1000)) if run.finished_at is not None]


def both_ended(jobs: Jobs, times: int) -> bool:
    """Both jobs of this process have come to an end so many times, and may be run again: a run has its row before its
    slot is free. A run that another process left behind says nothing of that.
    """
    own = [[run for run in ended(job) if run.run_by == jobs._owner] for job in JOBS]
    return min(map(len, own)) >= times and not any(one.running_since for one in jobs.status())


def status_of(jobs: Jobs, job: str = "reconciler") -> JobStatus:
    """What the jobs say of one of them."""
    (found,) = [one for one in jobs.status() if one.job == job]
    return found


def pulses(jobs: Jobs, number: int = 3) -> None:
    """Wait until the scheduler's own thread has done everything that was due, several times over."""
    for _ in range(number):
        seen = jobs.schedule.pulse
        until(lambda: jobs.schedule.pulse != seen)  # noqa: B023
