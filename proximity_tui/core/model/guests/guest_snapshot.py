"""The snapshots of a guest, as Proxmox lists them."""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.guests.guest_detail import GuestDetail


@value_object
class Snapshot:
    """One snapshot. A field that could not be read is None, and `unknown` says why."""

    name: str
    at: datetime | None = None
    """When it was taken, by the clock of its node."""
    note: str | None = ""
    """Its description as one line; empty where it has none."""
    parent: str | None = None
    """The snapshot before it; None for the first one."""
    state: str | None = None
    """`prepare` or `delete` while it is being taken or removed, or where that failed half way; else None."""
    unknown: tuple[str, ...] = ()


@value_object
class SnapshotList:
    """One reading of the snapshots of a guest, oldest first."""

    taken_at: datetime
    snapshots: tuple[Snapshot, ...]
    parent: str | None
    """The snapshot that the guest is at: the one taken last, or rolled back to last. None where there is none."""
    digest: str | None
    """The digest of the config that they stand in; None where it was not listed."""
    gaps: tuple[str, ...] = ()
    """Why there may be more snapshots than listed: rows that could not be read."""

    def find(self, name: str) -> Snapshot | None:
        """Return the snapshot of that name, else None."""
        return next((one for one in self.snapshots if one.name == name), None)


@value_object
class GuestSnapshots:
    """A guest that was just inspected, and its snapshots, read right after."""

    seen: GuestDetail
    listed: SnapshotList
    possible: bool | None
    """Whether Proxmox can take a snapshot of all its volumes; None where that could not be read."""
    why_unknown: str = ""
    """Why that could not be read."""
