"""Containers that reappeared: offered by an alert, recognised by their fingerprint, never taken automatically.

A container restored under another VMID is another guest to Proxmox; then it can only be adopted, and the alert says so.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.observation.judge import judge
from proximity_tui.core.engine.observe.reader import Reader
from proximity_tui.core.engine.reconcile.report import WriteScope
from proximity_tui.core.model import ClosedReason, Container, Guest, Inventory, Match
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.errors import LostLease, StoreError
from proximity_tui.core.store.records import records

MOST_INSPECTIONS = 5
"""How many guests are compared with tombstones per run; a guest that was offered is not compared again."""

Pair = tuple[Container, Guest]


def about_returned(reader: Reader, inventory: Inventory, write_scope: WriteScope, errors: list[str]) -> None:
    """Raise an alert for each tombstone whose guest is listed again, and resolve it when that is over."""
    pairs = _candidates(inventory)
    offered = _offered(inventory.cluster)
    try:
        if inventory.complete and not inventory.set_aside:
            _resolve_what_is_over(offered, {tombstone.id for tombstone, _ in pairs}, write_scope)
        for tombstone, guest in [pair for pair in pairs if pair[0].id not in offered][:MOST_INSPECTIONS]:
            if _is_back(reader, tombstone, guest):
                with write_scope():
                    _offer(tombstone, guest)
    except LostLease:
        raise
    except StoreError as error:
        errors.append(f"reappeared containers: {error}")


def _candidates(inventory: Inventory) -> list[Pair]:
    """Return the pairs of vanished record and unmanaged guest that may be the same: by VMID, or else by name."""
    vanished = [one for one in records.tombstones(inventory.cluster) if one.closed_reason == ClosedReason.VANISHED]
    if not vanished:
        return []
    unmanaged = [inventory.guests[vmid] for vmid in inventory.guests.keys() - records.vmids(inventory.cluster)]
    unmanaged = sorted((one for one in unmanaged if one.is_container), key=lambda one: one.vmid)
    by_vmid = {one.vmid: one for one in unmanaged}
    by_name = {one.name: one for one in unmanaged if one.name}
    pairs = [(one, by_vmid.get(one.vmid or 0) or by_name.get(one.name)) for one in vanished]
    return [(one, guest) for one, guest in pairs if guest is not None]


def _offered(cluster: str) -> dict[int, list[int]]:
    """Return the open alerts by the tombstone that they are about."""
    found: dict[int, list[int]] = {}
    for alert in alerts.open_of_kinds((AlertKind.RETURNED, AlertKind.REAPPEARED), cluster):
        if alert.container is not None:
            found.setdefault(alert.container, []).append(alert.id)
    return found


def _resolve_what_is_over(offered: dict[int, list[int]], listed: set[int], write_scope: WriteScope) -> None:
    over = [alert for tombstone, waiting in offered.items() if tombstone not in listed for alert in waiting]
    if over:
        with write_scope():
            for alert in over:
                alerts.resolve(alert, "it is managed again, or gone again")


def _is_back(reader: Reader, tombstone: Container, guest: Guest) -> bool:
    try:
        seen = reader.config(guest.vmid, guest.node)
    except ProxmoxError:
        return False
    return judge(tombstone, seen, seen.taken_at).match is Match.SAME


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
        evidence={"tombstone": tombstone.id, "closed_at": tombstone.closed_at, "node": guest.node},
    )
    for alert in alerts.for_container(tombstone.id):
        if alert.kind == AlertKind.ANOMALOUS_ORPHAN:
            alerts.merge_evidence(alert.id, {"returned": f"CT {guest.vmid} on {guest.node}"})
