"""The differences between the items of a list and those before. Items are the same only as the same objects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress, takewhile
from operator import is_, is_not


def fresh_items(before: Sequence[object], items: Sequence[object], few: int) -> Sequence[object]:
    """Return the items that were not there before. Where no more than a `few` are other ones than in their places
    before, those that moved are among them.
    """
    if len(items) == len(before):
        elsewhere = list(compress(items, map(is_not, items, before)))
        if len(elsewhere) <= few:
            return elsewhere
    head, tail = common_ends(before, items)
    known = set(map(id, before[head : len(before) - tail]))
    return [item for item in items[head : len(items) - tail] if id(item) not in known]


def common_ends(before: Sequence[object], items: Sequence[object]) -> tuple[int, int]:
    """Return how many items are the same from the beginning on, and how many of the others from the end on."""
    head = _alike(before, items)
    return head, min(_alike(reversed(before), reversed(items)), len(before) - head, len(items) - head)


def _alike(items: Iterable[object], others: Iterable[object]) -> int:
    return len(list(takewhile(bool, map(is_, items, others))))
