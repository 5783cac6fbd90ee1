"""The trigger of the reconciler: a good poll that missed a container, found another guest in its place, or shows other
problems around the containers than before.
"""

from __future__ import annotations

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.doctrine.reconciliation.cluster_problems import problems_in_list
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.jobs.runner import Jobs
from proximity_tui.core.model.alert import AlertKind

ProblemKeys = frozenset[tuple[AlertKind, str | None]]

QUIET_FOR = 30.0
"""Seconds for which the same containers do not trigger the reconciler again: a second run would find the same."""


class MissingTrigger:
    """The trigger, for the jobs of this process. Each cluster is polled on a thread of its own."""

    def __init__(self, jobs: Jobs, clock: Clock) -> None:
        self._jobs = jobs
        self._clock = clock
        self._triggered: dict[str, tuple[frozenset[int], float]] = {}
        """By cluster, the containers that triggered it last, and until when they are quiet."""
        self._seen: dict[str, ProblemKeys] = {}
        """By cluster, the problems in the last list."""
        self._told: dict[str, ProblemKeys] = {}
        """By cluster, the problems that the reconciler was triggered for."""

    def polled(self, result: PollResult) -> None:
        """Handle a poll, on the thread of its poller."""
        self._compare_problems(result)
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

    def _compare_problems(self, result: PollResult) -> None:
        """Trigger it for problems that began or ended and are the same in two lists: a node that has just started tells
        of itself a moment before it tells of its storages.
        """
        if result.inventory is None:
            return
        cluster, most_used = result.cluster, self._jobs.settings.limits.storage_used
        found = problems_in_list(result.inventory, most_used).keys
        seen, self._seen[cluster] = self._seen.get(cluster), found
        if found == seen and found != self._told.get(cluster, frozenset()) and self._jobs.missed(cluster):
            self._told[cluster] = found
