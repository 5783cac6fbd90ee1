"""The time and waiting, given as an object, so that a test can replace every clock of the core."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
UPTIME = Path("/proc/uptime")

POLL = 0.5
"""Seconds between two looks at something that is waited for."""


class Clock(Protocol):
    """The clock that every part of the core is given."""

    def now(self) -> datetime:
        """Return the wall clock time, timezone-aware UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only ever go forward; for ages and deadlines."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds`."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the wall clock time, timezone-aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the seconds of the monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds`."""
        time.sleep(seconds)


def attempts(clock: Clock, seconds: float, pause: float = POLL) -> Iterator[None]:
    """Yield for each attempt to see something: once at least, and again after each `pause` until `seconds` are over."""
    deadline = clock.monotonic() + seconds
    while True:
        yield
        if clock.monotonic() >= deadline:
            return
        clock.sleep(pause)


def boot_id() -> str | None:
    """Return the id of this boot of the kernel; None where there is none to read."""
    try:
        return BOOT_ID.read_text().strip() or None
    except OSError:
        return None


def uptime_ms() -> int:
    """Return the milliseconds that this kernel was awake. Processes of one boot can compare them."""
    counted = time.monotonic_ns() // 1_000_000
    try:
        # A preloaded library can fake the clock of a process, also the monotonic one, but not this file.
        return min(counted, int(float(UPTIME.read_text().split()[0]) * 1000))
    except (OSError, ValueError, IndexError):
        return counted
