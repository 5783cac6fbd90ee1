"""Rows that are kept in their order, and counted, while single ones change: those of the guests without a record by
what may be done with them, adopted or nothing at all.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Generic

from proximity_tui.core.fleet.counts import CountKey, NodeKey, count_key, node_key
from proximity_tui.core.fleet.row import AnyRow, FleetRow, GuestKind, ReadOnlyRow, RowPlace, key_of_guest

MANY = 4
"""Where more than one row in so many changes, all are sorted at once: that is cheaper than one by one."""


class KeptOrder(Generic[AnyRow]):
    """Rows by key, and in order; it knows nothing of what they say. A row that did not change is the same object as
    before.
    """

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
        self._count([*removed, *(known[key] for key in fresh if key in known)], fresh.values())
        if MANY * (len(fresh) + len(removed)) > len(known):
            self._sort_all(fresh, removed)
        else:
            for row in removed:
                self._take_out(row)
            for row in fresh.values():
                self._put(row)
        return True

    def _count(self, past: Collection[AnyRow], fresh: Collection[AnyRow]) -> None:
        self.counts.subtract(map(count_key, past))
        self.counts.update(map(count_key, fresh))

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


class ManagedRows(KeptOrder[FleetRow]):
    """Our containers, which are counted by node, too."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes: Counter[NodeKey] = Counter()
        """The number of rows on each node."""

    def _count(self, past: Collection[FleetRow], fresh: Collection[FleetRow]) -> None:
        super()._count(past, fresh)
        self.nodes.subtract(map(node_key, past))
        self.nodes.update(map(node_key, fresh))


GuestKey = tuple[str, int]
"""A cluster and a VMID."""

FoundRows = Mapping[GuestKey, FleetRow | ReadOnlyRow | None]
"""Guests and their rows; None for one that is not listed, or has a record."""


class GuestRows:
    """What adoption offers, virtual machines, and templates of containers."""

    def __init__(self) -> None:
        self.unmanaged = KeptOrder[FleetRow]()
        self.vms = KeptOrder[ReadOnlyRow]()
        self.templates = KeptOrder[ReadOnlyRow]()

    @property
    def counts(self) -> tuple[Counter[CountKey], ...]:
        """The number of rows of each sort."""
        return self.unmanaged.counts, self.vms.counts, self.templates.counts

    def change(self, found: FoundRows) -> bool:
        """Put each row among those of its kind, and out of the others. Return whether any is different now."""
        rows = [row for row in found.values() if row is not None]
        offered = [row for row in rows if isinstance(row, FleetRow)]
        changed = [self.unmanaged.change(offered, _others(found, GuestKind.UNMANAGED))]
        for kept, kind in ((self.vms, GuestKind.VM), (self.templates, GuestKind.TEMPLATE)):
            untouched = [row for row in rows if isinstance(row, ReadOnlyRow) and row.kind == kind]
            changed.append(kept.change(untouched, _others(found, kind)))
        return any(changed)


def _others(found: FoundRows, kind: GuestKind) -> list[str]:
    """Return the keys of what has no row of this kind."""
    return [key_of_guest(*guest) for guest, row in found.items() if row is None or row.kind != kind]
