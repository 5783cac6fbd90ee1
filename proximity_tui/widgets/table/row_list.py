"""The state behind a table: rows, order, filter, cursor and marks, all bound to keys, never to line numbers.
It draws nothing and can be tested without a terminal.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from operator import is_
from typing import NamedTuple

from proximity_tui.widgets.table.cells import SortKey, TableRow, sort_key
from proximity_tui.widgets.table.sliced_sort import sort_in_slices


class Sorting(NamedTuple):
    """The index of the sorted column, and the direction."""

    column: int
    reverse: bool = False


class RowList:
    """The rows as they are shown. After a refresh, sort or filter, cursor and marks stay with their keys.

    A row that vanishes, or stops matching the filter, under the cursor is held in its place until the cursor leaves it;
    `gone` tells whether it vanished for good (a ghost). What filter and order found out about a row is kept until the
    row changes, so a refresh costs what it changes.

    An order takes a while on a long list: `sort` asks for it, and `order` puts the rows in it. Until then they stand in
    the order before, new ones at the end.
    """

    def __init__(self) -> None:
        self.shown: list[TableRow] = []
        self.cursor: str | None = None
        self.marks: frozenset[str] = frozenset()
        self.sorting: Sorting | None = None
        """How the rows are sorted; None: as they were given."""
        self.wanted_sorting: Sorting | None = None
        """How they are to be sorted."""
        self.is_ordered = True
        """Whether they stand in the order that is wanted."""
        self.gone = False
        self.place = 0
        """The index of the cursor among the shown rows; 0 where there are none."""
        self._listed: list[TableRow] = []
        self._ordered: list[TableRow] = []
        """All rows in the order in which they are shown."""
        self._rows: dict[str, TableRow] = {}
        self._keep: Callable[[str], bool] | None = None
        self._kept: set[str] = set()
        """The keys that the filter accepts, where there is one."""
        self._live = False
        """Whether the cells of the sorted column may change although their rows do not."""
        self._sort_keys: dict[str, SortKey] = {}
        self._held = False

    @property
    def current(self) -> TableRow | None:
        """The row under the cursor, unless there is none or it is a ghost: the target of an action."""
        return None if self.gone or self.cursor is None else self._rows.get(self.cursor)

    @property
    def total(self) -> int:
        """The number of rows, shown or not."""
        return len(self._rows)

    @property
    def kept(self) -> AbstractSet[str]:
        """The keys of all rows that the filter accepts."""
        return self._rows.keys() if self._keep is None else self._kept

    def show(
        self,
        rows: Iterable[TableRow],
        changed: AbstractSet[str] | None = None,
        by_key: Mapping[str, TableRow] | None = None,
    ) -> None:
        """Replace all rows, of which only those with the keys in `changed` are new or different (None: any may be).
        Marks of rows that are not among them end; the row under the cursor is held. `by_key` are the same rows, where
        whoever gives them has them so.

        Raises ValueError when two rows have the same key.
        """
        ghost = self.shown[self.place] if self.shown else None
        same_rows = self._replace(list(rows), by_key, changed)
        if changed is None:
            self._kept, self._sort_keys = self._accepted(self._rows), {}
        else:
            if self._keep is not None:
                self._kept = (self._kept - changed) | self._accepted(changed & self._rows.keys())
            self._sort_keys = {} if self._live else _without(self._sort_keys, changed)
        if same_rows and changed is not None and not changed and not self._live:
            return
        self.is_ordered = self.wanted_sorting is None and self.sorting is None
        self._arrange(held=ghost)

    def only(
        self, keep: Callable[[str], bool] | None, kept: Iterable[str] | None = None, *, held: bool = False
    ) -> None:
        """Show the rows whose key `keep` accepts (None: all); `kept` are those of now, where they are known already.
        Marks outlive the filter.

        A cursor whose row is filtered away goes to the row that is then in its place, unless that row is `held`.
        """
        self._keep = keep
        self._kept = self._accepted(self._rows) if kept is None else self._rows.keys() & set(kept)
        self._arrange(held=self.shown[self.place] if held and self.shown else None)

    def sort(self, sorting: Sorting | None, *, live: bool = False) -> None:
        """Ask for an order by a column; None is the order in which the rows were given. The cells of a `live` column
        may change although their rows do not.
        """
        wanted = self.wanted_sorting
        if sorting is None or wanted is None or sorting.column != wanted.column or live:
            self._sort_keys = {}
        self.wanted_sorting, self._live, self.is_ordered = sorting, live, False

    def order(self) -> Iterator[None]:
        """Put the rows in the order that is wanted, and yield after each slice of the work. Nothing looks different
        before its end. What changes meanwhile is in its place, too, unless `is_ordered` says that it must be run again.
        """
        sorting, listed, known, self.is_ordered = self.wanted_sorting, self._listed, self._sort_keys, True
        ordered = listed
        if sorting is not None:

            def key(row: TableRow) -> SortKey:
                if row.key not in known:
                    known[row.key] = sort_key(row.cell(sorting.column))
                return known[row.key]

            ordered = yield from sort_in_slices(listed, key, reverse=sorting.reverse)
        self.sorting = sorting
        self._take_order(ordered if listed is self._listed else self._as_before(ordered))

    def forget_order(self) -> None:
        """Show the rows in the order in which they were given, at once."""
        self.sort(None)
        for _ in self.order():
            pass

    def move_to(self, place: int) -> None:
        """Put the cursor on the row at `place` or the nearest to it. A held row that it leaves disappears."""
        if not self.shown:
            return
        place = min(max(place, 0), len(self.shown) - 1)
        target = self.shown[place].key
        if target == self.cursor and not (self.gone and len(self.shown) == 1):
            return
        self.cursor, self.place = target, place
        if self._held:
            self._arrange(held=None)

    def select(self, key: str) -> bool:
        """Put the cursor on the row `key`; return False when it is not shown."""
        place = self._place_of(key)
        if place is None:
            return False
        self.move_to(place)
        return True

    def toggle_mark(self) -> None:
        """Mark the current row, or remove its mark."""
        if self.current is not None:
            self.marks ^= {self.current.key}

    def mark_shown(self) -> bool:
        """Mark every shown row that exists; return whether there is any."""
        exist = {*self.kept, *(() if self.current is None else (self.current.key,))}
        self.marks |= exist
        return bool(exist)

    def _replace(
        self, listed: list[TableRow], by_key: Mapping[str, TableRow] | None, changed: AbstractSet[str] | None
    ) -> bool:
        """Take over the rows; return whether they are the same objects in the same order as before."""
        if len(listed) == len(self._listed) and all(map(is_, listed, self._listed)):
            return True
        # A copy, which takes a tenth of the time: whoever gave them may change theirs.
        rows = {row.key: row for row in listed} if by_key is None else dict(by_key)
        if len(rows) != len(listed):
            raise ValueError("two rows with the same key")
        before, self._listed, self._rows = self._rows, listed, rows
        if self.sorting is None:
            self._ordered = listed
        else:
            few = self._with_few(before, rows if changed is None else changed)
            self._ordered = few or self._as_before(self._ordered)
        self.marks = self.marks if self.marks <= rows.keys() else frozenset(self.marks & rows.keys())
        self._kept = set(filter(rows.__contains__, self._kept))
        return False

    def _accepted(self, keys: Iterable[str]) -> set[str]:
        return set() if self._keep is None else set(filter(self._keep, keys))

    def _with_few(self, before: Mapping[str, TableRow], changed: Iterable[str]) -> list[TableRow] | None:
        """Return the same as `_as_before`, if the `changed` keys are all that came or went of the rows `before`; else
        None. No other row is looked at: thousands of them lie anywhere in memory, and to fetch them takes longest.
        """
        rows = self._rows
        pairs = [(was, now) for key in changed if (was := before.get(key)) is not (now := rows.get(key))]
        came = {id(now) for was, now in pairs if was is None}
        gone = {id(was) for was, now in pairs if now is None}
        if len(came) + len(gone) < len(pairs) or len(before) + len(came) - len(gone) != len(rows):
            return None
        stay = [row for row in self._ordered if id(row) not in gone] if gone else self._ordered
        return [*stay, *(row for row in self._listed if id(row) in came)]

    def _as_before(self, ordered: list[TableRow]) -> list[TableRow]:
        """Return the rows of now in an order of before; those that it did not have are at the end."""
        rows = self._rows
        kept = [rows[row.key] for row in ordered if row.key in rows]
        if len(kept) < len(rows):
            known = {row.key for row in kept}
            kept += [row for row in self._listed if row.key not in known]
        return kept

    def _take_order(self, ordered: list[TableRow]) -> None:
        self._ordered = ordered
        self._arrange(held=self.shown[self.place] if self._held else None)

    def _arrange(self, held: TableRow | None) -> None:
        shown = self._ordered if self._keep is None else [row for row in self._ordered if row.key in self._kept]
        self._held = held is not None and not self._is_shown(held.key)
        self.gone = held is not None and held.key not in self._rows
        if held is not None and self._held:
            place = min(self.place, len(shown))
            self.shown = [*shown[:place], self._rows.get(held.key, held), *shown[place:]]
            self.place = place
            return
        self.shown = shown
        if self.cursor is None or not self._is_shown(self.cursor):
            self.place = max(0, min(self.place, len(shown) - 1))
            self.cursor = shown[self.place].key if shown else None
        else:
            self.place = self._place_of(self.cursor) or 0

    def _is_shown(self, key: str) -> bool:
        return key in self._rows and (self._keep is None or key in self._kept)

    def _place_of(self, key: str) -> int | None:
        """Return the index of a key among the shown rows; most often it is where it was before."""
        if self.place < len(self.shown) and self.shown[self.place].key == key:
            return self.place
        return next((place for place, row in enumerate(self.shown) if row.key == key), None)


def _without(keys: dict[str, SortKey], changed: AbstractSet[str]) -> dict[str, SortKey]:
    for key in changed & keys.keys():
        del keys[key]
    return keys
