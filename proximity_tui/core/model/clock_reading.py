"""One moment, read from every available clock, so that ages survive a clock that was set."""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.value_object import value_object


@value_object
class ClockReading:
    """The readings of all clocks at one moment; None for a clock that was not read.
    `core.doctrine.observation.lived_time` compares two.
    """

    at: datetime
    """The wall clock of the host that read it: it can be set, so it proves no age by itself."""
    boot: str | None = None
    """Which run of which kernel `uptime_ms` counts in; two of the same boot can be compared exactly."""
    uptime_ms: int | None = None
    """Milliseconds that the kernel was awake since that boot: no clock step moves it, and a suspend adds nothing."""
    server_ms: int | None = None
    """Milliseconds by the clock of the database server, which all hosts of a shared database have in common."""
