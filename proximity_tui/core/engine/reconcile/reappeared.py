"""Containers that reappeared: offered by an alert, recognised by their fingerprint, never taken automatically.

A container restored under another VMID is another guest to Proxmox; then it can only be adopted, and the alert says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from random import sample

from proximity_tui.core.doctrine.observation.identity import compare
from proximity_tui.core.doctrine.observation.judge import judge
from proximity_tui.core.engine.observe.reader import Reader
from proximity_tui.core.engine.reconcile.report import WriteScope
from proximity_tui.core.model import ClosedReason, Container, Guest, Inventory, Match
from proximity_tui.core.model.alert import Alert, AlertKind, Severity
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
    told = {alert.container for alert in offered}
    unknown = [pair for pair in pairs if pair[0].id not in told]
    try:
        if inventory.complete and not inventory.set_aside:
            _resolve_what_is_over(offered, {(tombstone.id, guest.vmid) for tombstone, guest in pairs}, write_scope)
        # By lot: those that are not the same today are not tomorrow, either, and must not keep the others waiting.
        drawn = sample(unknown, min(len(unknown), MOST_INSPECTIONS))
        for tombstone, guest in sorted(drawn, key=lambda pair: (pair[0].id, pair[1].vmid)):
            if _is_back(reader, tombstone, guest):
                with write_scope():
                    _offer(tombstone, guest)
    except LostLease:
        raise
    except StoreError as error:
        errors.append(f"reappeared containers: {error}")


def _candidates(inventory: Inventory) -> list[Pair]:
    """Return the pairs of vanished record and unmanaged guest that may be the same: by VMID or by name."""
    closed = records.tombstones(inventory.cluster)
    vanished = _not_followed(closed)
    if not vanished:
        return []
    released = {one.vmid: one for one in reversed(closed) if one.closed_reason == ClosedReason.FORGOTTEN}
    unmanaged = [inventory.guests[vmid] for vmid in inventory.guests.keys() - records.vmids(inventory.cluster)]
    likely: dict[int | str, list[Guest]] = {}
    for guest in unmanaged:
        keys: tuple[int | str | None, ...] = (guest.vmid, guest.name) if guest.is_container else ()
        for key in keys:
            if key is not None:
                likely.setdefault(key, []).append(guest)
    pairs = {
        (one.id, guest.vmid): (one, guest)
        for one in vanished
        for guest in (*likely.get(one.vmid or 0, ()), *likely.get(one.name, ()))
        if not _was_released(one, released.get(guest.vmid))
    }
    return list(pairs.values())


def _not_followed(closed: Iterable[Container]) -> list[Container]:
    """Return the records that vanished, without those that were taken back since: their successors stand for them."""
    followed = {one.predecessor for one in closed if one.closed_reason != ClosedReason.NEVER_CREATED}
    return [one for one in closed if one.closed_reason == ClosedReason.VANISHED and one.id not in followed]


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


def _resolve_what_is_over(
    offered: Iterable[Alert], listed: Collection[tuple[int, int]], write_scope: WriteScope
) -> None:
    over = [alert for alert in offered if (alert.container, alert.vmid) not in listed]
    if over:
        with write_scope():
            for alert in over:
                alerts.resolve(alert.id, "it is managed again, or gone again")


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
