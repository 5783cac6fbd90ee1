"""The work of each job, without its schedule: the functions that the runner calls under a lease.

The reconciler is given readers of its clusters; the janitor is given none (law 4).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.figures.usage_limits import UsageLimits
from proximity_tui.core.doctrine.reconciliation.janitor_diagnosis import DEFAULT_THRESHOLDS
from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.engine.observe.reader import Reader
from proximity_tui.core.engine.reconcile import cluster_alerts, janitor_run, reconciler
from proximity_tui.core.engine.reconcile.reconciler import RECONCILER
from proximity_tui.core.engine.reconcile.report import WriteScope
from proximity_tui.core.jobs import next_run
from proximity_tui.core.jobs.lease import LeaseTimes
from proximity_tui.core.model import State
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.core.store.db.store_errors import LostLease, StoreError
from proximity_tui.core.store.figures import folding
from proximity_tui.core.store.jobs import run_days
from proximity_tui.core.store.records import operations
from proximity_tui.core.store.records.known import KnownRecords

log = logging.getLogger(__name__)

CHECK_NODES_EVERY = 3600.0
"""Seconds between two readings of the certificates and backups of all nodes."""

DAYS_A_RUN = 10
"""Days of a job that one run thins at most, each in a transaction of its own."""

FOLDS_A_RUN = 100
"""Steps in which one run folds figures at most, each in a transaction of its own."""


@value_object
class JobSettings:
    """The schedule of the jobs, and their caution."""

    reconciler_interval: timedelta = timedelta(minutes=5)
    janitor_interval: timedelta = timedelta(minutes=15)
    limits: Limits = field(default_factory=Limits)
    thresholds: Mapping[State, timedelta] = field(default_factory=lambda: DEFAULT_THRESHOLDS)
    lease: LeaseTimes = field(default_factory=LeaseTimes)
    usage: UsageLimits = field(default_factory=UsageLimits)
    """The thresholds from which a figure of a container is an alert."""
    read_only: bool = False
    """Observe and report, write no verdict."""

    def interval(self, job: str) -> timedelta:
        """Return the interval of a job."""
        return self.reconciler_interval if job == RECONCILER else self.janitor_interval


@value_object
class RunEnd:
    """The end of a run, as its row has it, and the time at which it asks to be run again out of turn."""

    outcome: JobOutcome
    counters: Mapping[str, int] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    again_at: datetime | None = None


class JobWork:
    """The work of the jobs of every cluster that `readers` has at the time of the run."""

    def __init__(self, readers: Mapping[str, Reader], settings: JobSettings, clock: Clock, known: KnownRecords) -> None:
        self._readers = readers
        self._known = known
        self._settings = settings
        self._clock = clock
        self._thinned_on: dict[str, date] = {}
        """By cluster, the day on which no run was left to be thinned."""
        self._checked_at: dict[str, float] = {}
        """By cluster, when certificates and backups were read last, on the monotonic clock."""

    def run(self, job: str, cluster: str, write_scope: WriteScope) -> RunEnd:
        """Make one run and return its end. Raises StoreError, and LostLease when another process took over."""
        return self._reconcile(cluster, write_scope) if job == RECONCILER else self._run_janitor(cluster, write_scope)

    def close_connections(self) -> None:
        """Close the connections of the calling thread to every cluster."""
        for reader in tuple(self._readers.values()):
            reader.close()

    def _reconcile(self, cluster: str, write_scope: WriteScope) -> RunEnd:
        report = reconciler.run(
            self._readers[cluster],
            self._settings.limits,
            self._clock,
            write_scope,
            dry_run=self._settings.read_only,
            known=self._known,
        )
        if not self._settings.read_only:
            self._check_nodes(cluster, report.answering, write_scope)
            self._thin_runs(cluster, write_scope)
            self._fold_figures(cluster, write_scope)
        return RunEnd(
            report.outcome, report.counters, report.reasons, report.errors, next_run.after(report, self._clock.now())
        )

    def _check_nodes(self, cluster: str, nodes: Sequence[str], write_scope: WriteScope) -> None:
        """Read certificates and backups of every node, at the first run and once an hour."""
        now, last = self._clock.monotonic(), self._checked_at.get(cluster)
        if last is None or now - last >= CHECK_NODES_EVERY:
            self._checked_at[cluster] = now
            limits, reader = self._settings.limits, self._readers[cluster]
            cluster_alerts.about_nodes(reader, nodes, limits, self._clock, write_scope)

    def _thin_runs(self, cluster: str, write_scope: WriteScope) -> None:
        """Thin the old runs of a cluster: once a day in each process, and again while days are left."""
        now = self._clock.now()
        for _ in range(DAYS_A_RUN):
            if self._thinned_on.get(cluster) == now.date():
                return
            try:
                with write_scope():
                    deleted = run_days.thin(cluster, now)
            except LostLease:
                raise
            except StoreError as error:
                # No reason to call the run failed: whoever may not delete has a larger database, and all else works.
                log.warning("the old runs of %s could not be thinned: %s", cluster, error)
                deleted = 0
            if not deleted:
                self._thinned_on[cluster] = now.date()

    def _fold_figures(self, cluster: str, write_scope: WriteScope) -> None:
        """Fold the minutes of the hours that are over; what one run does not do is left to the next."""
        after = 0
        for _ in range(FOLDS_A_RUN):
            try:
                with write_scope():
                    folded = folding.fold(cluster, self._clock.now(), after)
            except LostLease:
                raise
            except StoreError as error:
                log.warning("the figures of %s could not be folded: %s", cluster, error)
                return
            if not folded.minutes:
                return
            after = folded.up_to or 0

    def _run_janitor(self, cluster: str, write_scope: WriteScope) -> RunEnd:
        if not self._settings.read_only:
            with write_scope():
                operations.mark_interrupted_stale()
        found = janitor_run.run(cluster, self._settings.thresholds, write_scope, dry_run=self._settings.read_only)
        return RunEnd(
            JobOutcome.COMPLETE,
            found.counters,
            tuple(one.log_line for one in found.diagnoses),
            found.errors,
        )
