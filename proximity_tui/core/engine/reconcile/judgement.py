"""One look at a cluster and the judgement of all its containers: what a run acts on, and what `why` explains.

It only reads, Proxmox as well as our records.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.lived_time import clock_moved
from proximity_tui.core.doctrine.reconciliation.breaker import Breaker, BreakerAnswers, hold_back
from proximity_tui.core.doctrine.reconciliation.ladder import judge_all
from proximity_tui.core.doctrine.reconciliation.rungs import LadderResult
from proximity_tui.core.doctrine.reconciliation.verdict import ClusterSnapshot, Limits, Verdict
from proximity_tui.core.engine.observe.cluster_records import ClusterRecords
from proximity_tui.core.engine.observe.collect import collect_cluster
from proximity_tui.core.engine.observe.reader import Reader
from proximity_tui.core.engine.reconcile import cluster_identity
from proximity_tui.core.engine.reconcile.resolved_alerts import ENDED_BY_VERDICTS
from proximity_tui.core.model import ClockReading, Container
from proximity_tui.core.store import clusters
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.clock_readings import clock_reading
from proximity_tui.core.store.jobs import breakers
from proximity_tui.core.store.records import operations
from proximity_tui.core.store.records.known import KnownRecords


@value_object
class Judgement:
    """The answers of a cluster, and what follows for each of its open records."""

    snapshot: ClusterSnapshot
    seq: int
    """The number of the last change in the records that the list was compared with."""
    results: tuple[LadderResult, ...]
    """Of each container but those that are as recorded. By the verdicts as far as they may be believed: the breaker has
    held back the others.
    """
    breaker: Breaker | None
    """The breaker, if it is open."""
    asked: BreakerAnswers

    @property
    def verdicts(self) -> list[Verdict]:
        """The verdict of each container that was judged."""
        return [result.verdict for result in self.results]

    def result_of(self, container_id: int) -> LadderResult | None:
        """Return the result for one container that was judged, None where its record was closed meanwhile."""
        return next((one for one in self.results if one.verdict.container.id == container_id), None)


def judge_cluster(
    reader: Reader, limits: Limits, clock: Clock, known: KnownRecords, *, closely: frozenset[int] = frozenset()
) -> Judgement:
    """Ask a cluster everything that one run needs, and return the judgement of its containers. `known` are the records
    that the process has in memory; those `closely` are judged even where the list confirms them. Raises StoreError.
    """
    cluster = reader.cluster
    facts, seq = known.facts(cluster)
    records = ClusterRecords(
        facts,
        lambda ids: _with_first_misses(known.as_seen(ids)),
        lambda: _busy(cluster),
        closely | _with_alerts(cluster),
    )
    snapshot = collect_cluster(
        reader,
        records,
        clock,
        clusters.known_identity(cluster),
        doubted=cluster_identity.doubted(cluster),
    )
    asked = _asked(cluster)
    judged = records.whole_but(()) if snapshot.inventory is None else [one.container for one in snapshot.seen.values()]
    results = judge_all(judged, snapshot, limits)
    verdicts, breaker = hold_back(
        [result.verdict for result in results], limits, asked, besides=len(snapshot.as_recorded)
    )
    believed = (
        result if result.verdict is verdict else replace(result, verdict=verdict)
        for result, verdict in zip(results, verdicts, strict=True)
    )
    return Judgement(snapshot, seq, tuple(believed), breaker, asked)


def _busy(cluster: str) -> frozenset[int]:
    now = clock_reading()
    alive = (one for one in operations.open_operations(cluster) if operations.is_alive(one, now))
    return frozenset(one.container for one in alive if one.container is not None)


def _with_alerts(cluster: str) -> frozenset[int]:
    """Return the containers with an alert that a verdict may end."""
    waiting = alerts.open_of_kinds(ENDED_BY_VERDICTS, cluster)
    return frozenset(one.container for one in waiting if one.container is not None)


def _with_first_misses(containers: Iterable[Container]) -> tuple[Container, ...]:
    now = clock_reading()
    return tuple(_with_first_miss(one, now) for one in containers)


def _with_first_miss(container: Container, now: ClockReading) -> Container:
    """Return the record as it was first missed, unless the clock moved since: then the time between two lists is not
    known, and the next one is the first.
    """
    if container.doubt_clock is None or not clock_moved(container.doubt_clock, now):
        return container
    return replace(container, missing_since=None, half_destroyed_since=None)


def _asked(cluster: str) -> BreakerAnswers:
    """Return the questions to persons about the missing containers of a cluster, and their answers."""
    open_one = breakers.state(cluster)
    waiting = open_one.missing if open_one is not None else None
    return BreakerAnswers(waiting, breakers.approved_ids(cluster), breakers.dismissed_ids(cluster))
