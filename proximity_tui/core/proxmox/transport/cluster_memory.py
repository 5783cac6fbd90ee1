"""The memory of the clusters that were met: the root CA and the nodes that each is known by.

Whoever has our records gives one that outlives the process; else a session remembers for itself.
"""

from __future__ import annotations

from typing import Protocol

from proximity_tui.core.model import Membership


class ClusterMemory(Protocol):
    """What is known of clusters by our names for them."""

    def __call__(self, cluster: str, seen: str | None) -> str | None:
        """Return the root CA that a cluster is known by (`RootCaLookup`)."""

    def known_members(self, cluster: str, told: Membership) -> Membership | None:
        """Return the nodes that a cluster is known by, now that a server `told` of these; None when nobody can tell."""

    def note_members(self, cluster: str, told: Membership) -> None:
        """Remember the nodes of a cluster."""

    def forget_members(self, cluster: str) -> None:
        """Forget what this process alone remembers of the nodes of a cluster: a person trusts it again."""


class SessionMemory:
    """The nodes that one session was told of. It knows no root CA."""

    def __init__(self) -> None:
        self._members: dict[str, Membership] = {}

    def known_members(self, cluster: str, told: Membership) -> Membership | None:
        """Return the nodes that this session was told of before."""
        return self._members.get(cluster)

    def note_members(self, cluster: str, told: Membership) -> None:
        """Remember the nodes for this session."""
        self._members[cluster] = told

    def forget_members(self, cluster: str) -> None:
        """Forget the nodes."""
        self._members.pop(cluster, None)
