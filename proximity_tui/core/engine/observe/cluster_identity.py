"""Is it still the cluster that we know? A name and an address in a settings file prove nothing; its root CA does.

Of another cluster nothing is believed until a person trusts it anew, by its name. Acknowledging the alert only says
that it was seen: that key is pressed out of habit.
"""

from __future__ import annotations

from contextlib import suppress

from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store import clusters
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.errors import SameCluster


def known(cluster: str) -> str | None:
    """The root CA by which we know a cluster, or None while we do not."""
    return clusters.known_identity(cluster)


def doubted(cluster: str) -> bool:
    """Whether another cluster answered last time."""
    return alerts.unresolved(_key(cluster)) is not None


def learn(cluster: str, identity: str) -> None:
    """Remember the root CA of a cluster that was met for the first time; one of another name is not remembered."""
    if clusters.known_identity(cluster) is None:
        with suppress(SameCluster):
            clusters.remember(cluster, identity)


def differs(cluster: str, identity: str, reason: str) -> None:
    """Raise the alert that asks a person whether this is still the cluster."""
    alerts.raise_alert(
        AlertKind.CLUSTER_CHANGED,
        Severity.RED,
        cluster=cluster,
        message=f"{reason}; nothing is believed of it. To accept it: proximity-tui connect --retrust {cluster}",
        evidence={"identity": identity, "known": clusters.known_identity(cluster)},
        notify=True,
    )


def agrees(cluster: str) -> None:
    """It is the one we know: whatever was asked is answered."""
    alerts.resolve(_key(cluster), "the cluster that we know answers again")


def _key(cluster: str) -> str:
    return alerts.key_of(AlertKind.CLUSTER_CHANGED, cluster=cluster)
