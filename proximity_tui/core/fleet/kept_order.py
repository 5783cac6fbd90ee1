"""Rows that are kept in their order, and counted, while single ones change. It knows nothing of what they say."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Generic

from proximity_tui.core.fleet.counts import CountKey, count_key
from proximity_tui.core.fleet.row import AnyRow, RowPlace

MANY = 4
"""Where more than one row in so many changes, all are sorted at once: that is cheaper than one by one."""


class KeptOrder(Generic[AnyRow]):
    """Rows by key, and in order. A row that did not change is the same object as before."""

    def __init__(self) -> None:
        self._by_key: dict[str, AnyRow] = {}
        self._rows: list[AnyRow] = []
        self._places: list[RowPlace] = []
        self._shown: tuple[AnyRow, ...] | None = ()
        self.counts: Counter[CountKey] = Counter()
        """The number of rows of each sort."""

    @property
    def rows(self) -> tuple[AnyRow, ...]:
        """All rows in order: the same object until one changes."""
        if self._shown is None:
            self._shown = tuple(self._rows)
        return self._shown

    @property
    def by_key(self) -> Mapping[str, AnyRow]:
        """All rows by key, in no order."""
        return self._by_key

    def change(self, changed: Iterable[AnyRow], gone: Iterable[str] = ()) -> bool:
        """Put these rows where they belong, and remove those with the keys in `gone`; one that equals the present row
        changes nothing. Return whether any did.
        """
        known = self._by_key
        fresh = {row.key: row for row in changed if known.get(row.key) != row}
        removed = [known[key] for key in gone if key in known]
        if not fresh and not removed:
            return False
        self._shown = None
        self.counts.subtract(count_key(known[key]) for key in fresh if key in known)
        self.counts.subtract(map(count_key, removed))
        self.counts.update(map(count_key, fresh.values()))
        if MANY * (len(fresh) + len(removed)) > len(known):
            self._sort_all(fresh, removed)
        else:
            for row in removed:
                self._take_out(row)
            for row in fresh.values():
                self._put(row)
        return True

    def _sort_all(self, fresh: Mapping[str, AnyRow], removed: Iterable[AnyRow]) -> None:
        for row in removed:
            del self._by_key[row.key]
        self._by_key |= fresh
        placed = sorted((row.place, row) for row in self._by_key.values())
        self._places = [place for place, _ in placed]
        self._rows = [row for _, row in placed]

    def _take_out(self, row: AnyRow) -> None:
        at = bisect_left(self._places, row.place)
        del self._places[at], self._rows[at], self._by_key[row.key]

    def _put(self, row: AnyRow) -> None:
        before = self._by_key.get(row.key)
        if before is not None and before.place != row.place:
            self._take_out(before)
            before = None
        at = bisect_left(self._places, row.place)
        if before is None:
            self._places.insert(at, row.place)
            self._rows.insert(at, row)
        else:
            self._rows[at] = row
        self._by_key[row.key] = row
