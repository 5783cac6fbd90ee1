"""The trigger of the reconciler: a good poll that missed a container, or found another guest in its place."""

from __future__ import annotations

import logging

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.doctrine.observation.match_row import wants_reconciler
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.jobs.runner import Jobs
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import records

log = logging.getLogger(__name__)

QUIET_FOR = 30.0
"""Seconds for which the same containers do not trigger the reconciler again: a second run would find the same."""


class MissingTrigger:
    """The trigger, for the jobs of this process. Each cluster is polled on a thread of its own."""

    def __init__(self, jobs: Jobs, clock: Clock) -> None:
        self._jobs = jobs
        self._clock = clock
        self._triggered: dict[str, tuple[frozenset[int], float]] = {}
        """By cluster, the containers that triggered it last, and until when they are quiet."""

    def polled(self, result: PollResult) -> None:
        """Handle a poll, on the thread of its poller."""
        if not result.healthy or result.inventory is None:
            return
        cluster = result.cluster
        try:
            active = records.active(cluster)
        except StoreError as error:
            log.warning("could not check whether %s misses a container: %s", cluster, error)
            return
        odd = frozenset(one.id for one in active if wants_reconciler(one, result.inventory))
        known, quiet_until = self._triggered.get(cluster, (frozenset(), 0.0))
        now = self._clock.monotonic()
        if odd and (not odd <= known or now >= quiet_until):
            if self._jobs.missed(cluster):
                self._triggered[cluster] = odd, now + QUIET_FOR
        elif not odd:
            self._triggered.pop(cluster, None)
