"""One row of a list, and the order of rows. A row has no figures: they change with every list, and are looked up there
when they are drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Container, Operation, OperationStatus, PortMapping, Presence, State, Status

UNMANAGED = "unmanaged"

STALE_AFTER = 30.0
"""Seconds after which a live value is shown as old. Proxmox itself renews it every 10 s."""

Place = tuple[bool, str, int, str, str]
"""The place of a row among others: what needs a person first, then by cluster and VMID."""


@value_object
class FleetRow:
    """One line of a list: a container with its guest, or an unmanaged guest (`id` and `state` are None then)."""

    cluster: str
    vmid: int | None
    name: str
    kind: str
    node: str | None
    state: State | None
    status: Status
    presence: Presence
    id: int | None = None
    reason: str | None = None
    """Why the status or presence is what it is, when that needs saying: `node pve2 is offline`."""
    observed_at: datetime | None = None
    """When the guest was seen, as the record remembers; a list that names it may be younger (`listed`)."""
    ports: tuple[PortMapping, ...] = ()
    drift: int | None = None
    """How many settings differ from the clinical record, by all that is known without asking; None where there is
    nothing to compare with, or no answer to compare."""
    last_error: str | None = None
    operation: Operation | None = None
    tags: tuple[str, ...] = ()
    lock: str | None = None
    template: bool = False
    missing: bool = False
    """Whether a second look is due that has to confirm that its guest is gone: `reason` says no more than that."""
    unsettled: bool = False
    """Whether it is the lock that is waited for: `reason` tells of it."""
    listed: bool = False
    """Whether the last list of its cluster, which answers, names a guest at its VMID: that has the figures."""
    pool: str | None = None
    container: Container | None = None

    @property
    def key(self) -> str:
        """The identity of the row, whatever line it stands on: cursor and marks use it."""
        return f"c{self.id}" if self.id is not None else f"{self.cluster}/{self.vmid}"

    @property
    def needs_a_person(self) -> bool:
        """True when a person should look at it first."""
        parked = self.operation is not None and self.operation.status is OperationStatus.INTERRUPTED
        missing = self.container is not None and self.container.missing_since is not None
        remains = self.container is not None and self.container.half_destroyed_since is not None
        doubtful = missing or remains or self.presence in (Presence.REPLACED, Presence.HIDDEN, Presence.ABSENT)
        return parked or doubtful or self.state is State.ERROR or self.last_error is not None

    @property
    def place(self) -> Place:
        """The key by which rows are ordered; no two rows have the same."""
        return (not self.needs_a_person, self.cluster, self.vmid or 0, self.name, self.key)


def order(rows: Iterable[FleetRow]) -> list[FleetRow]:
    """Return the rows in order: those that need a person first, then by cluster and VMID."""
    return sorted(rows, key=lambda row: row.place)
