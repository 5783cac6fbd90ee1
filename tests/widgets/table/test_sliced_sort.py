"""A sort in slices: the same result as `sorted`, and a bounded piece of work between two pauses."""

from collections.abc import Generator
from typing import TypeVar

import pytest

from proximity_tui.widgets.table.cells import SortKey
from proximity_tui.widgets.table.sliced_sort import SLICE, sort_in_slices

T = TypeVar("T")


def result(work: Generator[None, None, T]) -> T:
    while True:
        try:
            next(work)
        except StopIteration as end:
            value: T = end.value
            return value


@pytest.mark.parametrize("count", [0, 1, SLICE, SLICE + 1, 7 * SLICE + 3])
@pytest.mark.parametrize("reverse", [False, True])
def test_it_returns_what_sorted_returns_and_equals_keep_their_order(count: int, reverse: bool) -> None:
    items = [(number * 7919 % 101, number) for number in range(count)]

    def key(item: tuple[int, int]) -> SortKey:
        return (0, float(item[0]), ())

    assert result(sort_in_slices(items, key, reverse=reverse)) == sorted(items, key=key, reverse=reverse)


def test_between_two_pauses_it_makes_no_more_keys_than_a_slice_has() -> None:
    made = [0]

    def key(item: int) -> SortKey:
        made[-1] += 1
        return (0, float(-item), ())

    for _ in sort_in_slices(range(50_000), key):
        made.append(0)
    assert max(made) == SLICE
    assert sum(made) == 50_000
