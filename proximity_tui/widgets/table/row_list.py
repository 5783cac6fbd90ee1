"""The state behind a table: rows, order, filter, cursor and marks, all bound to keys, never to line numbers.
It draws nothing and can be tested without a terminal.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from proximity_tui.widgets.table.cells import Row, sort_key


class Sorting(NamedTuple):
    """The index of the sorted column, and the direction."""

    column: int
    reverse: bool = False


class RowList:
    """The rows as they are shown. After a refresh, sort or filter, cursor and marks stay with their keys.

    A row that vanishes, or stops matching the filter, under the cursor is held in its place until the cursor leaves it;
    `gone` tells whether it vanished for good (a ghost).
    """

    def __init__(self) -> None:
        self.shown: list[Row] = []
        self.cursor: str | None = None
        self.marks: set[str] = set()
        self.sorting: Sorting | None = None
        self.gone = False
        self._rows: dict[str, Row] = {}
        self._keep: Callable[[str], bool] | None = None
        self._places: dict[str, int] = {}
        self._held = False

    @property
    def place(self) -> int:
        """The index of the cursor among the shown rows; 0 where there are none."""
        return self._places.get(self.cursor, 0) if self.cursor is not None else 0

    @property
    def current(self) -> Row | None:
        """The row under the cursor, unless there is none or it is a ghost: the target of an action."""
        return None if self.gone or self.cursor is None else self._rows.get(self.cursor)

    @property
    def total(self) -> int:
        """The number of rows, shown or not."""
        return len(self._rows)

    def show(self, rows: Iterable[Row]) -> None:
        """Replace all rows. Marks of rows that are not among them end; the row under the cursor is held.

        Raises ValueError when two rows have the same key.
        """
        ghost = self.shown[self.place] if self.shown else None
        listed = list(rows)
        self._rows = {row.key: row for row in listed}
        if len(self._rows) != len(listed):
            raise ValueError("two rows with the same key")
        self.marks &= self._rows.keys()
        self._arrange(held=ghost)

    def only(self, keep: Callable[[str], bool] | None) -> None:
        """Show the rows whose key `keep` accepts (None: all). Marks outlive the filter.

        A cursor whose row is filtered away goes to the row that is then in its place.
        """
        self._keep = keep
        self._arrange(held=None)

    def sort(self, sorting: Sorting | None) -> None:
        """Order by a column; None is the order in which the rows were given."""
        self.sorting = sorting
        self._arrange(held=self.shown[self.place] if self._held else None)

    def move_to(self, place: int) -> None:
        """Put the cursor on the row at `place` or the nearest to it. A held row that it leaves disappears."""
        if not self.shown:
            return
        target = self.shown[min(max(place, 0), len(self.shown) - 1)].key
        if target == self.cursor and not (self.gone and len(self.shown) == 1):
            return
        self.cursor = target
        if self._held:
            self._arrange(held=None)

    def select(self, key: str) -> bool:
        """Put the cursor on the row `key`; return False when it is not shown."""
        if key not in self._places:
            return False
        self.move_to(self._places[key])
        return True

    def toggle_mark(self) -> None:
        """Mark the current row, or remove its mark."""
        if self.current is not None:
            self.marks ^= {self.current.key}

    def mark_shown(self) -> None:
        """Mark every shown row that exists."""
        self.marks |= {row.key for row in self.shown} & self._rows.keys()

    def _arrange(self, held: Row | None) -> None:
        place = self.place
        keep = self._keep
        shown = [row for row in self._rows.values() if keep is None or keep(row.key)]
        if self.sorting is not None:
            index, reverse = self.sorting
            shown.sort(key=lambda row: sort_key(row.cell(index)), reverse=reverse)
        keys = {row.key for row in shown}
        self._held = held is not None and held.key not in keys
        self.gone = held is not None and held.key not in self._rows
        if held is not None and self._held:
            shown.insert(min(place, len(shown)), self._rows.get(held.key, held))
        elif self.cursor not in keys:
            self.cursor = shown[min(place, len(shown) - 1)].key if shown else None
        self.shown = shown
        self._places = {row.key: line for line, row in enumerate(shown)}
