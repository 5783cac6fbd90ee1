"""The read side: records, Proxmox's inventory, and operations joined into the rows that lists and JSON show.

Pure: it is given everything and sends no request. It never hides doubt: unknown values are shown as unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.drift import Compared, drift_in_list
from proximity_tui.core.doctrine.observation.identity import UNSETTLED_LOCKS
from proximity_tui.core.doctrine.observation.match_row import follow
from proximity_tui.core.model import (
    Container,
    Guest,
    Inventory,
    NodeStatus,
    Operation,
    OperationStatus,
    PortMapping,
    Presence,
    State,
    Status,
)

UNMANAGED = "unmanaged"

NOTHING_KNOWN: Mapping[int, Compared] = MappingProxyType({})
"""No container was ever compared with a clinical record."""

SECOND_LOOK_DUE = "missing? a second look has to confirm it"

STALE_AFTER = 30.0
"""Seconds after which a live value is shown as old. Proxmox itself renews it every 10 s."""


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
    guest: Guest | None = None
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


def managed_rows(
    containers: Iterable[Container],
    inventories: Mapping[str, Inventory],
    operations: Iterable[Operation],
    unreachable: Mapping[str, str],
    compared: Mapping[int, Compared] = NOTHING_KNOWN,
) -> list[FleetRow]:
    """Return a row per record. `unreachable` maps a cluster to the sentence that says why it does not answer now,
    `compared` maps the id of a record to what is known of its drift.
    """
    by_id = {operation.id: operation for operation in operations}
    rows = [_managed(container, inventories, by_id, unreachable) for container in containers]
    return [_with_drift(row, inventories.get(row.cluster), compared.get(row.id or 0)) for row in rows]


def unmanaged_rows(inventories: Mapping[str, Inventory], containers: Iterable[Container]) -> list[FleetRow]:
    """Return a row per LXC guest without a record: what adoption offers. Templates and VMs are left out."""
    known = {(container.cluster, container.vmid) for container in containers}
    return [
        _unmanaged(guest, inventory)
        for inventory in inventories.values()
        for guest in inventory.guests.values()
        if guest.is_container and not guest.template and (inventory.cluster, guest.vmid) not in known
    ]


def order(rows: Iterable[FleetRow]) -> list[FleetRow]:
    """Return the rows in order: those that need a person first, then by cluster and VMID."""
    return sorted(rows, key=lambda row: (not row.needs_a_person, row.cluster, row.vmid or 0, row.name))


def _managed(
    container: Container,
    inventories: Mapping[str, Inventory],
    operations: Mapping[int, Operation],
    unreachable: Mapping[str, str],
) -> FleetRow:
    inventory = inventories.get(container.cluster)
    silent = unreachable.get(container.cluster)
    guest = inventory.guests.get(container.vmid or 0) if inventory else None
    status, presence, reason = container.status, container.presence, container.presence_reason
    unreadable = inventory.why_unreadable(container.vmid) if inventory is not None else None
    if silent is not None:
        status, presence, reason = Status.UNKNOWN, _doubt(presence), silent
    elif unreadable is not None:
        status, presence, reason = Status.UNKNOWN, _doubt(presence), unreadable
    elif inventory is not None and guest is not None and inventory.node_status(guest.node) == NodeStatus.OFFLINE:
        status, presence, reason = Status.UNKNOWN, _doubt(presence), f"node {guest.node} is offline"
    elif inventory is not None and guest is not None and guest.is_container and presence is Presence.PRESENT:
        status = follow(container, inventory).status
    if presence is not Presence.PRESENT:
        status = Status.UNKNOWN
    by_record = reason is container.presence_reason
    missing = by_record and container.awaits_second_look
    return FleetRow(
        id=container.id,
        cluster=container.cluster,
        vmid=container.vmid,
        name=container.name,
        kind=container.kind.value,
        node=container.node,
        state=container.state,
        status=status,
        presence=presence,
        reason=SECOND_LOOK_DUE if missing else reason,
        observed_at=container.observed_at,
        ports=container.ports,
        last_error=container.last_error,
        operation=operations.get(container.operation) if container.operation is not None else None,
        tags=container.tags,
        lock=container.lock,
        template=container.template,
        missing=missing,
        unsettled=by_record and presence is Presence.UNKNOWN and container.lock in UNSETTLED_LOCKS,
        guest=guest if silent is None else None,
        container=container,
    )


def _with_drift(row: FleetRow, inventory: Inventory | None, known: Compared | None) -> FleetRow:
    """Return the row with its drift, if the guest that answers now is the recorded one; another guest has none."""
    if known is None or inventory is None or row.guest is None or row.presence is not Presence.PRESENT:
        return row
    changed = drift_in_list(known, row.guest, inventory.taken_at)
    return row if changed is None else replace(row, drift=len(changed))


def _doubt(presence: Presence) -> Presence:
    """Return the presence under a silent cluster: a present guest becomes unknown; a verdict stays."""
    return Presence.UNKNOWN if presence is Presence.PRESENT else presence


def _unmanaged(guest: Guest, inventory: Inventory) -> FleetRow:
    offline = inventory.node_status(guest.node) == NodeStatus.OFFLINE
    return FleetRow(
        cluster=inventory.cluster,
        vmid=guest.vmid,
        name=guest.display_name,
        kind=UNMANAGED,
        node=guest.node,
        state=None,
        status=Status.UNKNOWN if offline else guest.status,
        presence=Presence.UNKNOWN if offline else Presence.PRESENT,
        reason=f"node {guest.node} is offline" if offline else None,
        observed_at=inventory.taken_at,
        tags=guest.tags,
        lock=guest.lock,
        template=bool(guest.template),
        guest=guest,
    )
