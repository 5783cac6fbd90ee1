"""The recorder of figures: one reading a minute of each container, from the lists that are read anyway; each minute is
written down, and compared with the thresholds.

Only the process with the lease of a cluster records, and nothing in read-only. It works on a thread of its own:
whatever goes wrong here delays or harms no poll.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress

from proximity_tui.core.base.daemon_threads import DaemonExecutor
from proximity_tui.core.doctrine.figures.reading import Counters, read
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.jobs.runner import Jobs
from proximity_tui.core.jobs.usage_alerts import UsageAlerts
from proximity_tui.core.model import Container, Inventory
from proximity_tui.core.model.guests.figures import MINUTE, FigurePoint, MinuteReadings
from proximity_tui.core.store.db.store_errors import LostLease, StoreError
from proximity_tui.core.store.figures import minutes
from proximity_tui.core.store.jobs import leases
from proximity_tui.core.store.records.known import KnownRecords

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
