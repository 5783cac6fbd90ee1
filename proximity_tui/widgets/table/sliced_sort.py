"""Sorting a slice at a time, so that whoever sorts a long list can let others go first in between. Pure."""

from collections.abc import Callable, Generator, Sequence
from operator import itemgetter
from typing import TypeVar

from proximity_tui.widgets.table.cells import SortKey

Item = TypeVar("Item")

SLICE = 1_000
"""Items whose keys are made without a pause: a few milliseconds."""


def sort_in_slices(
    items: Sequence[Item], key: Callable[[Item], SortKey], *, reverse: bool = False
) -> Generator[None, None, list[Item]]:
    """Yield after each slice of work; return what `sorted` returns. `items` must not change meanwhile."""
    runs: list[list[tuple[SortKey, Item]]] = []
    for start in range(0, len(items), SLICE):
        made = [(key(item), item) for item in items[start : start + SLICE]]
        runs.append(sorted(made, key=_KEY, reverse=reverse))
        yield
    while len(runs) > 1:
        merged = []
        for at in range(0, len(runs), 2):
            # Two runs that are sorted already are merged in one pass.
            merged.append(sorted([one for run in runs[at : at + 2] for one in run], key=_KEY, reverse=reverse))
            yield
        runs = merged
    return [item for _, item in runs[0]] if runs else []


_KEY = itemgetter(0)
