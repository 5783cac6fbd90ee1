"""The differences between the items of a list and those before. Items are the same only as the same objects."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import compress, takewhile
from operator import is_, is_not

SEARCHED = 5_000
"""Items that are looked at without a pause: two milliseconds."""


def differ_much(before: Sequence[object], items: Sequence[object], few: int) -> bool:
    """Return whether more than a `few` of the items are other ones than in their places before."""
    if items is before:
        # Most news are not of the rows of a list, and each is asked about.
        return False
    if len(items) == len(before):
        return sum(map(is_not, items, before)) > few
    return len(items) - sum(common_ends(before, items)) > few


def fresh_items(
    before: Sequence[object], items: Sequence[object], few: int
) -> Generator[tuple[()], None, Sequence[object]]:
    """Return the items that were not there before, and yield between two slices of the search. Where no more than a
    `few` are other ones than in their places before, those that moved are among them.
    """
    if len(items) == len(before):
        elsewhere = list(compress(items, map(is_not, items, before)))
        if len(elsewhere) <= few:
            return elsewhere
    head, tail = common_ends(before, items)
    known, fresh = set[int](), list[object]()
    for some in _slices(before[head : len(before) - tail]):
        known.update(map(id, some))
        if len(some) == SEARCHED:
            yield ()
    for some in _slices(items[head : len(items) - tail]):
        fresh += [item for item in some if id(item) not in known]
        if len(some) == SEARCHED:
            yield ()
    return fresh


def common_ends(before: Sequence[object], items: Sequence[object]) -> tuple[int, int]:
    """Return how many items are the same from the beginning on, and how many of the others from the end on."""
    head = _alike(before, items)
    return head, min(_alike(reversed(before), reversed(items)), len(before) - head, len(items) - head)


def _alike(items: Iterable[object], others: Iterable[object]) -> int:
    return len(list(takewhile(bool, map(is_, items, others))))


def _slices(items: Sequence[object]) -> Iterator[Sequence[object]]:
    return (items[start : start + SEARCHED] for start in range(0, len(items), SEARCHED))
