"""The reading of the CPU of all containers of a cluster over a short time: a list shows it of each after a start."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from proximity_tui.core.model.guests.figures import CPU, HOUR, MINUTE
from proximity_tui.core.store.database import unit
from proximity_tui.core.store.db.queries import chunks, tuples
from proximity_tui.core.store.figures.packing import HOUR_FIGURES, MINUTES, highest_cpu, unpack
from proximity_tui.core.store.schema.figure_tables import FiguresHourRow, FiguresMinuteRow

MOST_IN_BLOCKS = 1000
"""Containers of which the hours that are over are read, too: each has a block of its own."""


def cpu_peaks(
    cluster: str, ids: Collection[int], slots: range, seconds: int
) -> Iterator[tuple[int, Mapping[int, float]]]:
    """Yield the number of a slot (the `seconds` of one since 1970, whole minutes) and the highest CPU in it of each of
    these records that was read, by id. A slot may come twice; of more than `MOST_IN_BLOCKS` records only the minutes
    come that are in no block yet. Raises `StoreError`.
    """
    wanted = frozenset(ids)
    if not wanted:
        return
    with unit():
        # The minutes first: those that are folded meanwhile are then in their block.
        for number in slots:
            yield number, _of_minutes(cluster, wanted, number * seconds // MINUTE, (number + 1) * seconds // MINUTE)
        if len(wanted) <= MOST_IN_BLOCKS:
            yield from _of_blocks(wanted, slots, seconds).items()


def _of_minutes(cluster: str, wanted: frozenset[int], first: int, end: int) -> dict[int, float]:
    """Return the highest CPU in these minutes, by id: few of them are in memory at a time."""
    rows = FiguresMinuteRow.select(FiguresMinuteRow.data).where(
        FiguresMinuteRow.cluster == cluster, FiguresMinuteRow.minute >= first, FiguresMinuteRow.minute < end
    )
    found = highest_cpu(bytes(data) for (data,) in tuples(rows))
    return {one: cpu for one, cpu in found.items() if one in wanted}


def _of_blocks(wanted: frozenset[int], slots: range, seconds: int) -> dict[int, dict[int, float]]:
    """Return the highest CPU in the minutes that are folded, by slot and id."""
    table, highest = FiguresHourRow, defaultdict[int, dict[int, float]](dict)
    hours = slots.start * seconds // HOUR, slots.stop * seconds // HOUR
    for some in chunks(wanted):
        rows = table.select(table.container_id, table.hour, table.data).where(
            table.container_id.in_(some), table.hour.between(*hours)
        )
        for one, hour, data in tuples(rows):
            for minute, cpu in enumerate(unpack(HOUR_FIGURES, MINUTES, bytes(data), (CPU,))[CPU]):
                number = (hour * HOUR + minute * MINUTE) // seconds
                if cpu is not None and number in slots and cpu >= highest[number].get(one, 0.0):
                    highest[number][one] = cpu
    return highest
