"""The identity of a cluster: its root CA decides whether it is still the recorded one, not its name or address.

Nothing is believed of another cluster until a person trusts it again, by its name. Acknowledging the alert only says
that it was seen: that key is pressed out of habit.
"""

from __future__ import annotations

from contextlib import suppress

from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store import clusters
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.store_errors import SameCluster


def doubted(cluster: str) -> bool:
    """Return whether another cluster answered last time."""
    return alerts.unresolved(_key(cluster)) is not None


def learn(cluster: str, identity: str) -> None:
    """Record the root CA of a cluster at the first contact; one that belongs to another name is not recorded."""
    if clusters.known_identity(cluster) is None:
        with suppress(SameCluster):
            clusters.remember(cluster, identity)


def raise_changed(cluster: str, identity: str, reason: str) -> None:
    """Raise the alert that asks a person whether this is still the cluster."""
    alerts.raise_alert(
        AlertKind.CLUSTER_CHANGED,
        Severity.RED,
        cluster=cluster,
        message=f"{reason}; its answers are not used. To accept it: proximity-tui connect --retrust {cluster}",
        evidence={"identity": identity, "known": clusters.known_identity(cluster)},
        notify=True,
    )


def resolve_changed(cluster: str) -> None:
    """Resolve the alert: the cluster is the recorded one."""
    alerts.resolve(_key(cluster), "the recorded cluster answers again")


def _key(cluster: str) -> str:
    return alerts.key_of(AlertKind.CLUSTER_CHANGED, cluster=cluster)
