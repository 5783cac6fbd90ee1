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


class Counted(float):
    """A figure that counts how often it is compared."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return float(self) == other

    def __lt__(self, other: float) -> bool:
        return float(self) < float(other)

    __hash__ = float.__hash__


def test_between_two_pauses_it_makes_and_compares_no_more_keys_than_a_slice_needs() -> None:
    made, compared = [0], [0]
    Counted.compared = 0

    def key(item: int) -> SortKey:
        made[-1] += 1
        return (0, Counted(item * 7919 % 50_000), ())

    for _ in sort_in_slices(range(50_000), key):
        compared.append(Counted.compared - sum(compared))
        made.append(0)
    assert max(made) == SLICE
    assert sum(made) == 50_000
    assert max(compared) < 40 * SLICE
