"""What the rows of a list need of its columns: how wide the widest cell is, and whether any row has one at all.

Counted as rows come, change and go; nobody measures all of them again. What a column is worth follows from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from proximity_tui.widgets.table.columns import Column

Needs = Mapping[str, int]
"""By the id of a column, the cells of its widest value; 0 where no row has one. Others are as wide as they say."""

Widths = tuple[int, ...]
"""The cells that one row needs of each measured column."""

Measured = TypeVar("Measured")


class ColumnNeeds(Generic[Measured]):
    """The needs of the rows of one list. Rows of equal widths are counted together: there are few such sorts."""

    def __init__(self, columns: Sequence[str], measure: Callable[[Measured], Widths]) -> None:
        """Measure each row with `measure`, which returns the widths for the columns with these ids."""
        self._columns = columns
        self._measure = measure
        self._widths_of: dict[str, Widths] = {}
        self._counts: Counter[Widths] = Counter()
        self._shared: dict[Widths, Widths] = {}
        self._needs: Needs | None = None
        self._ahead: dict[str, Measured] = {}
        """The rows that were counted before the update that is about them."""

    @property
    def needs(self) -> Needs:
        """The needs of the rows now; empty while there is no row."""
        if self._needs is None:
            self._needs = dict(zip(self._columns, map(max, zip(*self._counts, strict=True)), strict=False))
        return self._needs

    def measure_ahead(self, key: str, row: Measured) -> None:
        """Count a row that the next update is about before that, so that many need not be counted in one piece."""
        self._ahead[key] = row
        self._measure_again(key, row)

    def update(
        self,
        keys: Collection[str],
        find: Callable[[str], Measured | None],
        are_shown: Callable[[Mapping[str, Measured]], bool] = lambda _: False,
    ) -> None:
        """Measure the rows with these keys again; one that `find` does not know is gone. Where `are_shown` says of all
        rows that were counted ahead that they came with this update as they were counted, none of them is looked up.
        """
        ahead, self._ahead = self._ahead, {}
        if ahead and are_shown(ahead):
            # Their keys are among these: of as many, nothing is left, and nobody has to compare thousands.
            keys, ahead = () if len(ahead) == len(keys) else frozenset(keys) - ahead.keys(), {}
        for key in keys:
            row = find(key)
            if row is None or ahead.pop(key, None) is not row:
                self._measure_again(key, row)
        for key in ahead:
            # It came to nothing, or to something else.
            self._measure_again(key, find(key))

    def _measure_again(self, key: str, row: Measured | None) -> None:
        before = self._widths_of.pop(key, None)
        if row is not None:
            widths = self._measure(row)
            self._widths_of[key] = widths = self._shared.setdefault(widths, widths)
            self._count(widths, 1)
        if before is not None:
            self._count(before, -1)

    def _count(self, widths: Widths, step: int) -> None:
        count = self._counts[widths] + step
        if not count or count == step:
            self._needs = None
        if count:
            self._counts[widths] = count
        else:
            del self._counts[widths], self._shared[widths]


def fitted(columns: Sequence[Column], needs: Needs) -> tuple[Column, ...]:
    """Return the columns as wide as their rows need them; one that no row needs is empty."""
    return tuple(_fitted(column, needs[column.id]) if column.id in needs else column for column in columns)


def spare(column: Column) -> Column:
    """Return the column as one that says nothing which the others do not."""
    return replace(column, width=max(column.width, column.want), want=0, flex=0, empty=True)


def _fitted(column: Column, need: int) -> Column:
    title = len(column.title)
    if not need:
        return spare(replace(column, width=title))
    width = max(title, min(column.width, need))
    want = max(title, need)
    return replace(column, width=width, want=want if column.max is None else min(want, column.max))
