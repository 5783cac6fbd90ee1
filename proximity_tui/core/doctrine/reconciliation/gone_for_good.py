"""The ends of alerts about what is gone for good: a node that left its cluster, a storage that was taken out of the
configuration.

Pure. That something is not listed any more proves nothing (law 2): a cluster with a quorum has to say that it is none
of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from proximity_tui.core.model import Inventory, Quorum
from proximity_tui.core.model.alert import Alert, AlertKind
from proximity_tui.core.model.guests_by_node import guests_on

OF_STORAGES = (AlertKind.STORAGE_UNAVAILABLE, AlertKind.STORAGE_FULL)
"""The kinds of alerts about a storage."""

OF_NODES = (AlertKind.NODE_OFFLINE, *OF_STORAGES, AlertKind.CERTIFICATE_EXPIRES, AlertKind.BACKUP_FAILED)
"""The kinds of alerts about a node, or about what may stand on one node alone."""


def why_left(alert: Alert, inventory: Inventory) -> str | None:
    """Return why an alert is over because all its nodes left the cluster; None where one may be of it still, or has
    guests. The failed backup of a guest is not over with the node that it failed on.
    """
    nodes, quorum = nodes_of(alert), inventory.quorum
    if not nodes or any(node in inventory.nodes or not _has_lost(quorum, node) for node in nodes):
        return None
    if guest_of(alert) is not None or not inventory.complete:
        return None
    if guests_on(inventory.guests, nodes):
        return None
    left = "is no node" if len(nodes) == 1 else "are no nodes"
    return f"{', '.join(sorted(nodes))} {left} of {inventory.cluster} any more"


def left_nodes(alerts: Iterable[Alert], quorum: Quorum) -> frozenset[str]:
    """Return the nodes of these alerts that left the cluster."""
    return frozenset(node for alert in alerts for node in nodes_of(alert) if _has_lost(quorum, node))


def _has_lost(quorum: Quorum, node: str) -> bool:
    """Return whether a cluster with a quorum says that a node is none of its own any more."""
    return quorum.quorate is True and bool(quorum.members) and node not in quorum.members


def nodes_of(alert: Alert) -> frozenset[str]:
    """Return the nodes that an alert is about; none where it does not say."""
    named = alert.evidence.get("nodes") or [alert.evidence.get("node")]
    return frozenset(one for one in named if isinstance(one, str)) if isinstance(named, list) else frozenset()


def storage_of(alert: Alert) -> str | None:
    """Return the storage that an alert is about; None where it is about none."""
    named = alert.evidence.get("storage") if alert.kind in OF_STORAGES else None
    return named if isinstance(named, str) else None


def guest_of(alert: Alert) -> str | None:
    """Return the VMID whose backup failed, as its task names it; None where the alert is about something else, such as
    a job over many guests.
    """
    named = alert.evidence.get("vmid") if alert.kind == AlertKind.BACKUP_FAILED else None
    return None if named is None else str(named)
