"""The reading of who uses most: the open records with their use over a time, and the growth of their disks. Blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.figures.forecast import LOOKED_AT, Growth, growth
from proximity_tui.core.doctrine.figures.usage import Usage, usage
from proximity_tui.core.model import Container
from proximity_tui.core.model.guests.figures import DAY, DISK, QUARTER, kept_step
from proximity_tui.core.store.db.queries import chunks
from proximity_tui.core.store.figures.history import series
from proximity_tui.core.store.records import records

AT_ONCE = 250
"""Containers whose figures are in memory together."""
URGENT = 30.0
"""Days before a disk is full from which on a person should look at it."""


class Order(StrEnum):
    """What the list is ordered by, the most first."""

    CPU = "cpu"
    MEMORY = "memory"
    NET = "net"
    IO = "io"
    DISK = "disk"
    GROWTH = "growth"


@value_object
class TopRow:
    """One container with its use, and the growth of its disk where that can be said."""

    container: Container
    usage: Usage
    growth: Growth | None

    @property
    def key(self) -> str:
        """Its identity in a list."""
        return f"c{self.container.id}"

    @property
    def cluster(self) -> str:
        """Its cluster."""
        return self.container.cluster

    @property
    def fills_up(self) -> bool:
        """True when its disk is full before long, if it goes on so."""
        return self.growth is not None and self.growth.full_in is not None and self.growth.full_in <= URGENT


@value_object
class Top:
    """The containers of which figures are kept, and how many there are of which none is."""

    since: datetime
    until: datetime
    rows: tuple[TopRow, ...]
    without: int


def gather_top(since: datetime, until: datetime, cluster: str | None = None) -> Top:
    """Return the use of every container from `since` to `until`, the hungriest for CPU first. Raises StoreError."""
    containers = [one for one in records.active() if cluster in (None, one.cluster)]
    rows = [row for some in chunks(containers, AT_ONCE) for row in _rows(some, since, until)]
    return Top(since, until, tuple(ordered(rows, Order.CPU)), len(containers) - len(rows))


def ordered(rows: Sequence[TopRow], order: Order) -> list[TopRow]:
    """Return the rows by what a container uses, the most first; what is not known comes last."""

    def used(row: TopRow) -> float:
        value = _value(row, order)
        return float("-inf") if value is None else value

    return sorted(rows, key=lambda row: (-used(row), row.container.cluster, row.container.vmid or 0))


def _value(row: TopRow, order: Order) -> float | None:
    used = row.usage
    match order:
        case Order.CPU:
            return used.cpu
        case Order.MEMORY:
            return used.memory
        case Order.NET:
            return used.network
        case Order.IO:
            return used.disk_rate
        case Order.DISK:
            return used.disk_share
        case Order.GROWTH:
            if row.growth is None:
                return None
            # The sooner it is full, the higher; what grows without an end in sight comes after these.
            return 1e18 / max(row.growth.full_in, 1e-3) if row.growth.full_in is not None else row.growth.per_day


def _rows(containers: Sequence[Container], since: datetime, until: datetime) -> Iterator[TopRow]:
    ids, clusters = [one.id for one in containers], {one.cluster for one in containers}
    step = kept_step(until - since)
    used = series(ids, clusters, since, until, step)
    begin = int(until.timestamp()) // DAY * DAY - (LOOKED_AT - 1) * DAY
    disks = series(ids, clusters, datetime.fromtimestamp(begin, until.tzinfo), until, QUARTER, (DISK,))
    for one in containers:
        if one.id in used:
            disk = disks.get(one.id)
            found = usage(used[one.id])
            grown = None if disk is None else growth(disk.columns[DISK], DAY // QUARTER, found.disk_limit)
            yield TopRow(one, found, grown)
