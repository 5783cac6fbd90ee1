"""What has to be known before a container is moved to another node. It reads and never writes."""

from __future__ import annotations

from proximity_tui.core.doctrine.actions.changing.migration import TargetFacts
from proximity_tui.core.model import GuestDetail, NodeStatus
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError


def read_target(client: PveClient, seen: GuestDetail, target: str) -> TargetFacts:
    """Return what a move of the guest to the node `target` meets. A node that does not answer is asked nothing more."""
    status = next((node.status for node in client.nodes() if node.name == target), NodeStatus.UNKNOWN)
    if status is not NodeStatus.ONLINE or target == seen.node:
        return TargetFacts(target, status)
    answer = client.migration(seen.vmid, seen.node, target)
    shared = frozenset(storage.name for storage in client.storages(seen.node) if storage.shared)
    try:
        free = {storage.name: storage.available for storage in client.storages(target) if storage.active}
    except ProxmoxError as error:
        return TargetFacts(target, status, answer.allowed, answer.blocked, shared, None, error.sentence)
    return TargetFacts(target, status, answer.allowed, answer.blocked, shared, frozenset(free), free=free)
