"""The thresholds of figures, with hysteresis: an alert begins after some readings above, and ends after some below a
lower value. What is not read changes nothing but the count: only readings in a row begin or end an alert.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from proximity_tui.core.base.text import human_bytes, percent
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.figures.usage_limits import UsageLimits
from proximity_tui.core.model import Container, Status
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.model.guests.figures import FigurePoint

KINDS = (AlertKind.CPU_HIGH, AlertKind.MEMORY_HIGH, AlertKind.DISK_HIGH)
_WORDS = {AlertKind.CPU_HIGH: "CPU", AlertKind.MEMORY_HIGH: "memory", AlertKind.DISK_HIGH: "disk"}
_OF_A_RUNNING_ONE = frozenset({AlertKind.CPU_HIGH, AlertKind.MEMORY_HIGH})
"""Kinds that are over when the container does not run. Its disk is as full as before."""


class Side(StrEnum):
    """Where a reading lies."""

    ABOVE = "above"
    BETWEEN = "between"
    BELOW = "below"


@value_object
class ConsecutiveReadings:
    """How many readings in a row were on one side of a threshold."""

    side: Side
    readings: int


ConsecutiveByAlert = Mapping[tuple[int, AlertKind], ConsecutiveReadings]
"""By record and kind."""


@value_object
class Crossing:
    """An alert that begins."""

    container: Container
    kind: AlertKind
    message: str
    evidence: Mapping[str, float | int]


@value_object
class CrossingEnded:
    """An alert that is over, and why."""

    container: int
    kind: AlertKind
    why: str


@value_object
class JudgedMinute:
    """The readings in a row after this minute, and what follows."""

    runs: ConsecutiveByAlert
    begun: tuple[Crossing, ...]
    ended: tuple[CrossingEnded, ...]


@value_object
class _Measured:
    """One figure of a container in this minute, as a share of its limit, and the threshold of it."""

    container: Container
    kind: AlertKind
    point: FigurePoint
    share: float
    threshold: float


def share_of(kind: AlertKind, point: FigurePoint) -> float | None:
    """Return the figure of a kind as a share of its limit; None where it is not known."""
    if kind is AlertKind.CPU_HIGH:
        return point.cpu
    part, whole = _amounts(kind, point)
    return part / whole if part is not None and whole else None


def judge_minute(
    containers: Iterable[Container],
    points: Mapping[int, FigurePoint],
    runs: ConsecutiveByAlert,
    unresolved: frozenset[tuple[int, AlertKind]],
    limits: UsageLimits,
) -> JudgedMinute:
    """Return what the readings of a minute begin and end. `unresolved` are the alerts that are not over."""
    known = {one.id: one for one in containers}
    after: dict[tuple[int, AlertKind], ConsecutiveReadings] = {}
    begun: list[Crossing] = []
    ended = [ending for one in sorted(unresolved) if (ending := _no_longer_applies(one, known, limits)) is not None]
    waiting = unresolved - {(ending.container, ending.kind) for ending in ended}
    for one in _readings(known, points, limits):
        key = (one.container.id, one.kind)
        run = after[key] = _next(runs.get(key), _side(one.share, one.threshold, limits.margin))
        if run.side is Side.ABOVE and run.readings >= limits.after and key not in unresolved:
            begun.append(_crossing(one, run.readings))
        elif run.side is Side.BELOW and run.readings >= limits.calm and key in waiting:
            why = f"it was below {percent(one.threshold - limits.margin)} long enough"
            ended.append(CrossingEnded(one.container.id, one.kind, why))
    return JudgedMinute(after, tuple(begun), tuple(ended))


def _readings(
    known: Mapping[int, Container], points: Mapping[int, FigurePoint], limits: UsageLimits
) -> Iterator[_Measured]:
    """Yield each figure that is known and has a threshold, of the containers that we know."""
    for number, point in points.items():
        for kind in KINDS if number in known else ():
            threshold, share = _threshold(kind, limits), share_of(kind, point)
            if threshold is not None and share is not None:
                yield _Measured(known[number], kind, point, share, threshold)


def _no_longer_applies(
    key: tuple[int, AlertKind], known: Mapping[int, Container], limits: UsageLimits
) -> CrossingEnded | None:
    """Return the end of an alert about what is not any more; None while it can still be true."""
    number, kind = key
    container = known.get(number)
    if container is None:
        return CrossingEnded(number, kind, "its record is closed")
    if _threshold(kind, limits) is None:
        return CrossingEnded(number, kind, "it has no threshold any more")
    if kind in _OF_A_RUNNING_ONE and container.status is Status.STOPPED:
        return CrossingEnded(number, kind, "it is stopped")
    return None


def _threshold(kind: AlertKind, limits: UsageLimits) -> float | None:
    return {AlertKind.CPU_HIGH: limits.cpu, AlertKind.MEMORY_HIGH: limits.mem, AlertKind.DISK_HIGH: limits.disk}[kind]


def _side(share: float, threshold: float, margin: float) -> Side:
    if share >= threshold:
        return Side.ABOVE
    return Side.BELOW if share < threshold - margin else Side.BETWEEN


def _next(run: ConsecutiveReadings | None, side: Side) -> ConsecutiveReadings:
    return ConsecutiveReadings(side, run.readings + 1 if run is not None and run.side is side else 1)


def _crossing(one: _Measured, readings: int) -> Crossing:
    container, kind = one.container, one.kind
    part, whole = _amounts(kind, one.point)
    of = f" ({human_bytes(int(part))} of {human_bytes(int(whole))})" if part and whole else ""
    message = (
        f"{container.name}  CT {container.vmid}: {_WORDS[kind]} at {percent(one.share)}{of}, at or above"
        f" {percent(one.threshold)} in {readings} {'reading' if readings == 1 else 'readings'}, one a minute"
    )
    evidence = {"share": one.share, "threshold": one.threshold, "readings": readings}
    return Crossing(container, kind, message, evidence)


def _amounts(kind: AlertKind, point: FigurePoint) -> tuple[float | None, float | None]:
    """Return how much is used and how much there is, in bytes; None where that is not known, or no amount."""
    if kind is AlertKind.MEMORY_HIGH:
        return point.mem, point.maxmem
    return (point.disk, point.maxdisk) if kind is AlertKind.DISK_HIGH else (None, None)
