"""Is it still the cluster that we know? A name and an address in a settings file prove nothing; its root CA does.

Of another cluster nothing is believed until a person accepts it, by acknowledging the alert that says so.
"""

from __future__ import annotations

from proximity_tui.core.engine.report import Fence
from proximity_tui.core.signals import AlertKind, Severity
from proximity_tui.core.store import alerts, clusters


def known(cluster: str, fence: Fence, *, dry_run: bool) -> str | None:
    """The root CA by which we know a cluster, or None while we do not. What a person accepted counts from here on."""
    alert = alerts.unresolved(_key(cluster))
    if alert is None or alert.acknowledged is None or dry_run:
        return clusters.known_identity(cluster)
    with fence():
        known = clusters.remember(cluster, alert.evidence["identity"], replace=True)
        alerts.resolve(_key(cluster), f"accepted by {alert.acknowledged.by}")
    return known


def doubted(cluster: str) -> bool:
    """Whether another cluster answered last time."""
    return alerts.unresolved(_key(cluster)) is not None


def learn(cluster: str, identity: str) -> None:
    """Remember the root CA of a cluster that was met for the first time."""
    if clusters.known_identity(cluster) is None:
        clusters.remember(cluster, identity)


def differs(cluster: str, identity: str, reason: str) -> None:
    """Raise the alert that asks a person whether this is still the cluster."""
    alerts.raise_alert(
        AlertKind.CLUSTER_CHANGED,
        Severity.RED,
        cluster=cluster,
        message=f"{reason}; nothing is believed of it. Acknowledge this only to accept it as {cluster} from now on",
        evidence={"identity": identity, "known": clusters.known_identity(cluster)},
        notify=True,
    )


def agrees(cluster: str) -> None:
    """It is the one we know: whatever was asked is answered."""
    alerts.resolve(_key(cluster), "the cluster that we know answers again")


def _key(cluster: str) -> str:
    return alerts.key_of(AlertKind.CLUSTER_CHANGED, cluster=cluster)
