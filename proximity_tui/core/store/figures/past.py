"""The figures of a time before the program ran: written as whole days and hours, as folding would have left them.

Only a simulated cluster has such a past. What is measured comes minute by minute, and is folded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from proximity_tui.core.model.guests.figures import CPU, DAY, FIGURES, HOUR, MINUTE, PEAK, QUARTER, FigurePoint
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.figures.folding import HOURS_KEPT, replace_blocks
from proximity_tui.core.store.figures.packing import (
    DAY_FIGURES,
    HOUR_FIGURES,
    MINUTES,
    QUARTERS,
    Columns,
    coarse,
    pack,
    whole,
)

Measure = Callable[[datetime], FigurePoint]
"""The figures of a container at a moment."""


def write_past(container: int, measure: Measure, until: datetime, days: int) -> None:
    """Write what `measure` says of a record for the last `days` days, up to the hour that `until` is in.

    All is measured before the database is asked, so nobody waits for it. Raises `StoreError`.
    """
    this_hour = int(until.timestamp()) // HOUR
    today = this_hour * HOUR // DAY
    newest = measure(until)
    limits = (whole(newest.maxmem), whole(newest.maxdisk))
    end = this_hour * HOUR
    by_day = {day: pack(DAY_FIGURES, _day(measure, day, end)) for day in range(today - days, today + 1)}
    by_hour = {
        hour: pack(HOUR_FIGURES, _columns(_points(measure, hour * HOUR, MINUTE, MINUTES, end)))
        for hour in range(this_hour - HOURS_KEPT, this_hour)
    }
    with transaction():
        for day, block in by_day.items():
            replace_blocks("figures_day", "day", day, {container: limits}, {container: block})
        for hour, block in by_hour.items():
            replace_blocks("figures_hour", "hour", hour, {container: limits}, {container: block})


def _day(measure: Measure, day: int, end: int) -> Columns:
    points = _points(measure, day * DAY, QUARTER, QUARTERS, end)
    columns = {name: [coarse(name, value) for value in values] for name, values in _columns(points).items()}
    return {**columns, PEAK: [coarse(PEAK, value) for value in columns[CPU]]}


def _points(measure: Measure, first: int, step: int, count: int, end: int) -> list[FigurePoint | None]:
    """Return the figures of each step from `first` on; None for what is not over before `end`."""
    moments = [first + number * step for number in range(count)]
    return [measure(datetime.fromtimestamp(moment, UTC)) if moment < end else None for moment in moments]


def _columns(points: Sequence[FigurePoint | None]) -> Columns:
    return {name: [None if one is None else getattr(one, name) for one in points] for name in FIGURES}
