"""The join of our own figures with those of Proxmox: one value for each cell of a chart, and which of both it is from.

A cell has a mean and a highest value, so that nothing is cut where there is less room than there are points. A cell in
which nobody measured anything stays empty: a gap is no zero (law 7).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.figures.downsampling import highest, mean
from proximity_tui.core.model.guests.figures import CPU, FIGURES, PEAK, FigurePoint, Series

_NICE = (60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 14400, 21600, 28800, 43200, 86400)
"""Seconds that a cell may be; longer ones are whole days."""
_DAY = 86400


class Source(StrEnum):
    """Whose figures are in a cell."""

    OURS = "our readings"
    PROXMOX = "Proxmox, by VMID"
    """Proxmox keeps a history by VMID: before our record it may be of another guest (law 3)."""


@value_object
class Track:
    """One figure over time: of each cell the mean and the highest value, None where nothing was measured."""

    means: tuple[float | None, ...]
    highest: tuple[float | None, ...]


@value_object
class JoinedFigures:
    """All figures of a container over time, one value for each cell of `cell` seconds from `start` on."""

    start: datetime
    cell: int
    sources: tuple[Source | None, ...]
    tracks: Mapping[str, Track]
    maxmem: float | None = None
    maxdisk: float | None = None
    """The size of its disk, as `maxmem` its memory, as read last; None where it was never read."""

    def times(self) -> tuple[datetime, ...]:
        """Return when each cell begins."""
        return tuple(self.start + timedelta(seconds=self.cell * place) for place in range(len(self.sources)))


def cell_seconds(span: float, room: int, steps: Iterable[float]) -> int:
    """Return the seconds of a cell: so many that `span` seconds have room, and no fewer than any of the `steps` between
    two points, or every other cell would look like a gap.
    """
    least = max([span / max(1, room), *steps])
    return next((nice for nice in _NICE if nice >= least), -(-int(least) // _DAY) * _DAY)


def step_of(points: Sequence[FigurePoint]) -> float:
    """Return the seconds between two points of a history; 0 where there are fewer."""
    return min((abs((later.at - one.at).total_seconds()) for one, later in pairwise(points)), default=0.0)


def join(
    ours: Series | None, theirs: Sequence[FigurePoint], since: datetime, until: datetime, cell: int
) -> JoinedFigures:
    """Return the figures from `since` to `until`: ours where there are any in a cell, else those of Proxmox."""
    first = int(since.timestamp()) // cell
    length = max(1, -(-int(until.timestamp()) // cell) - first)
    mine: dict[int, list[FigurePoint]] = defaultdict(list)
    others: dict[int, list[FigurePoint]] = defaultdict(list)
    peaks: dict[int, list[float]] = defaultdict(list)
    for point, peak in _points(ours):
        place = int(point.at.timestamp()) // cell - first
        mine[place].append(point)
        if peak is not None:
            peaks[place].append(peak)
    for point in filter(_says_something, theirs):
        others[int(point.at.timestamp()) // cell - first].append(point)
    cells = [mine.get(place) or others.get(place) or [] for place in range(length)]
    return JoinedFigures(
        datetime.fromtimestamp(first * cell, UTC),
        cell,
        tuple(_source(place, mine, others) for place in range(length)),
        {name: _track(cells, name, peaks if name == CPU else {}, mine) for name in FIGURES},
        _limit("maxmem", ours, theirs),
        _limit("maxdisk", ours, theirs),
    )


def _source(place: int, mine: Collection[int], others: Collection[int]) -> Source | None:
    if place in mine:
        return Source.OURS
    return Source.PROXMOX if place in others else None


def _limit(name: str, ours: Series | None, theirs: Sequence[FigurePoint]) -> float | None:
    """Return how much there is of memory or disk: as we read it last, else as Proxmox did."""
    known: float | None = getattr(ours, name, None)
    return known or (getattr(theirs[-1], name) if theirs else None)


def _track(
    cells: Sequence[Sequence[FigurePoint]],
    name: str,
    peaks: Mapping[int, Sequence[float]],
    mine: Mapping[int, object],
) -> Track:
    values = [[getattr(point, name) for point in points] for points in cells]
    tops = [highest([*known, *(peaks.get(place, ()) if place in mine else ())]) for place, known in enumerate(values)]
    return Track(tuple(mean(known) for known in values), tuple(tops))


def _points(series: Series | None) -> Iterator[tuple[FigurePoint, float | None]]:
    """Yield the points of a series in which anything is known, with the highest CPU reading of each."""
    if series is None:
        return
    names = [name for name in FIGURES if name in series.columns]
    peaks = series.columns.get(PEAK) or (None,) * len(series.times())
    for at, peak, *values in zip(series.times(), peaks, *(series.columns[name] for name in names), strict=True):
        if any(value is not None for value in values):
            yield FigurePoint(at, **dict(zip(names, values, strict=True))), peak


def _says_something(point: FigurePoint) -> bool:
    return any(getattr(point, name) is not None for name in FIGURES)
