"""The trigger of the reconciler: a good poll that missed a container, or found another guest in its place."""

from __future__ import annotations

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.jobs.runner import Jobs

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
        cluster, odd = result.cluster, result.to_reconcile
        if not result.healthy or odd is None:
            return
        known, quiet_until = self._triggered.get(cluster, (frozenset(), 0.0))
        now = self._clock.monotonic()
        if odd and (not odd <= known or now >= quiet_until):
            if self._jobs.missed(cluster):
                self._triggered[cluster] = odd, now + QUIET_FOR
        elif not odd:
            self._triggered.pop(cluster, None)
