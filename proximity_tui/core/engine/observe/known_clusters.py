"""The root CA and the nodes by which each cluster is known: the recorded ones, else those of the first contact.

It answers the client's question and judges nothing. Only a person accepts another root CA, or a part of a cluster as
the whole: by `connect --retrust`. One physical cluster has one name: under a second one nothing is read from it or sent
to it.
"""

from __future__ import annotations

from contextlib import suppress

from proximity_tui.core.doctrine.guards.refusals import second_name
from proximity_tui.core.model import Membership
from proximity_tui.core.proxmox.errors import SecondName
from proximity_tui.core.store import clusters
from proximity_tui.core.store.db.store_errors import Conflict, SameCluster, StoreError


class KnownClusters:
    """The memory of one process, backed by our records. With `record` a first contact is written down."""

    def __init__(self, *, record: bool) -> None:
        self.record = record
        self._met: dict[str, str] = {}
        self._members: dict[str, Membership] = {}
        self._recorded: dict[str, Membership] = {}

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
                self._remember(cluster, known)
        return self._met.get(cluster)

    def known_members(self, cluster: str, told: Membership) -> Membership | None:
        """Return the nodes that `cluster` is known by, by our records or this process; our records are asked only where
        a server `told` of others. Before any are on record a server by itself is held against the nodes of our
        containers.
        """
        if self._recorded.get(cluster) == told:
            return told
        with suppress(StoreError):
            if (known := clusters.known_members(cluster)) is not None:
                self._members[cluster] = self._recorded[cluster] = known
            return clusters.held_against(cluster, told, self._members.get(cluster))
        return self._members.get(cluster)

    def note_members(self, cluster: str, told: Membership) -> None:
        """Remember the nodes of a cluster, and write them down if that is to be done."""
        self._members[cluster] = told
        with suppress(StoreError):
            if self.record:
                clusters.note_members(cluster, told)
            self._recorded[cluster] = told

    def forget_members(self, cluster: str) -> None:
        """Forget what this process remembers of the nodes of a cluster; our records still know them."""
        self._members.pop(cluster, None)
        self._recorded.pop(cluster, None)

    def _remember(self, cluster: str, known: str) -> None:
        """Remember the root CA of a cluster. Another one than before has other nodes."""
        if self._met.get(cluster) not in (None, known):
            self.forget_members(cluster)
        self._met[cluster] = known

    def _other_name(self, cluster: str, seen: str | None) -> str | None:
        """Return the name that owns the root CA that is shown, or the root CA that this name is known by."""
        recorded = clusters.other_name_of(cluster) or clusters.name_of(seen)
        if recorded is None and seen is not None:
            recorded = next((name for name, identity in tuple(self._met.items()) if identity == seen), None)
        return recorded if recorded != cluster else None

    def _known(self, cluster: str, seen: str) -> str:
        if not self.record:
            return clusters.known_identity(cluster) or self._met.get(cluster, seen)
        try:
            return clusters.remember(cluster, seen) or seen
        except SameCluster as same:
            # Another thread met it under its other name a moment ago.
            raise SecondName(second_name(cluster, same.holder).reason, known_as=same.holder) from None
        except Conflict as conflict:
            return conflict.holder
