"""The row of an entry, and the rows of many entries that are made before they are shown. It draws nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import attrgetter
from typing import Any

from proximity_tui.screens.lists.list_entry import Listed
from proximity_tui.widgets.table.cells import Cell

SLICE = 400
"""Entries that are made and measured without a pause: a few milliseconds."""
SMALL_SHARE = 4
"""Where less than one item in so many is new, only the entries are made ahead: the rows take them in their places."""


class EntryRow:
    """The row of an entry in the table. It stays the same object while its entry is replaced."""

    __slots__ = ("_cell_of", "entry", "key")

    def __init__(self, entry: Listed, cell_of: Callable[[EntryRow, int], Cell]) -> None:
        self.key = entry.key
        self.entry = entry
        self._cell_of = cell_of

    def cell(self, index: int) -> Cell:
        """Return the cell of column `index` at the moment that the list shows."""
        return self._cell_of(self, index)


_ENTRY = attrgetter("entry")
_GIVE = vars(EntryRow)["entry"].__set__
"""Sets the entry of a row, by the descriptor of its slot."""


class EntriesAhead:
    """The entries of items that are shown next, with what the list consists of from then on."""

    def __init__(self, before: Sequence[object], items: Sequence[object]) -> None:
        """`before` is what is shown until then."""
        self.rows: list[EntryRow] = []
        """The rows in the order of their items. What is shown already keeps its row."""
        self.by_key: dict[str, EntryRow] = {}
        self.stay = 0
        """The number of the rows that are shown already."""
        self._before, self._items = before, items
        self._is_whole = False
        self.replaced: list[Listed] = []
        """The entries that those of now were given for."""
        self._made: dict[int, Listed] = {}
        """The entries of the items that are not shown yet, by the identity of these, which lasts as long as `_items`.
        """
        self._given_to: list[EntryRow] = []
        self._given: list[Listed] = []
        """The rows that are shown already, and the entries that they have from then on, in the same order."""
        self._fresh: set[str] = set()
        """The keys of the entries that were made."""

    def make(
        self,
        shown: Mapping[int, EntryRow],
        by_key: Mapping[str, EntryRow],
        make: Callable[[Any], Listed],
        row_of: Callable[[Listed], EntryRow],
        earlier: EntriesAhead | None = None,
    ) -> Iterator[Sequence[Listed]]:
        """Make everything, and yield the new entries of each slice. `shown` are the rows that are shown by the identity
        of their items, `by_key` the same by their keys; `row_of` makes the row of an entry with another key. What was
        made `earlier`, of items that are still the same, is taken over.
        """
        for start in range(0, len(self._items), SLICE):
            made: list[Listed] = []
            for item in self._items[start : start + SLICE]:
                row = shown.get(id(item))
                if row is None:
                    entry = None if earlier is None else earlier.entry_of(item)
                    if entry is None:
                        entry = make(item)
                        made.append(entry)
                    row = self._row(entry, by_key, row_of)
                    self._made[id(item)] = entry
                else:
                    self.stay += 1
                self.rows.append(row)
                self.by_key[row.key] = row
            yield made
        self._is_whole = True

    def make_entries(
        self, fresh: Sequence[object], make: Callable[[Any], Listed], earlier: EntriesAhead | None = None
    ) -> Iterator[Sequence[Listed]]:
        """Make only the entries of the items that are not shown yet, and yield the new ones of each slice."""
        for start in range(0, len(fresh), SLICE):
            made: list[Listed] = []
            for item in fresh[start : start + SLICE]:
                entry = None if earlier is None else earlier.entry_of(item)
                if entry is None:
                    entry = make(item)
                    made.append(entry)
                self._made[id(item)] = entry
            yield made
        self._is_whole = True

    def is_of(self, before: Sequence[object], items: Sequence[object]) -> bool:
        """Return whether everything was made, of these items after those."""
        return before is self._before and items is self._items and self._is_whole

    @property
    def has_rows(self) -> bool:
        """True when not only entries were made, but all rows."""
        return len(self.rows) == len(self._items)

    @property
    def made(self) -> Collection[Listed]:
        """The entries of all items that are not shown yet, in the order of these."""
        return self._made.values()

    def entry_of(self, item: object) -> Listed | None:
        """Return the entry that was made of an item."""
        return self._made.get(id(item))

    def give_entries(self) -> AbstractSet[str]:
        """Give the rows the entries that were made, and return their keys."""
        self.replaced = list(map(_ENTRY, self._given_to))
        # At the speed of C: all rows of a long list get theirs in one piece, so that it shows no two moments.
        deque(map(_GIVE, self._given_to, self._given), maxlen=0)
        return self._fresh

    def _row(self, entry: Listed, by_key: Mapping[str, EntryRow], row_of: Callable[[Listed], EntryRow]) -> EntryRow:
        key = entry.key
        self._fresh.add(key)
        row = by_key.get(key)
        if row is None:
            return row_of(entry)
        self._given_to.append(row)
        self._given.append(entry)
        self.stay += 1
        return row
