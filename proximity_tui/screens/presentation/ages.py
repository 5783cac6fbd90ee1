"""How old something is, in words that change seldom. Pure."""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.text import human_age
from proximity_tui.core.fleet import STALE_AFTER
from proximity_tui.screens.keyboard.bound_keys import bound_key

COARSE = 15
"""Seconds: a fresh value's age is told in steps of this, so that an idle screen need not be painted."""


def since(moment: datetime | None, now: datetime) -> float | None:
    """Return the seconds from `moment` to `now`, or None where there is no moment."""
    return None if moment is None else (now - moment).total_seconds()


def coarse_age(seconds: float | None) -> str:
    """Return an age that changes seldom: `<15s`, `<30s`, `<45s`, `<1m`, then `1m`, `2m`, `9h 5m`; `?` where there is
    none.
    """
    if seconds is None:
        return "?"
    if 0 <= seconds < 60:
        bound = (int(seconds) // COARSE + 1) * COARSE
        return "<1m" if bound >= 60 else f"<{bound}s"
    return human_age(seconds)


def read_a_while_ago(read_at: datetime | None, now: datetime) -> str:
    """Return `Read 5m ago (r reads it again).` of what nothing reads again by itself; empty where it was read just now,
    or never.
    """
    seconds = since(read_at, now)
    is_old = seconds is not None and seconds > STALE_AFTER
    return f"Read {coarse_age(seconds)} ago ({bound_key('refresh')} reads it again)." if is_old else ""
