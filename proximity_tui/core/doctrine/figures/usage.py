"""The use of one container over a time: means and peaks of what is known of it, and whether it does anything at all."""

from __future__ import annotations

from datetime import timedelta

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.figures.downsampling import highest, mean
from proximity_tui.core.model.guests.figures import CPU, DISK, MEM, PEAK, RATES, Series

IDLE_CPU = 0.01
"""The share of its CPU limit below which a container is called idle,"""
IDLE_RATE = 1024.0
"""and the bytes per second, sent and received together, below which it is."""


@value_object
class Usage:
    """The use of a container; a figure is None where nothing is known of it. Rates are bytes per second."""

    known: timedelta
    """For how much of the time anything is known."""
    cpu: float | None = None
    peak: float | None = None
    memory: float | None = None
    memory_limit: float | None = None
    disk: float | None = None
    """The last known use."""
    disk_limit: float | None = None
    net_in: float | None = None
    net_out: float | None = None
    disk_read: float | None = None
    disk_write: float | None = None

    @property
    def network(self) -> float | None:
        """The sum of what it sends and receives; None unless both are known."""
        return _sum(self.net_in, self.net_out)

    @property
    def disk_rate(self) -> float | None:
        """The sum of what it reads and writes; None unless both are known."""
        return _sum(self.disk_read, self.disk_write)

    @property
    def memory_share(self) -> float | None:
        """The share of its memory limit in use; None where use or limit is not known, or it has no limit."""
        return _share(self.memory, self.memory_limit)

    @property
    def disk_share(self) -> float | None:
        """The share of its disk in use; None where use or size is not known."""
        return _share(self.disk, self.disk_limit)

    @property
    def is_idle(self) -> bool:
        """True when it is known to do next to nothing; what is not known is not idle."""
        return self.cpu is not None and self.network is not None and self.cpu < IDLE_CPU and self.network < IDLE_RATE


def usage(series: Series) -> Usage:
    """Return the use of a container over the time of a series."""
    columns = series.columns
    count = sum(any(values) for values in zip(*([v is not None for v in one] for one in columns.values()), strict=True))
    net_in, net_out, disk_read, disk_write = (mean(columns[name]) for name in RATES)
    used = [value for value in columns[DISK] if value is not None]
    return Usage(
        known=timedelta(seconds=series.step * count),
        cpu=mean(columns[CPU]),
        peak=highest(columns.get(PEAK, columns[CPU])),
        memory=mean(columns[MEM]),
        memory_limit=series.maxmem,
        disk=used[-1] if used else None,
        disk_limit=series.maxdisk,
        net_in=net_in,
        net_out=net_out,
        disk_read=disk_read,
        disk_write=disk_write,
    )


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def _share(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None
