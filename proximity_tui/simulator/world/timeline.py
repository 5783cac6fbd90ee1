"""The two clocks of a simulated cluster, and the schedule of due actions.

Everything that happens in the cluster is a function of `now()`, so a test that drives the clock by hand sees the same
world every time. Nothing runs by itself: the first reader of the world lets everything happen that is due by now, in
order, each at its own time.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from typing import Protocol

Action = Callable[[], object]


class Clock(Protocol):
    """A clock of the simulated world, in seconds since the epoch."""

    def now(self) -> float: ...

    def pass_time(self, seconds: float, stop: threading.Event) -> bool:
        """Let simulated `seconds` go by while a request waits; return False when only a test can move this clock."""
        ...


class RealClock:
    """A clock that runs by itself, `speed` simulated seconds for each real one. Stepping the host's wall clock does not
    move it.
    """

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError("the speed of a clock must be positive")
        self.speed = speed
        self._epoch = time.time()
        self._origin = time.monotonic()

    def now(self) -> float:
        return self._epoch + (time.monotonic() - self._origin) * self.speed

    def pass_time(self, seconds: float, stop: threading.Event) -> bool:
        stop.wait(seconds / self.speed)
        return True


class ManualClock:
    """A clock that stands still until `advance` moves it."""

    def __init__(self, start: float = 1_795_420_000.0) -> None:
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> float:
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("time does not run backwards here")
        with self._lock:
            self._now += seconds

    def pass_time(self, seconds: float, stop: threading.Event) -> bool:
        return False


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
