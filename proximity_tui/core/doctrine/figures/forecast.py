"""The forecast of a disk that fills up: a straight line through the known days. An estimate, with its basis."""

from __future__ import annotations

from collections.abc import Sequence

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.figures.downsampling import pieces

LOOKED_AT = 14
"""Days that a forecast rests on at most."""
ENOUGH = 4
"""Known days without which nothing is said of the growth."""
STRAIGHT = 0.5
"""The share of the differences that the line must explain, or it is no line."""
FAR = 365.0
"""Days beyond which a forecast is no use to anybody."""


@value_object
class Growth:
    """The growth of a disk: bytes a day by a straight line through `known` days of the last `looked_at`."""

    per_day: float
    known: int
    looked_at: int
    straight: float
    """How well the line fits: 1 is exactly, 0 not at all."""
    full_in: float | None
    """Days until the disk is full if it goes on so; None where it does not grow, is far from full, or no line fits."""

    @property
    def basis(self) -> str:
        """The basis of the estimate."""
        return f"an estimate by a straight line through {self.known} of the last {self.looked_at} days"


def growth(values: Sequence[float | None], per_day: int, limit: float | None) -> Growth | None:
    """Return the growth of a disk from its use over the last days, `per_day` values a day, the oldest first, None where
    it is not known. None where too few days are known.
    """
    days = pieces(values, per_day)
    known = [
        mean_of_day(day, number, per_day) for number, day in enumerate(days) if any(one is not None for one in day)
    ]
    if len(known) < ENOUGH:
        return None
    slope, straight = line_through(known)
    last = next(value for value in reversed(values) if value is not None)
    left = None if limit is None else limit - last
    full_in = left / slope if left is not None and slope > 0 and straight >= STRAIGHT else None
    if full_in is not None and full_in > FAR:
        full_in = None
    return Growth(slope, len(known), len(days), straight, None if full_in is None else max(0.0, full_in))


def mean_of_day(day: Sequence[float | None], number: int, per_day: int) -> tuple[float, float]:
    """Return the middle of what is known of a day, in days, and the mean use: of today only a part is known."""
    known = [(place, value) for place, value in enumerate(day) if value is not None]
    middle = sum(place for place, _ in known) / len(known)
    return number + middle / per_day, sum(value for _, value in known) / len(known)


def line_through(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the slope of the line with the least squares, and the share of the differences that it explains."""
    mean_x, mean_y = (sum(point[axis] for point in points) / len(points) for axis in (0, 1))
    across = sum((x - mean_x) ** 2 for x, _ in points)
    up = sum((y - mean_y) ** 2 for _, y in points)
    both = sum((x - mean_x) * (y - mean_y) for x, y in points)
    if not across or not up:
        return 0.0, 0.0
    return both / across, both * both / (across * up)
