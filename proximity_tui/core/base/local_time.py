"""A moment as a person reads it, in the time of this host. There is one form on screens and on the command line:
`2026-11-23 15:02:31 +0100`, and `UTC` in place of the offset where there is none, as in what is kept.
"""

from __future__ import annotations

from datetime import datetime


def local_time(moment: datetime, *, seconds: bool = True) -> str:
    """Return date, time and zone."""
    local = moment.astimezone()
    return f"{local:%Y-%m-%d} {_clock(local, seconds=seconds)}"


def time_of_day(moment: datetime, now: datetime, *, seconds: bool = False) -> str:
    """Return time and zone, with the date in front where that is not the one of `now`."""
    local = moment.astimezone()
    if local.date() != now.astimezone().date():
        return local_time(moment, seconds=seconds)
    return _clock(local, seconds=seconds)


def _clock(local: datetime, *, seconds: bool) -> str:
    offset = f"{local:%z}"
    zone = "UTC" if offset == "+0000" else offset
    return f"{local:%H:%M:%S} {zone}" if seconds else f"{local:%H:%M} {zone}"
