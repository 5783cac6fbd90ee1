"""The two clocks of a simulated cluster. Everything that happens in it is a function of `now()`, so a test that drives
the clock by hand sees the same world every time.
"""

from __future__ import annotations

import threading
import time
from typing import Protocol


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
