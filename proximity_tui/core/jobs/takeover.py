"""The takeover of a cluster's jobs: the runs that a dead holder left are ended, and the first own runs are planned."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.engine.reconcile.janitor_run import JANITOR
from proximity_tui.core.engine.reconcile.reconciler import RECONCILER
from proximity_tui.core.jobs import next_run
from proximity_tui.core.jobs.job_work import JobSettings
from proximity_tui.core.jobs.lease import LeaseKeeper
from proximity_tui.core.model.job import Lease
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.jobs import job_runs, leases

log = logging.getLogger(__name__)

JOBS = (RECONCILER, JANITOR)


class TakenUp:
    """The leases under which runs may begin: first what a dead holder left running is ended."""

    def __init__(self) -> None:
        self._tokens: dict[str, int] = {}
        self._lock = threading.Lock()

    def has(self, lease: Lease) -> bool:
        """Return whether runs may begin under a lease."""
        return self._tokens.get(lease.cluster) == lease.token

    def note(self, lease: Lease, keeper: LeaseKeeper) -> bool:
        """Let runs begin under a lease. Return False where `keeper` holds another one by now: it was lost and gained
        again, and that takeover may have been faster than this one.
        """
        with self._lock:
            held = keeper.held
            if held is not None and held.token != lease.token:
                return False
            self._tokens[lease.cluster] = lease.token
            return True


def first_runs(lease: Lease, owner: str, settings: JobSettings, clock: Clock, *, at_start: bool) -> dict[str, datetime]:
    """End the runs that a dead holder of `lease` left, and return the time of the first run by job: now at the start
    of the process (`at_start`) and for a job whose run was cut short, else when its next run would have been due.
    """
    try:
        return _first_runs(lease, owner, settings, clock, at_start)
    except Exception:
        # Whatever is wrong with a row: who holds the lease is the only one who runs the jobs.
        log.exception("what ran before in %s could not be read", lease.cluster)
        return dict.fromkeys(JOBS, clock.now())


def _first_runs(lease: Lease, owner: str, settings: JobSettings, clock: Clock, at_start: bool) -> dict[str, datetime]:
    try:
        # Somebody else may hold it by now, whose runs are at work.
        with leases.fenced(lease):
            left = {run.job for run in job_runs.abandon_dead(lease.cluster, owner)}
    except StoreError as error:
        log.warning("the unfinished runs of %s could not be read: %s", lease.cluster, error)
        left = set()
    return {job: clock.now() if at_start or job in left else _due(job, lease.cluster, settings, clock) for job in JOBS}


def _due(job: str, cluster: str, settings: JobSettings, clock: Clock) -> datetime:
    """Return the time of the next run by what the database holds of the last one; now where it cannot be read."""
    now = clock.now()
    try:
        return next_run.after_takeover(
            job, cluster, now, interval=settings.interval(job), confirm_after=settings.limits.confirm_after
        )
    except StoreError as error:
        log.warning("the last run of the %s of %s could not be read: %s", job, cluster, error)
        return now
