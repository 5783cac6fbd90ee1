"""The close inspection: the facts about one guest right now, or the reason why nothing certain is known.

Every plan and every destructive step starts here. It reads and never writes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from proximity_tui.core.doctrine.observation.granting import AUDIT, why_unlisted
from proximity_tui.core.doctrine.reconciliation.preconditions import check_cluster_quorum
from proximity_tui.core.model import Guest, GuestDetail, GuestLookup, GuestNotSeen, Inventory, NodeStatus, Presence
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import Denied, GuestNotFound, ProxmoxError

PATIENCE = 60.0
"""Seconds for one look, however many requests it takes (law 10)."""

_MOVES_TOLERATED = 2
"""How often a guest may turn out to have moved while we look, before the look is given up."""


def inspect_guest(
    client: PveClient, vmid: int, *, backups: bool = False, inventory: Inventory | None = None
) -> GuestLookup:
    """Return a close inspection whose status and config belong together; see `_look`. A caller that inspects many
    guests may give an `inventory` that was just taken.
    """
    return _look(client, vmid, lambda node: client.observe(vmid, node, backups=backups), inventory)


def last_look(client: PveClient, vmid: int) -> GuestLookup:
    """Return the close inspection right before a write, with the config read by the last request
    (law 3); see `_look`.
    """
    return _look(client, vmid, lambda node: client.last_look(vmid, node))


def _look(
    client: PveClient, vmid: int, read: Callable[[str], GuestDetail], inventory: Inventory | None = None
) -> GuestLookup:
    """Return what is seen at `vmid`: a GuestDetail, or a GuestNotSeen with its presence and reason. Raises no
    ProxmoxError: an outage is a GuestNotSeen with presence `unknown`, because a miss is not a proof (law 2); so is an
    inspection that takes longer than `PATIENCE`.
    """
    with client.within(PATIENCE):
        return _look_within(client, vmid, read, inventory)


def _look_within(
    client: PveClient, vmid: int, read: Callable[[str], GuestDetail], inventory: Inventory | None
) -> GuestLookup:
    try:
        inventory = inventory or client.inventory()
        for _ in range(_MOVES_TOLERATED):
            guest = inventory.guests.get(vmid)
            if guest is None:
                return _explain_absence(client, inventory, vmid)
            unreadable = _unreadable(inventory, guest)
            if unreadable:
                return unreadable
            try:
                seen = read(guest.node)
            except GuestNotFound:
                inventory = client.inventory()
                continue
            return _with_list_facts(seen, guest)
        return _missing(inventory, vmid, Presence.UNKNOWN, "it moves between nodes right now: look again")
    except Denied as error:
        return GuestNotSeen(client.cluster, vmid, client.now(), Presence.HIDDEN, error.sentence)
    except ProxmoxError as error:
        return GuestNotSeen(client.cluster, vmid, client.now(), Presence.UNKNOWN, error.sentence)


def _unreadable(inventory: Inventory, guest: Guest) -> GuestNotSeen | None:
    if guest.type != "lxc":
        reason = f"VMID {guest.vmid} is the virtual machine {guest.display_name} on {guest.node}"
        return _missing(inventory, guest.vmid, Presence.REPLACED, reason)
    if inventory.node_status(guest.node) == NodeStatus.OFFLINE:
        return _missing(inventory, guest.vmid, Presence.UNKNOWN, f"node {guest.node} is offline")
    return None


def _explain_absence(client: PveClient, inventory: Inventory, vmid: int) -> GuestNotSeen:
    """Return the result of rungs 1 and 4 of the ladder for one VMID that the list does not have."""
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
