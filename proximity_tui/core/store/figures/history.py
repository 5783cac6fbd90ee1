"""The reading of what is kept: the figures of containers over a time, by the minute or by the quarter of an hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from proximity_tui.core.doctrine.figures.downsampling import highest, mean
from proximity_tui.core.model.guests.figures import CPU, DAY, HOUR, MINUTE, PEAK, QUARTER, Series
from proximity_tui.core.store.database import unit
from proximity_tui.core.store.db.queries import chunks, tuples
from proximity_tui.core.store.figures.packing import (
    DAY_FIGURES,
    HOUR_FIGURES,
    MINUTES,
    QUARTERS,
    Columns,
    unpack,
    unpack_minute,
)
from proximity_tui.core.store.schema.figure_tables import FiguresDayRow, FiguresHourRow, FiguresMinuteRow


class _Blocks(NamedTuple):
    """Where the values of a step are kept."""

    table: Any
    number: Any
    seconds: int
    names: Sequence[str]
    points: int


_KEPT = {
    MINUTE: _Blocks(FiguresHourRow, FiguresHourRow.hour, HOUR, HOUR_FIGURES, MINUTES),
    QUARTER: _Blocks(FiguresDayRow, FiguresDayRow.day, DAY, DAY_FIGURES, QUARTERS),
}


class _Window(NamedTuple):
    """The time that is read: `length` values of `step` seconds each from `first` on, in seconds since 1970."""

    first: int
    step: int
    length: int


def series(
    ids: Collection[int],
    clusters: Collection[str],
    since: datetime,
    until: datetime,
    step: int,
    wanted: Collection[str] = DAY_FIGURES,
) -> Mapping[int, Series]:
    """Return the `wanted` figures of the records of these clusters, by id, from `since` on and before `until`, one
    value for each `step` (`MINUTE` or `QUARTER`). A record of which nothing is kept has none. Raises `StoreError`.
    """
    first = int(since.timestamp()) // step * step
    window = _Window(first, step, max(0, -((first - int(until.timestamp())) // step)))
    found: dict[int, Columns] = defaultdict(lambda: {name: [None] * window.length for name in wanted})
    limits: dict[int, tuple[float | None, float | None]] = {}
    with unit():
        for some in chunks(ids):
            for one, start, limit, columns in _read_blocks(some, window, wanted):
                limits[one] = limit
                for name, values in columns.items():
                    _lay(found[one][name], (start - first) // step, values)
        for one, place, reading, limit in _read_minutes(frozenset(ids), clusters, window):
            limits[one] = limit
            for name in wanted:
                if (value := reading.get(name)) is not None:
                    found[one][name][place] = value
    begin = datetime.fromtimestamp(first, UTC)
    return {one: Series(begin, step, columns, *limits[one]) for one, columns in found.items()}


def _read_blocks(
    ids: Sequence[int], window: _Window, wanted: Collection[str]
) -> Iterator[tuple[int, int, tuple[float | None, float | None], Columns]]:
    """Yield record, start, limits and columns of each block in the window, the oldest first."""
    kept = _KEPT[window.step]
    table, number, end = kept.table, kept.number, window.first + window.step * window.length
    rows = (
        table.select(table.container_id, number, table.maxmem, table.maxdisk, table.data)
        .where(table.container_id.in_(ids), number >= window.first // kept.seconds, number * kept.seconds < end)
        .order_by(number)
    )
    for one, block, maxmem, maxdisk, data in tuples(rows):
        columns = unpack(kept.names, kept.points, bytes(data), wanted)
        if PEAK in wanted and PEAK not in columns:
            # A minute has one reading: it is its own peak.
            columns |= {PEAK: unpack(kept.names, kept.points, bytes(data), (CPU,))[CPU]}
        yield one, block * kept.seconds, (maxmem, maxdisk), columns


def _lay(into: list[float | None], place: int, values: Sequence[float | None]) -> None:
    """Copy the values of a block to their place, as far as they are in the window."""
    begin, end = max(0, place), min(len(into), place + len(values))
    if begin < end:
        into[begin:end] = values[begin - place : end - place]


def _read_minutes(
    ids: frozenset[int], clusters: Collection[str], window: _Window
) -> Iterator[tuple[int, int, Mapping[str, float | None], tuple[float | None, float | None]]]:
    """Yield record, place, figures and limits of the minutes that are in no block yet, pressed together to the step."""
    end = window.first + window.step * window.length
    rows = (
        FiguresMinuteRow.select(FiguresMinuteRow.minute, FiguresMinuteRow.data)
        .where(
            FiguresMinuteRow.cluster.in_(list(clusters)),
            FiguresMinuteRow.minute >= window.first // MINUTE,
            FiguresMinuteRow.minute < -(-end // MINUTE),
        )
        .order_by(FiguresMinuteRow.minute)
    )
    parts: dict[tuple[int, int], list[dict[str, float | None]]] = defaultdict(list)
    for minute, data in tuples(rows):
        for one, values in unpack_minute(bytes(data), ids).items():
            parts[one, (minute * MINUTE - window.first) // window.step].append(values)
    for (one, place), readings in parts.items():
        values = {name: mean(reading[name] for reading in readings) for name in HOUR_FIGURES}
        values[PEAK] = highest(reading[CPU] for reading in readings)
        yield one, place, values, (readings[-1]["maxmem"], readings[-1]["maxdisk"])
