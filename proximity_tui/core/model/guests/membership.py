"""The nodes of a cluster: which it names as its own, and whether a majority of them is seen."""

from __future__ import annotations

from proximity_tui.core.base.value_object import value_object


@value_object
class Membership:
    """The nodes that a server names as those of its cluster, and the name that this has for itself: None for a host by
    itself, empty where it cannot be read.
    """

    name: str | None
    nodes: frozenset[str]

    @property
    def listed(self) -> str:
        """Its nodes, for a sentence."""
        return ", ".join(sorted(self.nodes)) or "no node"

    @property
    def is_alone(self) -> bool:
        """Whether it is a host by itself."""
        return self.name is None

    def is_continued_by(self, told: Membership) -> bool:
        """Return whether the cluster that a server tells of may be this one later, if it has a quorum. It has its name,
        or most of its nodes: who left has neither, and still has its root CA.
        """
        if told.name and told.name == self.name:
            return True
        return 2 * len(self.nodes & told.nodes) > len(self.nodes)


@value_object
class Departure:
    """A server that left its cluster, or has just started: the nodes that this is known by, and those that it tells
    of.
    """

    known: Membership
    told: Membership


@value_object
class Quorum:
    """The answer of `/cluster/status`. `quorate` is None when our token may not see it (needs Sys.Audit on /)."""

    quorate: bool | None
    standalone: bool = False
    nodes_online: int | None = None
    nodes_total: int | None = None
    reason: str | None = None
    denied: bool = False
    """Whether it is Sys.Audit on / that our token lacks to see it."""
    apart: frozenset[str] = frozenset()
    """The nodes that are not seen to be part of it."""
    told: Membership | None = None
    """What the server tells of its cluster; None where a node cannot be read."""
    advice: str | None = None
    """What to do about a server that left the cluster; None where none is known to have left."""

    @property
    def members(self) -> frozenset[str]:
        """The nodes that the cluster names as its own, whether they are seen or not; empty where one cannot be read."""
        return frozenset() if self.told is None else self.told.nodes

    def departure_from(self, known: Membership | None) -> Departure | None:
        """Return how the server left the cluster that is known by these nodes; None where it did not, where none are
        known, and where it does not tell its own: that is no proof.
        """
        if known is None or self.told is None or known.is_continued_by(self.told):
            return None
        return Departure(known, self.told)

    @property
    def allows_conclusions(self) -> bool:
        """True when absence may be concluded from the answers of this node (ladder, rung 1)."""
        return self.standalone or self.quorate is True
