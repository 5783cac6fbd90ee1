"""The schedule of due actions. Nothing here runs by itself: the first reader of the world lets everything happen that
is due by now, in order, each at its own time. That makes the world a function of its clock.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

from proximity_tui.simulator.world.clock import Clock

Action = Callable[[], object]


class Timeline:
    """The due actions by time. `passing` is called for each stretch of time before anything at its end happens."""

    def __init__(self, clock: Clock, passing: Callable[[float], None]) -> None:
        self.clock = clock
        self.start = clock.now()
        self._now = self.start
        self._passing = passing
        self._due: list[tuple[float, int, Action]] = []
        self._order = itertools.count()
        self._busy = False

    @property
    def now(self) -> float:
        """The simulated time of the world: inside an action the time it was due, else the last reading."""
        return self._now

    def after(self, seconds: float, action: Action) -> None:
        heapq.heappush(self._due, (self._now + seconds, next(self._order), action))

    def catch_up(self) -> None:
        """Let everything happen that is due by the clock. Does nothing when called from within an action."""
        if self._busy:
            return
        self._busy = True
        try:
            target = max(self.clock.now(), self._now)
            while self._due and self._due[0][0] <= target:
                when, _, action = heapq.heappop(self._due)
                self._reach(when)
                action()
            self._reach(target)
        finally:
            self._busy = False

    def _reach(self, when: float) -> None:
        if when > self._now:
            self._passing(when)
            self._now = when
