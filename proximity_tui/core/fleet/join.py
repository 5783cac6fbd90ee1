"""The joining of a record with its guest, its operation and its drift into one row. It never hides doubt: what is
unknown is shown as unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from proximity_tui.core.doctrine.observation.as_recorded import is_as_recorded
from proximity_tui.core.doctrine.observation.config_drift import Compared, drift_in_list
from proximity_tui.core.doctrine.observation.identity import UNSETTLED_LOCKS
from proximity_tui.core.doctrine.observation.judge import LIST_AGE, ComparableRow
from proximity_tui.core.doctrine.observation.match_row import follow, list_is_older
from proximity_tui.core.doctrine.observation.surroundings import (
    NOTHING_WRONG,
    ObstacleKind,
    Surroundings,
    obstacle_of_node,
    surroundings,
)
from proximity_tui.core.fleet.row import FleetRow, GuestKind, GuestRow, NoAnswer, ReadOnlyRow
from proximity_tui.core.model import Container, Guest, Inventory, NodeStatus, Operation, Presence, Status
from proximity_tui.core.model.guests.guest_list import listed_facts
from proximity_tui.core.model.guests_by_node import guests_on

NOTHING_KNOWN: Mapping[int, Compared] = MappingProxyType({})
"""No container was ever compared with a clinical record."""

SECOND_LIST_DUE = "not in the last list; a second list must confirm it"


def managed_rows(
    containers: Iterable[Container],
    inventories: Mapping[str, Inventory],
    operations: Iterable[Operation],
    unreachable: Mapping[str, str],
    compared: Mapping[int, Compared] = NOTHING_KNOWN,
    storage_used: float = 1.0,
) -> list[FleetRow]:
    """Return a row per record. `unreachable` maps a cluster to the sentence that says why it does not answer now,
    `compared` maps the id of a record to what is known of its drift; a storage of which a larger share than
    `storage_used` is used counts as full.
    """
    by_id = {operation.id: operation for operation in operations}
    around = {name: surroundings(inventory, storage_used) for name, inventory in inventories.items()}
    return [
        managed_row(
            one,
            inventories.get(one.cluster),
            _no_answer(unreachable.get(one.cluster)),
            by_id.get(one.operation or 0),
            compared.get(one.id),
            around.get(one.cluster, NOTHING_WRONG),
        )
        for one in containers
    ]


def unmanaged_rows(inventories: Mapping[str, Inventory], containers: Iterable[Container]) -> list[FleetRow]:
    """Return a row per LXC guest without a record: what adoption offers. Templates and VMs are left out."""
    return [row for row in guest_rows(inventories, containers) if isinstance(row, FleetRow)]


def guest_rows(inventories: Mapping[str, Inventory], containers: Iterable[Container]) -> list[GuestRow]:
    """Return a row per guest without a record: what adoption offers, VMs, and templates of containers."""
    known = {(container.cluster, container.vmid) for container in containers}
    found = (
        guest_row(guest, inventory, None, managed=(inventory.cluster, guest.vmid) in known)
        for inventory in inventories.values()
        for guest in inventory.guests.values()
    )
    return [row for row in found if row is not None]


def managed_row(
    container: Container,
    inventory: Inventory | None,
    silent: NoAnswer | None,
    operation: Operation | None,
    known: Compared | None,
    around: Surroundings = NOTHING_WRONG,
) -> FleetRow:
    """Return the row of a record, by the last list of its cluster. `silent` says why that does not answer now."""
    row = listed_facts(inventory.guests, container.vmid or 0) if inventory else None
    live = _live(container, row, inventory, silent)
    listed = row is not None and silent is None
    return FleetRow(
        id=container.id,
        cluster=container.cluster,
        vmid=container.vmid,
        name=container.name,
        kind=container.kind.value,
        node=container.node,
        state=container.state,
        status=live.status,
        presence=live.presence,
        reason=live.reason,
        reason_kind=live.reason_kind,
        no_answer=live.no_answer,
        observed_at=container.observed_at,
        ports=container.ports,
        addresses=() if known is None else known.addresses,
        drift=_drift(known, row, inventory) if listed and live.presence is Presence.PRESENT else None,
        last_error=container.last_error,
        operation=operation,
        tags=container.tags,
        lock=container.lock,
        template=container.template,
        missing=live.missing,
        unsettled=live.unsettled,
        listed=listed,
        container=container,
        obstacle=None if silent is not None else around.obstacle(container),
    )


def guest_row(
    guest: Guest, inventory: Inventory, seen_before: datetime | None, *, managed: bool
) -> FleetRow | ReadOnlyRow | None:
    """Return the row of a guest without a record; None for a container that is `managed`. A list names the guests of an
    offline node, too, which is not seeing them: these were last seen in the list of `seen_before`.
    """
    kind = kind_of(guest)
    if managed and guest.is_container:
        return None
    offline = obstacle_of_node(inventory, guest.node)
    make = FleetRow if kind is GuestKind.UNMANAGED else ReadOnlyRow
    return make(
        cluster=inventory.cluster,
        vmid=guest.vmid,
        name=guest.display_name,
        kind=kind,
        node=guest.node,
        status=Status.UNKNOWN if offline else guest.status,
        presence=Presence.UNKNOWN if offline else Presence.PRESENT,
        reason=offline.text if offline else None,
        reason_kind=offline.kind if offline else None,
        observed_at=seen_before if offline else inventory.taken_at,
        tags=guest.tags,
        lock=guest.lock,
        template=bool(guest.template),
        listed=True,
        pool=guest.pool,
    )


def kind_of(guest: Guest) -> GuestKind:
    """Return the kind of a guest without a record. Adoption offers the unmanaged ones only."""
    if not guest.is_container:
        return GuestKind.VM
    return GuestKind.TEMPLATE if guest.template else GuestKind.UNMANAGED


def last_seen_online(before: Inventory | None, now: Inventory, known: Mapping[int, datetime]) -> Mapping[int, datetime]:
    """Return, by the VMIDs of the guests whose node is offline `now`, when the last list was read in which it was not:
    that of `before`, or as it was `known` then. A guest of which no such list is known is left out.
    """
    down = {name for name, status in now.node_statuses.items() if status == NodeStatus.OFFLINE}
    if not down or before is None:
        return _NEVER
    found: dict[int, datetime] = {}
    for vmid in guests_on(now.guests, down):
        was = listed_facts(before.guests, vmid)
        if was is None:
            continue
        if before.node_status(was.node) != NodeStatus.OFFLINE:
            found[vmid] = before.taken_at
        elif vmid in known:
            found[vmid] = known[vmid]
    return found


_NEVER: Mapping[int, datetime] = MappingProxyType({})


class _Live(NamedTuple):
    """Status and presence as they are known now, and why; `GuestRow` has the words."""

    status: Status
    presence: Presence
    reason: str | None
    reason_kind: ObstacleKind | None = None
    no_answer: NoAnswer | None = None
    missing: bool = False
    unsettled: bool = False


def _no_answer(sentence: str | None) -> NoAnswer | None:
    return None if sentence is None else NoAnswer(sentence)


def rests_on_time(container: Container, inventory: Inventory | None, known: Compared | None) -> bool:
    """Return whether a later list may change the row of a container although it says the same: what is known of the
    container is about as young as the list, and whoever is younger is believed.
    """
    if inventory is None:
        return False
    seen = container.observed_at
    compared = known is not None and known.at is not None and inventory.taken_at - known.at < LIST_AGE
    return compared or list_is_older(container, inventory) or (seen is not None and seen > inventory.taken_at)


def _live(
    container: Container, row: ComparableRow | None, inventory: Inventory | None, silent: NoAnswer | None
) -> _Live:
    presence = container.presence
    unreadable = inventory.why_unreadable(container.vmid) if inventory is not None else None
    if silent is not None:
        return _Live(Status.UNKNOWN, _doubt(presence), silent.sentence, no_answer=silent)
    if unreadable is not None:
        return _Live(Status.UNKNOWN, _doubt(presence), unreadable)
    if inventory is None or row is None:
        return _with_recorded_presence(container, container.status if presence is Presence.PRESENT else Status.UNKNOWN)
    offline = obstacle_of_node(inventory, row.node)
    if offline is not None:
        return _Live(Status.UNKNOWN, _doubt(presence), offline.text, offline.kind)
    if presence is not Presence.PRESENT:
        return _with_recorded_presence(container, Status.UNKNOWN)
    keeps_status = not row.is_container or is_as_recorded(container, row, inventory.taken_at)
    return _with_recorded_presence(container, container.status if keeps_status else follow(container, inventory).status)


def _with_recorded_presence(container: Container, status: Status) -> _Live:
    """Return a status with presence and reason of the record, which tells what is waited for."""
    missing, presence = container.awaits_second_list, container.presence
    return _Live(
        status,
        presence,
        SECOND_LIST_DUE if missing else container.presence_reason,
        missing=missing,
        unsettled=presence is Presence.UNKNOWN and container.lock in UNSETTLED_LOCKS,
    )


def _drift(known: Compared | None, row: ComparableRow | None, inventory: Inventory | None) -> int | None:
    """Return how many settings differ, of a guest that answers now and is the recorded one; another guest has none."""
    if known is None or row is None or inventory is None:
        return None
    changed = drift_in_list(known, row, inventory.taken_at)
    return None if changed is None else len(changed)


def _doubt(presence: Presence) -> Presence:
    """Return the presence under a silent cluster: a present guest becomes unknown; a verdict stays."""
    return Presence.UNKNOWN if presence is Presence.PRESENT else presence
