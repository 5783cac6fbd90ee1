"""The alerts that offer containers that reappeared: recognised by their fingerprint, never taken automatically.

A container restored under another VMID is another guest to Proxmox; then it can only be adopted, and the alert says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from proximity_tui.core.doctrine.observation.identity import compare
from proximity_tui.core.doctrine.observation.judge import judge
from proximity_tui.core.doctrine.reconciliation.preconditions import check_cluster_quorum
from proximity_tui.core.engine.observe.reader import Reader
from proximity_tui.core.engine.reconcile.random_sample import draw
from proximity_tui.core.engine.reconcile.report import WriteScope
from proximity_tui.core.model import Container, Guest, Inventory, Match
from proximity_tui.core.model.alert import Alert, AlertKind, Severity
from proximity_tui.core.model.guests.guest_list import lists_container
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.store_errors import LostLease, StoreError
from proximity_tui.core.store.records import records

MOST_INSPECTIONS = 5
"""How many guests are compared with tombstones per run; a tombstone that was offered is not compared again."""

Pair = tuple[Container, Guest]


def about_returned(reader: Reader, inventory: Inventory, write_scope: WriteScope, errors: list[str]) -> None:
    """Raise an alert for each tombstone whose guest is listed again, and resolve it when that is over."""
    pairs = _candidates(inventory)
    offered = _offered(inventory.cluster)
    told = {alert.container for alert in offered}
    unknown: dict[int, list[Pair]] = {}
    for pair in pairs:
        if pair[0].id not in told:
            unknown.setdefault(pair[1].vmid, []).append(pair)
    try:
        if inventory.complete and not inventory.set_aside:
            listed = {(tombstone.id, guest.vmid) for tombstone, guest in pairs}
            over = [alert for alert in offered if (alert.container, alert.vmid) not in listed]
            _resolve(_without_hidden(reader, inventory, over), write_scope)
        for vmid in draw(unknown.keys(), MOST_INSPECTIONS):
            for tombstone, guest in _that_are_back(reader, unknown[vmid]):
                with write_scope():
                    _offer(tombstone, guest)
    except LostLease:
        raise
    except StoreError as error:
        errors.append(f"reappeared containers: {error}")


def _candidates(inventory: Inventory) -> list[Pair]:
    """Return the pairs of vanished record and unmanaged container that may be the same: by VMID or by name. A record
    may be as old as it likes: it is the database that finds those to compare.
    """
    cluster, managed = inventory.cluster, records.vmids(inventory.cluster)
    free = [vmid for vmid in inventory.guests if vmid not in managed and lists_container(inventory.guests, vmid)]
    unmanaged = {vmid: inventory.guests[vmid] for vmid in free}
    if not unmanaged:
        return []
    called: dict[str, list[Guest]] = {}
    for guest in unmanaged.values():
        if guest.name is not None:
            called.setdefault(guest.name, []).append(guest)
    pairs = {
        (one.id, guest.vmid): (one, guest)
        for one in records.vanished(cluster, unmanaged.keys(), called.keys())
        for guest in (*filter(None, (unmanaged.get(one.vmid or 0),)), *called.get(one.name, ()))
    }
    released = records.last_released(cluster, {vmid for _, vmid in pairs})
    return [(one, guest) for one, guest in pairs.values() if not _was_released(one, released.get(guest.vmid))]


def _was_released(vanished: Container, released: Container | None) -> bool:
    """Return whether a person stopped managing the guest of a vanished record since, by its record `released`: then
    there is nothing to offer. A record of another guest at that VMID says nothing.
    """
    if released is None or released.closed_at is None or vanished.closed_at is None:
        return False
    is_other = compare(vanished.fingerprint, released.fingerprint).match is Match.DIFFERENT
    return released.closed_at > vanished.closed_at and not is_other


def _offered(cluster: str) -> tuple[Alert, ...]:
    """Return the open alerts about tombstones."""
    return alerts.open_of_kinds((AlertKind.RETURNED, AlertKind.REAPPEARED), cluster)


def _without_hidden(reader: Reader, inventory: Inventory, over: Sequence[Alert]) -> list[Alert]:
    """Return those of the alerts whose guest is not just hidden: a list that lacks it says nothing where our token may
    not see it, but that its VMID is free does (law 2).
    """
    unlisted = {alert.vmid for alert in over if alert.vmid is not None and alert.vmid not in inventory.guests}
    may_conclude = check_cluster_quorum(inventory.quorum) is None
    asked = draw(unlisted, MOST_INSPECTIONS) if may_conclude else []
    free = {vmid for vmid in asked if _is_free(reader, vmid)}
    return [alert for alert in over if alert.vmid not in unlisted - free]


def _is_free(reader: Reader, vmid: int) -> bool:
    try:
        return reader.is_free(vmid)
    except ProxmoxError:
        return False


def _resolve(over: Iterable[Alert], write_scope: WriteScope) -> None:
    if over:
        with write_scope():
            for alert in over:
                alerts.resolve(alert.id, "it is managed again, or gone again")


def _that_are_back(reader: Reader, pairs: list[Pair]) -> list[Pair]:
    """Return those of the pairs of one guest in which it is the guest of the record, by one reading of its config."""
    guest = pairs[0][1]
    try:
        seen = reader.config(guest.vmid, guest.node)
    except ProxmoxError:
        return []
    return [pair for pair in pairs if judge(pair[0], seen, seen.taken_at).match is Match.SAME]


def _offer(tombstone: Container, guest: Guest) -> None:
    same_place = guest.vmid == tombstone.vmid
    if same_place:
        message = f"{tombstone.name}  CT {guest.vmid} is back with its fingerprint: re-attach it, or leave it unmanaged"
    else:
        message = (
            f"CT {guest.vmid} looks like the former {tombstone.name}  CT {tombstone.vmid}: adopt it if it is the same"
        )
    alerts.raise_alert(
        AlertKind.RETURNED if same_place else AlertKind.REAPPEARED,
        Severity.AMBER,
        cluster=tombstone.cluster,
        vmid=guest.vmid,
        container=tombstone.id,
        name=tombstone.name,
        message=message,
        evidence={
            "tombstone": tombstone.id,
            "former_vmid": tombstone.vmid,
            "closed_at": tombstone.closed_at,
            "node": guest.node,
        },
    )
    for alert in alerts.for_container(tombstone.id):
        if alert.kind == AlertKind.ANOMALOUS_ORPHAN:
            alerts.merge_evidence(alert.id, {"returned": f"CT {guest.vmid} on {guest.node}"})
