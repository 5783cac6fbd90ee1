"""The downsampling of figures: many readings become one point, by their mean. What is not known counts for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of the known values; None without any."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def highest(values: Iterable[float | None]) -> float | None:
    """Return the highest of the known values; None without any."""
    return max((value for value in values if value is not None), default=None)


def pieces(values: Sequence[float | None], size: int) -> list[Sequence[float | None]]:
    """Return the values in pieces of `size`, the last one perhaps shorter."""
    return [values[start : start + size] for start in range(0, len(values), size)]


def downsampled(values: Sequence[float | None], places: int) -> list[float | None]:
    """Return the values, in their order, in at most `places`: where there are more, each is the mean of its part."""
    if len(values) <= places:
        return list(values)
    edges = [len(values) * place // places for place in range(places + 1)]
    return [mean(values[begin:end]) for begin, end in pairwise(edges)]
