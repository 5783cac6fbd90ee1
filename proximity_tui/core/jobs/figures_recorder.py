"""The recorder of figures: one reading a minute of each container, from the lists that are read anyway; each minute is
written down, and compared with the thresholds.

Only the process with the lease of a cluster records, and nothing in read-only. It works on a thread of its own:
whatever goes wrong here delays or harms no poll.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import datetime

from proximity_tui.core.base.daemon_threads import DaemonExecutor
from proximity_tui.core.doctrine.figures.reading import LONGEST, Counters, read
from proximity_tui.core.doctrine.figures.thresholds import KINDS, ConsecutiveByAlert, judge_minute
from proximity_tui.core.doctrine.figures.usage_limits import UsageLimits
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.jobs.runner import Jobs
from proximity_tui.core.model import Container, Inventory
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.model.guests.figures import MINUTE, FigurePoint, MinuteReadings
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.store_errors import LostLease, StoreError
from proximity_tui.core.store.figures import minutes
from proximity_tui.core.store.jobs import leases
from proximity_tui.core.store.records.known import KnownRecords

ACTOR = "figures"
"""The actor of an alert that ends by itself."""


class UsageAlerts:
    """The alerts about figures above their threshold, of all clusters of a process: judged after each minute.

    The counts of readings in a row are in memory; which alerts are not over says the database, so another process goes
    on.
    """

    def __init__(self, limits: UsageLimits) -> None:
        self._limits = limits
        self._runs: dict[str, ConsecutiveByAlert] = {}
        self._judged_at: dict[str, datetime] = {}

    def judge(
        self,
        cluster: str,
        containers: Sequence[Container],
        points: Mapping[int, FigurePoint],
        write_scope: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """Open and resolve what the readings of a minute say. Nothing is written where nothing begins or ends.

        Raises `StoreError`, and `LostLease` when another process has taken over.
        """
        self._forget_before_a_pause(cluster, points)
        found = judge_minute(containers, points, self._runs.get(cluster, {}), _unresolved(cluster), self._limits)
        self._runs[cluster] = found.runs
        if not found.begun and not found.ended:
            return
        with write_scope():
            for one in found.begun:
                alerts.raise_about(one.container, one.kind, Severity.AMBER, one.message, one.evidence)
            for over in found.ended:
                alerts.resolve(alerts.key_of(over.kind, container=over.container), over.why, by=ACTOR)

    def forget(self, cluster: str) -> None:
        """Forget the readings in a row of a cluster: another process reads on."""
        self._runs.pop(cluster, None)

    def _forget_before_a_pause(self, cluster: str, points: Mapping[int, FigurePoint]) -> None:
        """Forget the readings in a row where nothing was read for long, as by a host that slept: they are not in a row
        with these.
        """
        at = max((point.at for point in points.values()), default=None)
        if at is None:
            return
        last, self._judged_at[cluster] = self._judged_at.get(cluster, at), at
        if not 0 <= (at - last).total_seconds() <= LONGEST:
            self.forget(cluster)


log = logging.getLogger(__name__)

MOST_WAITING = 15
"""Minutes of a cluster that are kept in memory while the database is away; the oldest ones are given up."""


class FiguresRecorder:
    """The recorder of all clusters of a process."""

    def __init__(self, jobs: Jobs, known: KnownRecords) -> None:
        self._jobs = jobs
        self._known = known
        self._minutes: dict[str, int] = {}
        """By cluster, the minute of the last list that was taken for a reading."""
        self._counters: dict[str, Mapping[int, Counters]] = {}
        self._waiting: dict[str, deque[MinuteReadings]] = {}
        self._reasons: dict[str, str] = {}
        """By cluster, why the last minute was not written down."""
        self._alerts = UsageAlerts(jobs.settings.usage)
        self._thread = DaemonExecutor("figures", threads=1)

    def polled(self, result: PollResult) -> None:
        """Take the first list of a minute for a reading. Returns at once."""
        inventory, cluster = result.inventory, result.cluster
        if inventory is None or not result.healthy or self._jobs.settings.read_only:
            return
        minute = int(inventory.taken_at.timestamp()) // MINUTE
        if self._minutes.get(cluster) == minute or self._jobs.ready(cluster) is None:
            return
        self._minutes[cluster] = minute
        self._thread.submit(self._record_or_log, inventory, minute)

    def stop(self) -> None:
        """Let the thread end when what was taken is recorded. Returns at once."""
        self._thread.shutdown()

    def _record_or_log(self, inventory: Inventory, minute: int) -> None:
        try:
            self._record(inventory, minute)
        except StoreError as error:
            self._log_once(inventory.cluster, str(error))
        except Exception:
            log.exception("unexpected error while the figures of %s were recorded", inventory.cluster)

    def _record(self, inventory: Inventory, minute: int) -> None:
        cluster = inventory.cluster
        containers = self._known.of(cluster).records
        points = self._read(containers, inventory)
        waiting = self._waiting.setdefault(cluster, deque(maxlen=MOST_WAITING))
        if points:
            waiting.append(MinuteReadings(cluster, minute, points))
        lease = self._jobs.ready(cluster)
        if lease is None:
            waiting.clear()
            self._alerts.forget(cluster)
            return
        with suppress(LostLease):
            with leases.fenced(lease):
                for readings in waiting:
                    minutes.write(readings)
            self._alerts.judge(cluster, containers, points, lambda: leases.fenced(lease))
        waiting.clear()
        self._reasons.pop(cluster, None)

    def _read(self, containers: Sequence[Container], inventory: Inventory) -> dict[int, FigurePoint]:
        """Return the figures of the containers, and keep their counters for the next reading."""
        cluster, before = inventory.cluster, self._counters.get(inventory.cluster, {})
        points: dict[int, FigurePoint] = {}
        counters: dict[int, Counters] = {}
        for one in containers:
            found = read(one, inventory, before.get(one.id))
            if found is not None:
                points[one.id], counters[one.id] = found.point, found.counters
        self._counters[cluster] = counters
        return points

    def _log_once(self, cluster: str, reason: str) -> None:
        """Log why nothing was written down, once for each reason."""
        if self._reasons.get(cluster) != reason:
            self._reasons[cluster] = reason
            log.warning("the figures of %s were not recorded: %s", cluster, reason)


def _unresolved(cluster: str) -> frozenset[tuple[int, AlertKind]]:
    found = alerts.open_of_kinds(KINDS, cluster)
    return frozenset((one.container, AlertKind(one.kind)) for one in found if one.container is not None)
