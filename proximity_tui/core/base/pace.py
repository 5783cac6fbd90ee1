"""The pace of work on many items: how many at the same time, and in words the rate so far and the time that is left."""

from __future__ import annotations

AT_ONCE = 4
"""How many guests of a cluster are read or changed at the same time, each on a connection that is kept: pveproxy has
three workers, and other people use them, too."""


def rate(done: int, seconds: float) -> str:
    """Return the rate after `seconds`: `12.5/s`, or `3.0/min` where it is slow. Nothing where there is none yet."""
    if not done or seconds <= 0:
        return ""
    each = done / seconds
    return f"{each:.1f}/s" if each >= 0.1 else f"{60 * each:.1f}/min"


def time_left(done: int, total: int, seconds: float) -> str:
    """Return the remaining time, rounded up: `5 s left`, `2 min 5 s left`, `1 h 3 min left`. Nothing where there is no
    rate yet, and at the end.
    """
    if not done or seconds <= 0 or done >= total:
        return ""
    whole = max(1, -int(-seconds * (total - done) / done // 1))
    if whole < 60:
        return f"{whole} s left"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s left"
    return f"{whole // 3600} h {whole % 3600 // 60} min left"
