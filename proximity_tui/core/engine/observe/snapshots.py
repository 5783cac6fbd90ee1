"""The snapshots of a container of ours: who is at its VMID first, then what Proxmox lists of it."""

from __future__ import annotations

from proximity_tui.core.doctrine.guards import checks, refusals
from proximity_tui.core.model import Container, GuestLookup, GuestNotSeen, GuestSnapshots, Refusal
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError


def read_snapshots(client: PveClient, container: Container, lookup: GuestLookup) -> GuestSnapshots | Refusal:
    """Return the snapshots of the guest that was just looked up, or the refusal where that is not the recorded one: the
    snapshots of another guest are not those of the container (law 3). Raises ProxmoxError.
    """
    if isinstance(lookup, GuestNotSeen):
        return refusals.not_seen(container, lookup)
    stranger = checks.check_stranger(container, lookup)
    if stranger:
        return stranger
    listed = client.snapshots(lookup.node, lookup.vmid)
    try:
        return GuestSnapshots(lookup, listed, client.can_snapshot(lookup.node, lookup.vmid))
    except ProxmoxError as error:
        return GuestSnapshots(lookup, listed, None, error.sentence)
