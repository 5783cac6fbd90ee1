"""A list of rows in the order of a column: few rows at once, many a slice at a time, and keys and paint before each."""

import asyncio
from collections.abc import Sequence
from typing import Any

from textual import work

from proximity_tui.widgets.table.cells import TableRow
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.row_list import Sorting
from proximity_tui.widgets.table.row_view import RowView
from proximity_tui.widgets.table.sliced_sort import SLICE

ORDERING = "ordering"
"""The worker that puts many rows in order."""


class SortedView(RowView):
    """Rows that can be sorted. Until an order is found they stand in the one before; the newest request wins."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._is_ordering = False
        self._first: str | None = None
        """The row under the cursor on the first line, until an order that a person wants is found."""

    def set_columns(self, columns: Sequence[Column]) -> bool:
        """Replace the columns; return whether other cells stand in them than before, so that all rows have to be given
        again. The rows stay sorted by the same column, as long as there is one of that id.
        """
        if tuple(columns) == self.columns:
            return False
        before, wanted = [one.id for one in self.columns], self.rows.wanted_sorting
        super().set_columns(columns)
        now = [one.id for one in self.columns]
        if now == before:
            return False
        self._stop_ordering()
        self.rows.forget_order()
        if wanted is not None and before[wanted.column] in now:
            place = now.index(before[wanted.column])
            self.rows.sort(Sorting(place, wanted.reverse), live=self.columns[place].live)
        return True

    @property
    def shown(self) -> tuple[TableRow, ...]:
        """The rows in their order, with the ghost if there is one."""
        return tuple(self.rows.shown)

    @property
    def count(self) -> int:
        """The number of shown rows, with the ghost if there is one."""
        return len(self.rows.shown)

    @property
    def total(self) -> int:
        """The number of rows, shown or filtered out."""
        return self.rows.total

    @property
    def sorting(self) -> tuple[str, bool] | None:
        """The id of the sorted column, and whether reversed; None: the given order."""
        now = self.rows.sorting
        return None if now is None else (self.columns[now.column].id, now.reverse)

    def sort_next(self) -> None:
        """Order by the next visible column, and after the last one by none."""
        now = self.rows.wanted_sorting
        later = [one.index for one in self.placed if now is None or one.index > now.column]
        self.sort(Sorting(later[0]) if later else None)

    def sort_by(self, column: str, *, reverse: bool) -> bool:
        """Order by the column with this id; return False where there is none."""
        place = next((index for index, one in enumerate(self.columns) if one.id == column), None)
        if place is not None:
            self.sort(Sorting(place, reverse))
        return place is not None

    def sort_reverse(self) -> None:
        """Reverse the sorted column; the given order stays as it is."""
        now = self.rows.wanted_sorting
        self.sort(None if now is None else Sorting(now.column, not now.reverse))

    def sort(self, sorting: Sorting | None) -> None:
        """Sort by a column, or (None) not at all. The cursor stays with its row; on the first line it stays there, as
        nobody chose that row and what comes first now is looked for.
        """
        self._stop_ordering()
        self.rows.sort(sorting, live=sorting is not None and self.columns[sorting.column].live)
        self._first = self.rows.cursor if self.rows.place == 0 else None
        self._order(reveal=True)

    def keep_order(self) -> None:
        """Put the rows in order again, if a refresh changed them."""
        if not self.rows.is_ordered:
            self._order(reveal=False)

    def _order(self, *, reveal: bool) -> None:
        if self.rows.total <= SLICE:
            self._stop_ordering()
            for _ in self.rows.order():
                pass
            self._stay_first()
            self.changed(reveal=reveal, cells=False)
        elif not self._is_ordering:
            self._is_ordering = True
            self._order_in_slices(reveal)

    @work(group=ORDERING)
    async def _order_in_slices(self, reveal: bool) -> None:
        """Put many rows in order. What a refresh changes meanwhile waits for the next round: so each round ends."""
        while not self.rows.is_ordered:
            for _ in self.rows.order():
                await asyncio.sleep(0)
            self._stay_first()
            self.changed(reveal=reveal, cells=False)
            reveal = False
        self._is_ordering = False

    def _stay_first(self) -> None:
        """Put the cursor on the first line, if it was there when the order was wanted and was not moved since."""
        if self._first is not None and self.rows.cursor == self._first:
            self.rows.move_to(0)
        self._first = None

    def _stop_ordering(self) -> None:
        """Give up an order that is being found: another one is wanted."""
        self.workers.cancel_group(self, ORDERING)
        self._is_ordering = False
