"""The root CA by which each cluster is known: the recorded one, else the one shown at the first contact.

It answers the client's question and judges nothing. Only a person accepts another root CA: by `connect --retrust`. One
physical cluster has one name: under a second one nothing is read from it or sent to it.
"""

from __future__ import annotations

from contextlib import suppress

from proximity_tui.core.doctrine.guards.refusals import second_name
from proximity_tui.core.proxmox.errors import SecondName
from proximity_tui.core.store import clusters
from proximity_tui.core.store.db.store_errors import Conflict, SameCluster, StoreError


class KnownClusters:
    """The memory of one process, backed by our records. With `record` a first contact is written down."""

    def __init__(self, *, record: bool) -> None:
        self._record = record
        self._met: dict[str, str] = {}

    def __call__(self, cluster: str, seen: str | None) -> str | None:
        """Return the root CA by which `cluster` is known, now that it showed `seen`. Return None while our records do
        not answer and this process never met it, and while it never showed any. Raises SecondName when another name has
        it.
        """
        with suppress(StoreError):
            if other := self._other_name(cluster, seen):
                raise SecondName(second_name(cluster, other).reason, known_as=other)
            known = clusters.known_identity(cluster) if seen is None else self._known(cluster, seen)
            if known is not None:
                self._met[cluster] = known
        return self._met.get(cluster)

    def _other_name(self, cluster: str, seen: str | None) -> str | None:
        """Return the name that owns the root CA that is shown, or the root CA that this name is known by."""
        recorded = clusters.twin_of(cluster) or clusters.name_of(seen)
        if recorded is None and seen is not None:
            recorded = next((name for name, identity in tuple(self._met.items()) if identity == seen), None)
        return recorded if recorded != cluster else None

    def _known(self, cluster: str, seen: str) -> str:
        if not self._record:
            return clusters.known_identity(cluster) or self._met.get(cluster, seen)
        try:
            return clusters.remember(cluster, seen) or seen
        except SameCluster as same:
            # Another thread met it under its other name a moment ago.
            raise SecondName(second_name(cluster, same.holder).reason, known_as=same.holder) from None
        except Conflict as conflict:
            return conflict.holder
