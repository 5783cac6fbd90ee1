"""The entries of a list and their rows for the table: made when an item is new or different, kept until then.

Views share what did not change, so an item that is the same object as before has nothing new. It draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, KeysView, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial
from itertools import compress
from operator import attrgetter, is_, is_not
from typing import Any

from proximity_tui.screens.lists.entry_row import SLICE, SMALL_SHARE, EntriesAhead, EntryRow
from proximity_tui.screens.lists.item_changes import SEARCHED, common_ends, differ_much, fresh_items
from proximity_tui.screens.lists.list_entry import Listed, Moment
from proximity_tui.screens.lists.searched_entries import SearchedEntries
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.columns import Column

FREED = 2_000
"""Items and entries that are let go of without a pause."""


class EntryList(SearchedEntries):
    """The entries of one list, in the order of its items."""

    def __init__(self, make: Callable[[Any], Listed], moment: Moment) -> None:
        """Make each entry of its item with `make`; `moment` is the first one that is shown."""
        super().__init__(moment)
        self.columns: Sequence[Column] = ()
        self._make = make
        self._items: Sequence[object] = ()
        self._ahead: EntriesAhead | None = None
        self._taken: Collection[Listed] = ()
        """The entries that were made ahead and all taken over, as far as that is still to be compared."""
        self._past: list[object] = []
        """The items and entries of before, of which most are used nowhere else."""
        self._cells: dict[tuple[str, int], Cell] = {}
        """The cells that were read at this moment."""

    @property
    def keys(self) -> KeysView[str]:
        """The keys of all entries."""
        return self._by_key.keys()

    @property
    def by_key(self) -> Mapping[str, EntryRow]:
        """The rows by their keys."""
        return self._by_key

    def are_shown(self, entries: Mapping[str, Listed]) -> bool:
        """Return whether these are the entries of their keys, none of them replaced or gone."""
        if len(entries) == len(self._taken) and all(map(is_, entries.values(), self._taken)):
            return True
        shown = map(_ENTRY, map(self._by_key.__getitem__, entries))
        try:
            return all(map(is_, shown, entries.values()))
        except KeyError:
            return False

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, key: str | None) -> Listed | None:
        """Return the entry with this key, or None."""
        row = self._by_key.get(key or "")
        return None if row is None else row.entry

    def move_to(self, moment: Moment) -> None:
        """Show everything as it is at another moment."""
        self.moment = moment
        self._cells.clear()

    def pass_time(self, moment: Moment, keys: Collection[str]) -> bool:
        """Move to a later moment of the same view; return whether any cell of these entries that was read says
        something else now.
        """
        before, self._cells, self.moment = self._cells, {}, moment
        rows = self._by_key
        return any(
            self.cell(rows[key], index) != cell for (key, index), cell in before.items() if key in keys and key in rows
        )

    def is_much(self, items: Sequence[object]) -> bool:
        """Return whether more than a slice of these items is new or stands elsewhere."""
        return differ_much(self._items, items, SLICE)

    def make_ahead(self, items: Sequence[object]) -> Iterator[Sequence[Listed]]:
        """Make the entries of many new items, and yield each slice of them, or nothing while new ones are looked for;
        whoever takes them lets others go first in between. Nothing is shown of them before `show`, which takes over
        all of it, or those entries whose items are still the same.
        """
        before, rows = self._items, self.rows
        fresh = yield from fresh_items(before, items, SLICE)
        if len(fresh) <= SLICE:
            return
        earlier, self._ahead = self._ahead, EntriesAhead(before, items)
        if len(fresh) * SMALL_SHARE <= len(items):
            yield from self._ahead.make_entries(fresh, self._make, earlier)
            return
        kept = dict[int, EntryRow]()
        for start in range(0, len(before) if len(fresh) < len(items) else 0, SEARCHED):
            some = slice(start, start + SEARCHED)
            kept.update(zip(map(id, before[some]), rows[some], strict=True))
            yield ()
        row_of = partial(EntryRow, cell_of=self.cell)
        yield from self._ahead.make(kept, self._by_key, self._make, row_of, earlier)

    def is_made_ahead(self, items: Sequence[object]) -> bool:
        """Return whether all of these items were made ahead."""
        return self._ahead is not None and self._ahead.is_of(self._items, items)

    def show(self, items: Sequence[object], moment: Moment) -> AbstractSet[str]:
        """Take over the items of another moment; return the keys of the entries that are new, different or gone."""
        self.move_to(moment)
        if items is self._items:
            return frozenset()
        before, self._items, self._taken = self._items, items, ()
        changed = self._replace_as_prepared(before, items)
        if changed is None:
            changed = self._replace_in_place(before, items)
        if changed is None:
            changed = self._replace(before, items)
        self._ahead = None
        self.forget_values(changed)
        return changed

    @property
    def holds_past(self) -> bool:
        """True while it holds what a long list was before: to free that takes as long as to show another one."""
        return bool(self._past or self._taken)

    def free_past(self) -> Iterator[None]:
        """Let go of what a long list was before, and yield after each slice."""
        self._taken = ()
        while self._past:
            del self._past[-FREED:]
            yield

    def cell(self, row: EntryRow, index: int) -> Cell:
        """Return a cell of a row at this moment."""
        known = self._cells.get((row.key, index))
        if known is None:
            made = row.entry.cell(self.columns[index].id, self.moment)
            known = self._cells[row.key, index] = made if isinstance(made, Cell) else Cell(made)
        return known

    def texts(
        self, keys: Iterable[str], at: Moment, read_at: Callable[[Listed, Moment], datetime | None]
    ) -> tuple[tuple[tuple[str, ...], datetime | None], ...]:
        """Return the plain cells of these entries, as far as they exist, and when each was read."""
        entries = [entry for key in keys if (entry := self.get(key)) is not None]
        return tuple(
            (tuple(_text(entry.cell(column.id, at)) for column in self.columns), read_at(entry, at))
            for entry in entries
        )

    def _replace_as_prepared(self, before: Sequence[object], items: Sequence[object]) -> AbstractSet[str] | None:
        """Take over what was prepared and return the keys of the entries that are new, different or gone; None if these
        are other items than were expected.
        """
        if self._ahead is None or not (self._ahead.is_of(before, items) and self._ahead.has_rows):
            return None
        fresh, known = self._ahead.give_entries(), self._by_key
        self.rows, self._by_key = self._ahead.rows, self._ahead.by_key
        self._past, self._taken = [*before, *self._ahead.replaced], self._ahead.made
        return fresh if self._ahead.stay == len(known) else fresh | (known.keys() - self._by_key.keys())

    def _replace_in_place(self, before: Sequence[object], items: Sequence[object]) -> frozenset[str] | None:
        """Give the rows their new entries and return the keys of these, if all rows stay where they are; else None."""
        if len(before) != len(items):
            return None
        differing = compress(zip(self.rows, items, strict=True), map(is_not, before, items))
        fresh = [(row, self._new_row(item)) for row, item in differing]
        if any(row.key != new.key for row, new in fresh):
            return None
        for row, new in fresh:
            row.entry = new.entry
        return frozenset(row.key for row, _ in fresh)

    def _replace(self, before: Sequence[object], items: Sequence[object]) -> frozenset[str]:
        """Take over items of which some came, went or moved; return the keys of the entries that are new, different or
        gone. What is the same at both ends is not looked at one by one.
        """
        head, tail = common_ends(before, items)
        end = len(before) - tail
        old = self.rows[head:end]
        kept = dict(zip(map(id, before[head:end]), old, strict=True))
        between = items[head : len(items) - tail]
        fresh = {id(item): self._row(self._new_row(item)) for item in between if id(item) not in kept}
        kept |= fresh
        rows = [kept[id(item)] for item in between]
        self.rows = [*self.rows[:head], *rows, *self.rows[end:]]
        gone = {row.key for row in old}.difference(row.key for row in rows)
        for key in gone:
            del self._by_key[key]
        self._by_key.update((row.key, row) for row in rows)
        return frozenset(row.key for row in fresh.values()) | gone

    def _new_row(self, item: object) -> EntryRow:
        made = None if self._ahead is None else self._ahead.entry_of(item)
        return EntryRow(made or self._make(item), self.cell)

    def _row(self, new: EntryRow) -> EntryRow:
        """Return the row that stays for the key of a new one, with the entry of that."""
        row = self._by_key.get(new.key, new)
        row.entry = new.entry
        return row


_ENTRY = attrgetter("entry")


def _text(cell: str | Cell) -> str:
    return cell.text if isinstance(cell, Cell) else cell
