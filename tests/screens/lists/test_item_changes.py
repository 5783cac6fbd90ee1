"""What is new in a list is found by the identity of its items, and what moved among many is not new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.screens.lists import item_changes
from proximity_tui.screens.lists.item_changes import SEARCHED, common_ends, differ_much, fresh_items

POOL = tuple([number] for number in range(8))
"""Things that may be equal, and are different objects."""
ITEMS = st.lists(st.sampled_from(range(8)), unique=True).map(lambda places: tuple(POOL[place] for place in places))


@given(ITEMS, ITEMS, st.integers(0, 3))
def test_all_new_items_are_found_and_more_only_where_a_few_moved(
    before: tuple[list[int], ...], items: tuple[list[int], ...], few: int
) -> None:
    new = [item for item in items if not any(item is one for one in before)]
    with patch.object(item_changes, "SEARCHED", 2):
        found, _ = searched(before, items, few)
    elsewhere = [item for place, item in enumerate(items) if place >= len(before) or before[place] is not item]
    few_moved = len(before) == len(items) and len(elsewhere) <= few
    assert found == (elsewhere if few_moved else new)


@given(ITEMS, ITEMS, st.integers(0, 3))
def test_where_no_more_than_a_few_differ_there_are_no_more_new_ones(
    before: tuple[list[int], ...], items: tuple[list[int], ...], few: int
) -> None:
    found, _ = searched(before, items, few)
    assert differ_much(before, items, few) or len(found) <= few


class Unread(tuple[object, ...]):
    """Items of which none may be looked at."""

    def __iter__(self) -> Iterator[object]:
        raise AssertionError("the items were looked at")


def test_news_that_are_not_of_the_list_cost_nothing_however_long_it_is() -> None:
    items = Unread(POOL)
    assert not differ_much(items, items, 0)


def test_a_long_list_is_searched_in_slices() -> None:
    before, items = (tuple([number] for number in range(4 * SEARCHED)) for _ in range(2))
    found, pauses = searched(before, items, SEARCHED)
    assert (len(found), pauses) == (4 * SEARCHED, 8)


def searched(before: Sequence[object], items: Sequence[object], few: int) -> tuple[Sequence[object], int]:
    """The new items, and how often the search let others go first."""
    search = fresh_items(before, items, few)
    for pauses in count():
        try:
            next(search)
        except StopIteration as end:
            return end.value, pauses
    raise AssertionError


@given(ITEMS, ITEMS)
def test_the_ends_in_common_are_the_same_objects_and_never_overlap(
    before: tuple[list[int], ...], items: tuple[list[int], ...]
) -> None:
    head, tail = common_ends(before, items)
    assert before[:head] == items[:head]
    assert tail == 0 or before[-tail:] == items[-tail:]
    assert head + tail <= min(len(before), len(items))
    if head + tail < min(len(before), len(items)):
        assert before[head] is not items[head]
        assert before[-tail - 1] is not items[-tail - 1]
