"""The figures of containers over time: what was read in a minute, and the points of a history made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from proximity_tui.core.base.value_object import value_object

MINUTE, QUARTER, HOUR, DAY = 60, 900, 3600, 86400
"""Seconds."""

CPU, MEM, DISK = "cpu", "mem", "disk"
RATES = ("netin", "netout", "diskread", "diskwrite")
FIGURES = (CPU, MEM, DISK, *RATES)
"""The names of what is kept, in this order. The first is a share of the CPU limit, the next two are bytes in use, and
the `RATES` are bytes per second."""
PEAK = "peak"
"""The name of the highest CPU reading of a quarter of an hour."""


def kept_step(span: timedelta) -> int:
    """Return the step in seconds in which the figures of a time are kept: minutes of a day, quarters of longer ones."""
    return MINUTE if span <= timedelta(days=1) else QUARTER


@value_object
class FigurePoint:
    """The figures of one container for the time that begins at `at`. What is not known is None."""

    at: datetime
    cpu: float | None = None
    mem: float | None = None
    disk: float | None = None
    netin: float | None = None
    netout: float | None = None
    diskread: float | None = None
    diskwrite: float | None = None
    maxmem: float | None = None
    maxdisk: float | None = None


@value_object
class Series:
    """The figures of one container: of each, one value for every `step` seconds from `start` on, None where it is not
    known.
    """

    start: datetime
    step: int
    columns: Mapping[str, Sequence[float | None]]
    maxmem: float | None = None
    """The last known limit of this time, in bytes."""
    maxdisk: float | None = None

    def times(self) -> tuple[datetime, ...]:
        """Return when each of its values begins."""
        length = max(map(len, self.columns.values()), default=0)
        return tuple(self.start + timedelta(seconds=number * self.step) for number in range(length))


@value_object
class MinuteReadings:
    """The figures of the containers of a cluster in one minute, by the id of the record."""

    cluster: str
    minute: int
    """Minutes since 1970, UTC."""
    points: Mapping[int, FigurePoint]
