"""How many rows there are: by cluster, kind and state. Counts follow the rows that change; nobody counts all again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from operator import attrgetter

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.fleet.row import GuestKind, GuestRow
from proximity_tui.core.model import Kind, State, Status
from proximity_tui.core.model.lifecycle import known_state

CountKey = tuple[str, str, State | Status | None]
"""A cluster, a kind, and the state of a container: unknown where it is at rest and nothing is known of it now."""

NodeKey = tuple[str, str | None]
"""A cluster and one of its nodes; None where nobody knows which."""

node_key: Callable[[GuestRow], NodeKey] = attrgetter("cluster", "node")
"""Returns the node that a row is on."""

CONTAINERS = (Kind.NATIVE.value, Kind.ADOPTED.value)


def count_key(row: GuestRow) -> CountKey:
    """Return what a row is counted as."""
    known = None if row.state is None else known_state(row.state, row.status, row.presence)
    return row.cluster, row.kind, known


@value_object
class FleetCounts:
    """The number of rows of each sort."""

    by_sort: Mapping[CountKey, int] = field(default_factory=dict)
    managed_on: Mapping[NodeKey, int] = field(default_factory=dict)
    """The number of our containers on each node."""

    @classmethod
    def of(cls, several: Iterable[Mapping[CountKey, int]], managed_on: Mapping[NodeKey, int]) -> FleetCounts:
        """Return the sum of several counts of different sorts."""
        sorts = {sort: count for counts in several for sort, count in counts.items() if count}
        return cls(sorts, {node: count for node, count in managed_on.items() if count})

    def of_cluster(self, cluster: str) -> FleetCounts:
        """Return the counts of one cluster."""
        of = {sort: count for sort, count in self.by_sort.items() if sort[0] == cluster}
        return FleetCounts(of, {node: count for node, count in self.managed_on.items() if node[0] == cluster})

    def kind(self, *kinds: str) -> int:
        """Return how many rows are of these kinds."""
        return sum(count for (_, kind, _), count in self.by_sort.items() if kind in kinds)

    def state(self, state: State | Status) -> int:
        """Return how many containers are in this state, as far as it is known now."""
        return sum(count for (_, _, one), count in self.by_sort.items() if one is state)

    @property
    def clusters(self) -> Mapping[str, int]:
        """The number of guests and containers of each cluster, by name."""
        names = sorted({cluster for cluster, _, _ in self.by_sort})
        return {name: sum(count for (one, _, _), count in self.by_sort.items() if one == name) for name in names}

    @property
    def containers(self) -> int:
        """The number of containers that we manage."""
        return self.kind(*CONTAINERS)

    @property
    def unmanaged(self) -> int:
        """The number of containers that adoption offers."""
        return self.kind(GuestKind.UNMANAGED)

    @property
    def vms(self) -> int:
        """The number of virtual machines."""
        return self.kind(GuestKind.VM)

    @property
    def templates(self) -> int:
        """The number of templates of containers that nobody manages."""
        return self.kind(GuestKind.TEMPLATE)
