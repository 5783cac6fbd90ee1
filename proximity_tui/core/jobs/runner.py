"""The runs of reconciler and janitor under their leases; `scheduler` is only their clock.

A run happens only in the process that holds the cluster's lease, one at a time, and every run is a row.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.base.daemon_threads import DaemonExecutor, spawn
from proximity_tui.core.engine.observe.reader import Reader
from proximity_tui.core.engine.reconcile.reconciler import RECONCILER
from proximity_tui.core.jobs import job_failures, next_run, takeover
from proximity_tui.core.jobs.job_work import JobSettings, JobWork, RunEnd
from proximity_tui.core.jobs.lease import LeaseKeeper
from proximity_tui.core.jobs.runs import RunRows, RunSlots
from proximity_tui.core.jobs.scheduler import Schedule
from proximity_tui.core.jobs.status import JobStatus, read_status
from proximity_tui.core.jobs.takeover import JOBS
from proximity_tui.core.model.job import JobOutcome, JobTrigger, Lease
from proximity_tui.core.store.db.store_errors import LostLease, StoreError, StoreUnavailable
from proximity_tui.core.store.jobs import job_runs, leases
from proximity_tui.core.store.records.known import KnownRecords

log = logging.getLogger(__name__)

SOON = timedelta(seconds=2)
"""After this what an unreachable database kept from being written, or from beginning, is tried again."""


class Jobs:
    """The jobs of every cluster, in this process."""

    def __init__(
        self,
        readers: Mapping[str, Reader],
        settings: JobSettings,
        owner: str,
        clock: Clock,
        known: KnownRecords | None = None,
    ) -> None:
        """Make the jobs of these clusters. `known` are the records that the process has in memory."""
        self.settings = settings
        self._owner = owner
        self._clock = clock
        self._readers: dict[str, Reader] = {}
        self._work = JobWork(self._readers, settings, clock, known or KnownRecords())
        self._keepers: dict[str, LeaseKeeper] = {}
        self._rows = RunRows(owner)
        self._slots = RunSlots()
        self._taken_up = takeover.TakenUp()
        self._listeners: list[Callable[[], None]] = []
        self._stopping = threading.Event()
        self._started = False
        self._threads = DaemonExecutor("jobs", threads=1, at_end=self._work.close_connections)
        self.schedule = Schedule(clock, self._threads)
        for cluster, reader in readers.items():
            self.include(cluster, reader)

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Have `listener` called, on a thread of the jobs, whenever a run began or ended."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Start the clock and begin to acquire the leases. Returns at once."""
        self.schedule.start()
        self._started = True
        for cluster in self._keepers:
            self._begin(cluster)

    def include(self, cluster: str, reader: Reader) -> None:
        """Run the jobs of one more cluster, and acquire its lease, once they are started. Returns at once."""
        self._readers[cluster] = reader
        self._threads.widen(len(JOBS))
        # Other threads go through the keepers: they find the old ones or the new ones, never half of them.
        self._keepers = {**self._keepers, cluster: self._keeper(cluster)}
        if self._started:
            self._begin(cluster)

    def stop(self, timeout: float = 1.0) -> None:
        """Give the leases back and stop the clock. Waits at most `timeout` seconds, and never for a run."""
        self._stopping.set()
        self.schedule.stop()
        deadline = self._clock.monotonic() + timeout
        for keeper in self._keepers.values():
            keeper.release()
        for keeper in self._keepers.values():
            keeper.stop(max(0.0, deadline - self._clock.monotonic()))

    @property
    def alive(self) -> bool:
        """True while the clock that starts the jobs in this process ticks."""
        return self.schedule.ticks

    def run_now(self, job: str, cluster: str) -> str:
        """Run a job at once, also a paused one. Return a sentence that says what is done."""
        if self.ready(cluster) is None:
            holder = leases.holder(cluster)
            if holder is not None and holder.owner == self._owner:
                return f"this process is taking over the jobs of {cluster}"
            return f"the jobs of {cluster} are run by {holder.owner}" if holder else f"{cluster} has no lease yet"
        if not self._slots.claim(job, cluster, self._clock.now()):
            return f"the {job} of {cluster} is already running"
        self._threads.submit(self._run_claimed, job, cluster, JobTrigger.MANUAL)
        return f"the {job} of {cluster} runs now"

    def missed(self, cluster: str) -> bool:
        """Reconcile at once because a refresh missed a container, so that a destroy behind our back is soon seen.
        Return False when another process has the lease.
        """
        if self.ready(cluster) is None:
            return False
        # A run under way may have read its inventory before the container went: one more when it is done.
        if self._slots.run_again(RECONCILER, cluster):
            return True
        self._threads.submit(self._run, RECONCILER, cluster, JobTrigger.MISSING)
        return True

    def holds(self, cluster: str) -> bool:
        """Return whether this process holds the lease of a cluster."""
        return self._keepers[cluster].held is not None

    def ready(self, cluster: str) -> Lease | None:
        """Return the lease, once it is ours and the runs of a dead holder are ended; else None."""
        lease = self._keepers[cluster].held
        return lease if lease is not None and self._taken_up.has(lease) else None

    def status(self) -> tuple[JobStatus, ...]:
        """Return the status of every job of every cluster."""
        return tuple(self._status(job, cluster) for cluster in self._keepers for job in JOBS)

    def _keeper(self, cluster: str) -> LeaseKeeper:
        return LeaseKeeper(
            cluster, self._owner, times=self.settings.lease, on_gained=self._gained, on_lost=lambda _: self._notify()
        )

    def _begin(self, cluster: str) -> None:
        """Put the jobs of a cluster on the schedule, and begin to acquire its lease."""
        for job in JOBS:
            every = self.settings.interval(job).total_seconds()
            self.schedule.every(f"{job}:{cluster}", every, self._run, job, cluster, JobTrigger.SCHEDULE)
        self._keepers[cluster].start()

    def _status(self, job: str, cluster: str) -> JobStatus:
        return read_status(
            job,
            cluster,
            self.settings.interval(job),
            owner=self._owner,
            running_since=self._slots.since(job, cluster),
            next_run=self.schedule.next_run(f"{job}:{cluster}"),
            stopped=self._started and not self.alive,
        )

    def _run(self, job: str, cluster: str, trigger: JobTrigger) -> None:
        """Run a job that is due: only under the lease, not while it is paused, and never two at once."""
        if self.ready(cluster) is None or self._stopping.is_set():
            return
        try:
            # Asked before the run is claimed: a paused job must not look busy to who starts it by hand.
            paused = job_runs.paused(job, cluster) is not None
        except StoreError as error:
            self._could_not_begin(job, cluster, error)
            return
        if not paused and self._slots.claim(job, cluster, self._clock.now()):
            self._run_claimed(job, cluster, trigger)

    def _run_claimed(self, job: str, cluster: str, trigger: JobTrigger) -> None:
        """Make one run in the claimed slot, always with a row; the slot is free again afterwards."""
        again_at: datetime | None = None
        try:
            lease = self.ready(cluster)
            if lease is not None and not self._stopping.is_set():
                again_at = self._run_as_row(job, cluster, trigger, lease)
        except StoreError as error:
            self._could_not_begin(job, cluster, error)
        finally:
            again = self._slots.free(job, cluster)
            self._notify()
            if again_at is not None:
                # Not before this one is over: a second list that is due at once would find it running, and give up.
                self.schedule.once(f"confirm:{cluster}", again_at, self._run, RECONCILER, cluster, JobTrigger.CONFIRM)
            if again:
                self.missed(cluster)

    def _run_as_row(self, job: str, cluster: str, trigger: JobTrigger, lease: Lease) -> datetime | None:
        """Make one run and its row; return when it asks to be run again out of turn. Raises StoreError if it could not
        begin.
        """
        row = self._rows.begin(job, cluster, trigger, lease)
        self._notify()
        try:
            ended = self._work.run(job, cluster, lambda: leases.fenced(lease))
        except LostLease as error:
            ended = RunEnd(JobOutcome.SKIPPED, reasons=(str(error),))
        except StoreError as error:
            again_at = next_run.after_failure(job, error, self._clock.now())
            ended = RunEnd(JobOutcome.FAILED, errors=(str(error),), again_at=again_at)
        except Exception as error:
            log.exception("unexpected error in the %s of %s", job, cluster)
            ended = RunEnd(JobOutcome.FAILED, errors=(job_failures.summary(error),))
            job_failures.raised(job, cluster, error, lease)
        else:
            job_failures.over(job, cluster, lease)
        self._write_down(job, cluster, lambda: self._rows.end(job, cluster, row, ended, self._clock.now()))
        return ended.again_at

    def _write_down(self, job: str, cluster: str, write: Callable[[], None]) -> None:
        """Write down the end of a run, now or once the database is back: until then its row says that it runs."""
        try:
            write()
        except StoreError as error:
            log.warning("the end of the %s of %s could not be recorded yet: %s", job, cluster, error)
            again = partial(self._rows.write_down, job, cluster)
            moment = self._clock.now() + SOON
            self.schedule.once(f"ended:{job}:{cluster}", moment, self._write_down, job, cluster, again)

    def _could_not_begin(self, job: str, cluster: str, error: StoreError) -> None:
        """Log it and try again soon: a database that was away for a moment is worth no wait of a whole interval."""
        log.warning("the %s of %s could not start: %s", job, cluster, error)
        if not isinstance(error, StoreUnavailable):
            return
        name, soon = f"{job}:{cluster}", self._clock.now() + SOON
        planned = self.schedule.next_run(name)
        if planned is not None and planned > soon:
            self.schedule.due(name, soon)

    def _gained(self, lease: Lease) -> None:
        """Take the lease over: end what a dead holder left, then run at once, or when the next run would be due."""
        spawn(f"gained-{lease.cluster}", self._take_up, lease)

    def _take_up(self, lease: Lease) -> None:
        # Not by how long it took: a start on a busy machine is a start.
        at_start = not self._keepers[lease.cluster].was_elsewhere
        moments = takeover.first_runs(lease, self._owner, self.settings, self._clock, at_start=at_start)
        if not self._taken_up.note(lease, self._keepers[lease.cluster]):
            return
        for job, moment in moments.items():
            self.schedule.due(f"{job}:{lease.cluster}", moment)
        self._notify()

    def _notify(self) -> None:
        for listener in self._listeners:
            listener()
