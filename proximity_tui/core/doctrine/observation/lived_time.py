"""The time that something has lasted, never as the difference of two wall clocks across a jump (law 8).

In doubt it counts less, never more. A host that was off, asleep or restarted attests nothing of that time, so an age
grows again as soon as the host is awake.
"""

from __future__ import annotations

from datetime import timedelta

from proximity_tui.core.model import ClockReading

CLOCK_STEP = timedelta(seconds=2)
"""A wall clock that moved this much against lived time was set, or the host slept."""

_NOTHING = timedelta(0)


def lived(since: ClockReading, now: ClockReading) -> timedelta:
    """Return the time that surely passed between two readings.

    Within one boot the kernel counted it, whatever the wall clocks say. Otherwise the smallest of these holds: the wall
    clocks, the clock of the database server, and after a restart the uptime of this boot.
    """
    if since.uptime_ms is not None and now.uptime_ms is not None and since.boot == now.boot:
        return max(_NOTHING, timedelta(milliseconds=now.uptime_ms - since.uptime_ms))
    counts = [now.at - since.at]
    if since.server_ms is not None and now.server_ms is not None:
        counts.append(timedelta(milliseconds=now.server_ms - since.server_ms))
    elif since.boot is not None and now.uptime_ms is not None:
        counts.append(timedelta(milliseconds=now.uptime_ms))
    return max(_NOTHING, min(counts))


def clock_moved(since: ClockReading, now: ClockReading) -> bool:
    """Return whether the wall clock between two readings went back, or moved by more than the time that passed."""
    return abs(now.at - since.at - lived(since, now)) > CLOCK_STEP
