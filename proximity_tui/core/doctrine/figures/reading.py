"""The reading of one container in one list: its figures, and its rates since the reading before.

Only a row that is certainly the recorded guest's has figures (law 3). A stopped container has none: it uses nothing.
"""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.judge import ComparableRow, has_run_on
from proximity_tui.core.model import Container, Inventory, Presence
from proximity_tui.core.model.guests.figures import RATES, FigurePoint
from proximity_tui.core.model.guests.guest_list import listed_facts, measured_row

LONGEST = 900.0
"""Seconds between two readings, beyond which their difference says too little about the last minute."""


@value_object
class Counters:
    """What Proxmox had counted of a container since its start, in bytes, at a moment."""

    at: datetime
    counted: tuple[int | None, ...]
    """In the order of `RATES`."""


@value_object
class FigureReading:
    """The figures of a container, and the counters that the next reading is compared with."""

    point: FigurePoint
    counters: Counters


def is_its_row(container: Container, row: ComparableRow, at: datetime) -> bool:
    """Return whether a row that was listed at `at` is certainly that of the container, so that their figures are of the
    same guest.
    """
    doubted = container.presence is not Presence.PRESENT or container.identity_due_since is not None
    return not doubted and has_run_on(container, row, at)


def read(container: Container, inventory: Inventory, before: Counters | None) -> FigureReading | None:
    """Return the reading of a container in a list; None where no row is certainly its own. No guest is made of the row:
    in a list that is kept, thousands of them would stay.
    """
    at, vmid = inventory.taken_at, container.vmid or 0
    facts, row = listed_facts(inventory.guests, vmid), measured_row(inventory.guests, vmid)
    if facts is None or row is None or not is_its_row(container, facts, at):
        return None
    counters = Counters(at, (row.netin, row.netout, row.diskread, row.diskwrite))
    rates = rates_between(before, counters, row.uptime or 0)
    point = FigurePoint(
        at=at,
        cpu=row.cpu,
        mem=row.mem,
        disk=row.disk,
        maxmem=row.maxmem,
        maxdisk=row.maxdisk,
        **dict(zip(RATES, rates, strict=True)),
    )
    return FigureReading(point, counters)


def rates_between(before: Counters | None, now: Counters, uptime: float) -> tuple[float | None, ...]:
    """Return the bytes per second between two readings, in the order of `RATES`.

    A counter that fell was reset, and after a start all begin at zero: then the rate is None. No spike is made up.
    """
    seconds = (now.at - before.at).total_seconds() if before is not None else 0.0
    if before is None or not 0 < seconds <= LONGEST or uptime < seconds:
        return (None,) * len(RATES)
    return tuple(
        None if old is None or new is None or new < old else (new - old) / seconds
        for old, new in zip(before.counted, now.counted, strict=True)
    )
