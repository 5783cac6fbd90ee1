"""The alerts about figures above their threshold: opened and resolved after each minute, by the holder of the lease.

The counts of readings in a row are in memory; which alerts are not over says the database, so another process goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from proximity_tui.core.doctrine.figures.reading import LONGEST
from proximity_tui.core.doctrine.figures.thresholds import KINDS, ConsecutiveByAlert, judge_minute
from proximity_tui.core.doctrine.figures.usage_limits import UsageLimits
from proximity_tui.core.model import Container
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.model.guests.figures import FigurePoint
from proximity_tui.core.store.alerts import alerts

ACTOR = "figures"
"""The actor of an alert that ends by itself."""


class UsageAlerts:
    """The alerts of all clusters of a process."""

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


def _unresolved(cluster: str) -> frozenset[tuple[int, AlertKind]]:
    found = alerts.open_of_kinds(KINDS, cluster)
    return frozenset((one.container, AlertKind(one.kind)) for one in found if one.container is not None)
