"""The rows of the guests without a record, kept in order by what may be done with them: adopted, or nothing at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from proximity_tui.core.fleet.counts import CountKey
from proximity_tui.core.fleet.kept_order import KeptOrder
from proximity_tui.core.fleet.row import FleetRow, GuestKind, ReadOnlyRow

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
    return [f"{cluster}/{vmid}" for (cluster, vmid), row in found.items() if row is None or row.kind != kind]
