"""The folding of minutes into hours and days, and the end of what is older than it is kept.

A few hundred records of an hour in a transaction, so that nobody waits long for it. A step that was done before may be
done again, and a minute that was written late is added to the hour that it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import peewee

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.figures.downsampling import highest, mean, pieces
from proximity_tui.core.model.guests.figures import CPU, DAY, FIGURES, HOUR, MINUTE, PEAK
from proximity_tui.core.store.database import opened, transaction
from proximity_tui.core.store.db.queries import run_many, run_sql, tuples
from proximity_tui.core.store.figures.packing import (
    DAY_FIGURES,
    HOUR_FIGURES,
    MINUTES,
    QUARTERS,
    Columns,
    coarse,
    ids_after,
    pack,
    unpack,
    unpack_minute,
    whole,
)
from proximity_tui.core.store.schema.figure_tables import FiguresDayRow, FiguresHourRow, FiguresMinuteRow

HOURS_KEPT = 24
"""Whole hours whose minutes are kept."""
DAYS_KEPT = 90
"""Whole days whose quarters of an hour are kept."""
AT_ONCE = 250
"""Records in one transaction."""
_A_QUARTER = MINUTES // 4
_HOURS_A_DAY = DAY // HOUR

Minute = Mapping[int, Mapping[str, float | None]]
"""The figures of each record in a minute."""
SizeLimits = tuple[int | None, int | None]
"""The last known limits of memory and disk, in bytes."""


@value_object
class Folded:
    """One step: how many minutes the hour has (0: no hour is left), and up to which record it is folded (None: all)."""

    minutes: int
    up_to: int | None = None


def fold(cluster: str, now: datetime, after: int = 0, at_once: int = AT_ONCE) -> Folded:
    """Fold the oldest hour of a cluster that is over: the next `at_once` records of it, by id, `after` the last step.

    With the last of them its minutes are deleted, and of the hours and days of the cluster what is older than it is
    kept: by the hour that was folded, and only where that many newer ones are there, as the clock may be wrong for a
    while. Raises `StoreError`.
    """
    this_hour = int(now.timestamp()) // HOUR
    with transaction():
        hour = _oldest_hour(cluster)
        if hour is None or hour >= this_hour:
            return Folded(0)
        rows = _rows_of(cluster, hour)
        # One more than are folded tells whether any is left. Only what is folded is looked at: an hour of a large
        # cluster takes many steps.
        left = sorted({one for data in rows.values() for one in ids_after(data, after, at_once + 1)})
        some = left[:at_once]
        _fold_hour(hour, {minute: unpack_minute(data, some) for minute, data in rows.items()}, some)
        if len(left) > len(some):
            return Folded(len(rows), some[-1])
        of_hour = (FiguresMinuteRow.minute >= hour * MINUTES) & (FiguresMinuteRow.minute < (hour + 1) * MINUTES)
        FiguresMinuteRow.delete().where(FiguresMinuteRow.cluster == cluster, of_hour).execute()
        _delete_old(cluster, hour + 1)
        return Folded(len(rows))


def _oldest_hour(cluster: str) -> int | None:
    oldest = FiguresMinuteRow.select(peewee.fn.MIN(FiguresMinuteRow.minute)).where(FiguresMinuteRow.cluster == cluster)
    found = tuples(oldest)[0][0]
    return None if found is None else found * MINUTE // HOUR


def _rows_of(cluster: str, hour: int) -> dict[int, bytes]:
    """Return what was written, by the minute of the hour."""
    rows = FiguresMinuteRow.select(FiguresMinuteRow.minute, FiguresMinuteRow.data).where(
        FiguresMinuteRow.cluster == cluster,
        FiguresMinuteRow.minute >= hour * MINUTES,
        FiguresMinuteRow.minute < (hour + 1) * MINUTES,
    )
    return {minute - hour * MINUTES: bytes(data) for minute, data in tuples(rows)}


def _fold_hour(hour: int, minutes: Mapping[int, Minute], some: Sequence[int]) -> None:
    """Add the minutes of some records to their hour, and its quarters to their day."""
    day, first = hour // _HOURS_A_DAY, 4 * (hour % _HOURS_A_DAY)
    hours = _blocks(FiguresHourRow, FiguresHourRow.hour == hour, some, HOUR_FIGURES, MINUTES)
    days = _blocks(FiguresDayRow, FiguresDayRow.day == day, some, DAY_FIGURES, QUARTERS)
    limits: dict[int, SizeLimits] = {}
    for one in some:
        for minute, row in sorted(minutes.items()):
            if one in row:
                _put(hours[one], minute, row[one])
                limits[one] = whole(row[one]["maxmem"]), whole(row[one]["maxdisk"])
        _thin_into(days[one], first, hours[one])
    replace_blocks("figures_hour", "hour", hour, limits, {one: pack(HOUR_FIGURES, hours[one]) for one in some})
    replace_blocks("figures_day", "day", day, limits, {one: pack(DAY_FIGURES, days[one]) for one in some})


def _blocks(table: Any, when: Any, ids: Sequence[int], names: Sequence[str], points: int) -> dict[int, Columns]:
    """Return the columns of each container, empty ones where nothing was written yet."""
    known = tuples(table.select(table.container_id, table.data).where(when, table.container_id.in_(ids)))
    written = {one: unpack(names, points, bytes(data)) for one, data in known}
    return {one: written.get(one) or {name: [None] * points for name in names} for one in ids}


def _put(columns: Columns, place: int, values: Mapping[str, float | None]) -> None:
    for name in FIGURES:
        columns[name][place] = values[name]


def _thin_into(day: Columns, first: int, hour: Columns) -> None:
    """Write the four quarters of an hour into a day."""
    for name in FIGURES:
        for quarter, part in enumerate(pieces(hour[name], _A_QUARTER)):
            day[name][first + quarter] = coarse(name, mean(part))
    for quarter, part in enumerate(pieces(hour[CPU], _A_QUARTER)):
        day[PEAK][first + quarter] = coarse(PEAK, highest(part))


def replace_blocks(
    table: str, unit: str, number: int, limits: Mapping[int, SizeLimits], blocks: Mapping[int, bytes]
) -> None:
    """Write the blocks of some records, in place of what was there, inside the transaction of the caller."""
    db = opened().db
    mark = db.param
    sql = (
        f"INSERT INTO {table} (container_id, {unit}, maxmem, maxdisk, data) VALUES ({', '.join([mark] * 5)})"
        f" ON CONFLICT (container_id, {unit}) DO UPDATE SET"
        " maxmem = excluded.maxmem, maxdisk = excluded.maxdisk, data = excluded.data"
    )
    run_many(db, sql, [(one, number, *limits[one], data) for one, data in blocks.items()])


def _delete_old(cluster: str, next_hour: int) -> None:
    for table, unit, kept, following in (
        ("figures_hour", "hour", HOURS_KEPT, next_hour),
        ("figures_day", "day", DAYS_KEPT, next_hour // _HOURS_A_DAY),
    ):
        db = opened().db
        of_cluster = f"{table} WHERE container_id IN (SELECT id FROM container WHERE cluster = {db.param})"
        is_old, first = f"{unit} < {db.param}", following - kept
        # Most of the time nothing is old, and this is found by the index.
        if not run_sql(db, f"SELECT 1 FROM {of_cluster} AND {is_old} LIMIT 1", (cluster, first)):
            continue
        newest = f"SELECT DISTINCT {unit} FROM {of_cluster} ORDER BY {unit} DESC LIMIT {kept}"
        units = [number for (number,) in run_sql(db, newest, (cluster,))]
        if len(units) == kept:
            run_sql(db, f"DELETE FROM {of_cluster} AND {is_old}", (cluster, min(first, units[-1])))
