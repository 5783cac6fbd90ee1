"""Sorting a slice at a time, so that whoever sorts a long list can let others go first in between. Pure."""

from collections.abc import Callable, Generator, Sequence
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import TypeVar

from proximity_tui.widgets.table.cells import SortKey

Item = TypeVar("Item")

SLICE = 1_000
"""Items whose keys are made, or that are merged, without a pause: a few milliseconds."""


def sort_in_slices(
    items: Sequence[Item], key: Callable[[Item], SortKey], *, reverse: bool = False
) -> Generator[None, None, list[Item]]:
    """Yield after each slice of work; return what `sorted` returns. `items` must not change meanwhile."""
    runs: list[list[tuple[SortKey, Item]]] = []
    for start in range(0, len(items), SLICE):
        made = [(key(item), item) for item in items[start : start + SLICE]]
        runs.append(sorted(made, key=_KEY, reverse=reverse))
        yield
    ordered: list[Item] = []
    merged = merge(*runs, key=_KEY, reverse=reverse)
    while some := list(islice(merged, SLICE)):
        ordered += [item for _, item in some]
        yield
    return ordered


_KEY = itemgetter(0)
