"""The reading of the fleet's figures: the audit trail through one pure function, and for the uptime the kept figures.

Blocks for as long as it takes to read the trail.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.analytics.fleet_stats import StateTime, Stats, stats
from proximity_tui.core.model import Container, State
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.guests.figures import CPU, kept_step
from proximity_tui.core.store import events
from proximity_tui.core.store.db.queries import chunks
from proximity_tui.core.store.figures.history import series
from proximity_tui.core.store.records import records

_SAY_NOTHING = (EventAction.FINGERPRINT, EventAction.MOVED, EventAction.RENAMED)
"""Events that no figure is made of."""
AT_ONCE = 250
"""Containers whose figures are in memory together."""


@value_object
class Uptime:
    """How long a container was surely running: seen so in the kept figures. What nobody saw is unknown, not uptime."""

    container: int
    name: str
    cluster: str
    vmid: int | None
    seen: float
    """Seconds in which it was seen running."""
    stopped: float
    """Seconds in which it was stopped, by the trail."""
    unknown: float
    """Seconds of which neither is known."""

    @property
    def share(self) -> float | None:
        """The share of the known time in which it ran; None where nothing is known."""
        known = self.seen + self.stopped
        return self.seen / known if known else None


@value_object
class Analytics:
    """The figures by the trail, and the uptime of each container that is open."""

    stats: Stats
    uptimes: tuple[Uptime, ...]


def gather_stats(since: datetime, until: datetime, cluster: str | None = None) -> Analytics:
    """Return the figures from `since` to `until` (of one cluster). Raises StoreError."""
    found = stats(events.in_order(but=_SAY_NOTHING), since, until, cluster)
    # By the record, not by the trail: its cluster may have been renamed since.
    known = {one.id: one for one in records.active()}
    times = [one for one in found.times if one.container in known]
    seen = _seen_running({one.container: known[one.container].cluster for one in times}, since, until)
    uptimes = [_uptime(one, known[one.container], seen.get(one.container, 0.0)) for one in times]
    # What ran least comes first; of what nothing is known, last.
    uptimes.sort(key=lambda one: (2.0 if one.share is None else one.share, one.cluster, one.vmid or 0))
    return Analytics(found, tuple(uptimes))


def _uptime(time: StateTime, record: Container, seen: float) -> Uptime:
    stopped = time.seconds.get(State.STOPPED, 0.0)
    running = min(seen, max(0.0, time.total - stopped))
    unknown = time.total - running - stopped
    return Uptime(record.id, record.name, record.cluster, record.vmid, running, stopped, unknown)


def _seen_running(clusters: Mapping[int, str], since: datetime, until: datetime) -> dict[int, float]:
    """Return the seconds in which each record was seen running: only what runs has figures."""
    step = kept_step(until - since)
    seen: dict[int, float] = {}
    for some in chunks(sorted(clusters), AT_ONCE):
        read = series(some, {clusters[one] for one in some}, since, until, step, (CPU,))
        for one, found in read.items():
            seen[one] = float(step * sum(value is not None for value in found.columns[CPU]))
    return seen
