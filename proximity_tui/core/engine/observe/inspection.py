"""The inspection: the facts about one guest right now, or the reason why nothing certain is known.

Every plan and every destructive step starts here. It reads and never writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from proximity_tui.core.base.text import quoted
from proximity_tui.core.doctrine.observation.privileges import AUDIT, why_unlisted
from proximity_tui.core.doctrine.reconciliation.preconditions import check_cluster_quorum
from proximity_tui.core.model import (
    ClinicalRecord,
    Container,
    Guest,
    GuestDetail,
    GuestLookup,
    GuestNotSeen,
    Inventory,
    NodeStatus,
    Presence,
)
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import Denied, GuestNotFound, ProxmoxError

if TYPE_CHECKING:
    from proximity_tui.core.model import Plan

ReadGuest = Callable[[int, str], GuestDetail]
"""A reading of the guest at a VMID on a node. Raises ProxmoxError."""

PATIENCE = 60.0
"""Seconds for one inspection, however many requests it takes (law 10)."""

_MOVES = "it is moving between nodes: try again"

_SERVERS_IN_TURN = "several servers of the cluster answered in turn: try again"

_MOVES_TOLERATED = 2
"""How often a guest may turn out to have moved meanwhile, before the inspection is given up."""


def inspect_container(
    clients: Mapping[str, PveClient], container: Container, *, backups: bool = False
) -> GuestLookup | None:
    """Return a fresh close inspection of the guest of a record; None for a record without a VMID or a configured
    cluster.
    """
    client = clients.get(container.cluster)
    if container.vmid is None or client is None:
        return None
    return inspect_guest(client, container.vmid, backups=backups, home=container.node)


def inspect_guest(
    client: PveClient,
    vmid: int,
    *,
    backups: bool = False,
    node: str | None = None,
    home: str | None = None,
    inventory: Inventory | None = None,
    read: ReadGuest | None = None,
) -> GuestLookup:
    """Return what is at a VMID, or why nothing certain can be said of it.

    The guest is looked for on `node` first where it was seen before, else where the list of guests says. Whoever
    inspects many may hand in an `inventory` that was just taken, and whoever needs less (or more) than
    `client.inspect` tells, a `read` of his own. Where `home`, the node of its record, is given and not listed, it is
    not absent. Nothing of Proxmox's is raised: an outage is a
    GuestNotSeen of presence `unknown`, because a miss is not a proof (law 2); so is an inspection that takes longer
    than `PATIENCE`. Where another URL came to be preferred meanwhile, it is inspected once more: what two servers say
    is no inspection.
    """
    read, url = read or partial(client.inspect, backups=backups), client.url
    with client.within(PATIENCE):
        seen = _inspect(client, vmid, node, inventory, read, home)
        if client.url == url:
            return seen
        url, seen = client.url, _inspect(client, vmid, node, None, read, home)
        in_turn = GuestNotSeen(client.cluster, vmid, client.now(), Presence.UNKNOWN, _SERVERS_IN_TURN)
        return seen if client.url == url else in_turn


def _inspect(
    client: PveClient, vmid: int, node: str | None, inventory: Inventory | None, read: ReadGuest, home: str | None
) -> GuestLookup:
    try:
        seen = None if node is None else _inspect_on(read, vmid, node)
        return seen or _inspect_listed(client, vmid, inventory or client.guest_list(kept=True), read, home)
    except Denied as error:
        return GuestNotSeen(client.cluster, vmid, client.now(), Presence.HIDDEN, error.sentence)
    except ProxmoxError as error:
        return GuestNotSeen(client.cluster, vmid, client.now(), Presence.UNKNOWN, error.sentence)


def inspect_and_capture(client: PveClient, agreed: Plan) -> tuple[GuestLookup, ClinicalRecord | None]:
    """Return the guest of a plan as it is now, wherever it has moved, and its clinical record from the same reading;
    None where it was not seen.
    """
    captured: list[ClinicalRecord] = []

    def read(vmid: int, node: str) -> GuestDetail:
        seen, record = client.inspect_and_capture(vmid, node, agreed.digest)
        captured.append(record)
        return seen

    lookup = inspect_guest(client, int(agreed.vmid or 0), node=agreed.node, read=read)
    return lookup, captured[-1] if captured else None


def _inspect_listed(
    client: PveClient, vmid: int, inventory: Inventory, read: ReadGuest, home: str | None
) -> GuestLookup:
    node = ""
    for _ in range(_MOVES_TOLERATED):
        guest = inventory.guests.get(vmid)
        if guest is None:
            return _explain_absence(client, inventory, vmid, home)
        unreadable = _unreadable(inventory, guest)
        if unreadable:
            return unreadable
        seen = _inspect_on(read, vmid, guest.node)
        if seen is not None:
            return _with_list_facts(seen, guest)
        node, inventory = guest.node, client.guest_list()
    reason = _MOVES if node in inventory.nodes else f"its node {node} is not a node of the cluster any more"
    return _missing(inventory, vmid, Presence.UNKNOWN, reason)


def _inspect_on(read: ReadGuest, vmid: int, node: str) -> GuestDetail | None:
    """Return the guest as it is on a node; None where it is not there."""
    try:
        return read(vmid, node)
    except GuestNotFound:
        return None


def _unreadable(inventory: Inventory, guest: Guest) -> GuestNotSeen | None:
    if not guest.is_container:
        reason = f"VMID {guest.vmid} is the virtual machine {quoted(guest.display_name)} on {guest.node}"
        return _missing(inventory, guest.vmid, Presence.REPLACED, reason)
    if inventory.node_status(guest.node) == NodeStatus.OFFLINE:
        return _missing(inventory, guest.vmid, Presence.UNKNOWN, inventory.why_offline(guest.node))
    return None


def _explain_absence(client: PveClient, inventory: Inventory, vmid: int, home: str | None) -> GuestNotSeen:
    """Return the result of the rungs below the fifth of the ladder for one VMID that the list does not have."""
    unreadable = inventory.why_unreadable(vmid)
    if unreadable is not None:
        return _missing(inventory, vmid, Presence.UNKNOWN, unreadable)
    if not inventory.complete:
        reason = f"the list was not complete: {'; '.join(inventory.reasons)}"
        return _missing(inventory, vmid, Presence.UNKNOWN, reason)
    if blocked := check_cluster_quorum(client.quorum()):
        return _missing(inventory, vmid, Presence.UNKNOWN, f"nothing may be concluded: {blocked.why}")
    if not client.is_free(vmid):
        audit = _may_see(client, vmid)
        presence = Presence.UNKNOWN if audit else Presence.HIDDEN
        return replace(_missing(inventory, vmid, presence, why_unlisted(vmid, audit)), exists=True)
    if (why_unknown := inventory.why_not_gone(home)) is not None:
        return _missing(inventory, vmid, Presence.UNKNOWN, why_unknown)
    return _missing(
        inventory, vmid, Presence.ABSENT, "a complete list does not have it and Proxmox says its VMID is free"
    )


def _may_see(client: PveClient, vmid: int) -> bool | None:
    path = f"/vms/{vmid}"
    try:
        return AUDIT in client.permissions(path).get(path, ())
    except ProxmoxError:
        return None


def _missing(inventory: Inventory, vmid: int, presence: Presence, reason: str) -> GuestNotSeen:
    return GuestNotSeen(inventory.cluster, vmid, inventory.taken_at, presence, reason)


def _with_list_facts(seen: GuestDetail, guest: Guest) -> GuestDetail:
    """Return the inspection merged with the list, which also reports HA and locks: the more cautious answer counts."""
    return replace(seen, ha_state=seen.ha_state or guest.hastate, lock=seen.lock or guest.lock)
