"""The reading of every clock at one moment, and such a reading kept beside a time in a row.

A reading belongs to one value of its column: once another value is written, by whichever program, the reading is void.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from proximity_tui.core.base import clock
from proximity_tui.core.model import ClockReading
from proximity_tui.core.store.database import server_time
from proximity_tui.core.store.db.fields import now, shared, time_from_text, time_to_text
from proximity_tui.core.store.db.store_errors import StoreError

AHEAD = timedelta(minutes=1)
"""Clocks of hosts differ a little. What was seen later than this from now on was seen before a clock was set back."""


def clock_reading() -> ClockReading:
    """Return the wall clock, the kernel's clock, and that of the database server, if there is one.
    Raises `StoreError`.
    """
    served = server_time()
    boot = clock.boot_id()
    return ClockReading(
        at=now(),
        boot=boot,
        uptime_ms=None if boot is None else clock.uptime_ms(),
        server_ms=None if served is None else int(served.timestamp() * 1000),
    )


def shared_time(own: datetime | None = None) -> datetime:
    """Return the time by which what several hosts share is old, or has ended: that of the database server, if there is
    one, as the clocks of two hosts differ. Where the database is a file it is `own`, or the time of this host.
    """
    return server_time() or own or now()


def kept(reading: ClockReading, of: datetime) -> dict[str, Any]:
    """Return the cell of a reading that belongs to the time `of`."""
    return {
        "of": time_to_text(of),
        "at": time_to_text(reading.at),
        "boot": reading.boot,
        "uptime_ms": reading.uptime_ms,
        "server_ms": reading.server_ms,
    }


def read(cell: Any, of: datetime) -> ClockReading:
    """Return the reading that was kept with the time `of`; only the time itself where there is
    none, or one of another value.
    """
    if not isinstance(cell, dict):
        return ClockReading(of)
    if cell.get("of") != time_to_text(of):
        return ClockReading(of)
    boot, uptime, served = cell.get("boot"), cell.get("uptime_ms"), cell.get("server_ms")
    try:
        at = time_from_text(str(cell.get("at")))
    except StoreError:
        return ClockReading(of)
    return ClockReading(
        at if at.tzinfo else of,
        shared(boot) if isinstance(boot, str) else None,
        uptime if isinstance(uptime, int) else None,
        served if isinstance(served, int) else None,
    )


def is_later(known: datetime, than: datetime) -> bool:
    """Return whether what is known is of after a moment. A time in the future is not: a clock was set back since."""
    return than < known <= now() + AHEAD
