"""The runs of one process: one at a time for each job of a cluster, and a row for each, begun under the
lease and ended even if the database was away just then. Schedule and work of a run are decided elsewhere.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import datetime

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.jobs.job_work import RunEnd
from proximity_tui.core.model.job import JobTrigger, Lease
from proximity_tui.core.store.db.store_errors import LostRace
from proximity_tui.core.store.jobs import job_runs, leases

log = logging.getLogger(__name__)


@value_object
class _UnwrittenEnd:
    row: int
    ended: RunEnd
    at: datetime


class RunRows:
    """The rows of runs. Of each job and cluster at most one run is under way, so at most one ending is unwritten."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._unwritten: dict[tuple[str, str], _UnwrittenEnd] = {}
        self._lock = threading.Lock()

    def begin(self, job: str, cluster: str, trigger: JobTrigger, lease: Lease) -> int:
        """Begin the row of a run, after the end of the one before, and return its id. Raises LostLease, StoreError."""
        self.write_down(job, cluster)
        with leases.fenced(lease):
            return job_runs.start(job, cluster, self._owner, trigger, token=lease.token)

    def end(self, job: str, cluster: str, row: int, ended: RunEnd, at: datetime) -> None:
        """Write down the end of a run. Raises StoreError when `write_down` must try that again."""
        with self._lock:
            self._unwritten[job, cluster] = _UnwrittenEnd(row, ended, at)
        self.write_down(job, cluster)

    def write_down(self, job: str, cluster: str) -> None:
        """Write down the end of the last run, if that was not done yet. Raises StoreError when it still fails."""
        with self._lock:
            ending = self._unwritten.get((job, cluster))
            if ending is None:
                return
            ended = ending.ended
            try:
                job_runs.finish(
                    ending.row, ended.outcome, ended.counters, ended.reasons, ended.errors, finished_at=ending.at
                )
            except LostRace as error:
                # Whoever took the lease over has ended it, or our own first try had arrived after all.
                log.warning("the %s of %s could not be recorded: %s", job, cluster, error)
            del self._unwritten[job, cluster]


class RunSlots:
    """One slot for each job of a cluster, in which a run is under way or not. Any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: Mapping[tuple[str, str], datetime] = {}
        self._again: set[tuple[str, str]] = set()
        """The slots whose run is to be made once more when it is over."""

    def since(self, job: str, cluster: str) -> datetime | None:
        """Return since when a run is under way; None where there is none."""
        return self._running.get((job, cluster))

    def claim(self, job: str, cluster: str, now: datetime) -> bool:
        """Claim a slot for a run that begins. Return False when it is taken."""
        with self._lock:
            if (job, cluster) in self._running:
                return False
            self._running = {**self._running, (job, cluster): now}
            return True

    def run_again(self, job: str, cluster: str) -> bool:
        """Have a run made once more as soon as the one under way is over. Return False where there is none."""
        with self._lock:
            if (job, cluster) not in self._running:
                return False
            self._again.add((job, cluster))
            return True

    def free(self, job: str, cluster: str) -> bool:
        """Free a slot, because its run is over. Return whether one more was asked for meanwhile."""
        slot = job, cluster
        with self._lock:
            self._running = {one: since for one, since in self._running.items() if one != slot}
            again = slot in self._again
            self._again.discard(slot)
            return again
