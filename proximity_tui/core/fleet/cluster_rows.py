"""The rows of nodes and storages: what the last list of each cluster says of them, and which guests they carry.

A row has no measured figures: they change with every list, and are looked up there when they are drawn. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.surroundings import StorageVerdict, is_full, judge_storages
from proximity_tui.core.fleet.counts import NodeKey
from proximity_tui.core.model import Inventory, NodeStatus, Status, StorageStatus
from proximity_tui.core.model.guests_by_node import count_by_node


@value_object
class NodeRow:
    """A node of a cluster. `reason` says why its status is not known."""

    cluster: str
    name: str
    status: NodeStatus
    reason: str | None = None
    hastate: str | None = None
    guests: int = 0
    """How many guests are listed on it, whoever manages them; of an offline node as they were."""
    running: int = 0
    """How many of them run, by the last list in which the node was online."""
    managed: int = 0
    """How many of our containers are on it: of so many nothing is known when it dies."""

    @property
    def key(self) -> str:
        """The identity of the node."""
        return f"{self.cluster}/{self.name}"

    @property
    def needs_a_person(self) -> bool:
        """True when it does not work as it should."""
        return self.status is not NodeStatus.ONLINE


@value_object
class StorageRow:
    """A storage: a shared one once for its cluster, another one for each node. `reason` says why its status is not
    available.
    """

    cluster: str
    storage: str
    nodes: tuple[str, ...]
    """The nodes that have it, by name."""
    label: str
    """The storage as a sentence names it: `local on pve1`, `nas`."""
    status: StorageStatus
    shared: bool = False
    type: str = "unknown"
    content: tuple[str, ...] = ()
    reason: str | None = None
    full: bool = False
    """Whether more of it is used than the threshold allows."""

    @property
    def node(self) -> str | None:
        """The node that it belongs to; None for a shared one."""
        return None if self.shared else self.nodes[0]

    @property
    def key(self) -> str:
        """The identity of the storage."""
        return f"{self.cluster}/{self.node or '*'}/{self.storage}"

    @property
    def needs_a_person(self) -> bool:
        """True when it cannot be used, or is nearly full."""
        return self.full or self.status is not StorageStatus.AVAILABLE


class Keyed(Protocol):
    """A row with an identity."""

    @property
    def key(self) -> str:
        """Its identity."""
        ...


KeyedRow = TypeVar("KeyedRow", bound=Keyed)


def kept(before: Sequence[KeyedRow], fresh: Sequence[KeyedRow]) -> Sequence[KeyedRow]:
    """Return the fresh rows, those that say what they said as the same objects; `before` itself where all do."""
    known = {row.key: row for row in before}
    rows = [known[row.key] if known.get(row.key) == row else row for row in fresh]
    same = len(rows) == len(before) and all(one is other for one, other in zip(rows, before, strict=True))
    return before if same else rows


def node_rows(
    inventories: Mapping[str, Inventory], silent: Mapping[str, str], managed_on: Mapping[NodeKey, int] | None = None
) -> list[NodeRow]:
    """Return a row per node, those that need a person first. `silent` maps a cluster to the sentence that says why it
    does not answer now, `managed_on` counts our containers.
    """
    ours = managed_on or {}
    found = []
    for cluster, inventory in inventories.items():
        guests, running = Counter[str](), Counter[str]()
        for (node, status), count in count_by_node(inventory.guests).items():
            guests[node] += count
            running[node] += count if status is Status.RUNNING else 0
        why = silent.get(cluster)
        for name, reading in inventory.nodes.items():
            offline = reading.status is NodeStatus.OFFLINE
            doubt = why or _why_node(reading.status, cut_off=inventory.is_cut_off)
            row = NodeRow(
                cluster=cluster,
                name=name,
                status=NodeStatus.UNKNOWN if doubt is not None else reading.status,
                reason=doubt,
                hastate=reading.hastate,
                guests=guests[name],
                running=0 if offline or why is not None else running[name],
                managed=ours.get((cluster, name), 0),
            )
            found.append(row)
    return sorted(found, key=lambda row: (not row.needs_a_person, row.cluster, row.name))


def storage_rows(
    inventories: Mapping[str, Inventory], silent: Mapping[str, str], threshold: float = 1.0
) -> list[StorageRow]:
    """Return a row per storage, those that need a person first. One of which a larger share than `threshold` is used
    counts as full.
    """
    found = [
        _storage_row(cluster, verdict, silent.get(cluster), threshold)
        for cluster, inventory in inventories.items()
        for verdict in judge_storages(inventory)
    ]
    return sorted(found, key=lambda row: (not row.needs_a_person, row.cluster, row.storage, row.nodes))


def why_no_storage(cluster: str) -> str:
    """Return why a cluster shows no storage: without the privilege Proxmox leaves them out, and says nothing."""
    return f"{cluster} shows no storage. Our token sees one only with Datastore.Audit on /storage."


def _storage_row(cluster: str, verdict: StorageVerdict, why: str | None, threshold: float) -> StorageRow:
    return StorageRow(
        cluster=cluster,
        storage=verdict.storage,
        nodes=verdict.nodes,
        label=verdict.label,
        status=verdict.status if why is None else StorageStatus.UNKNOWN,
        shared=verdict.shared,
        type=verdict.type,
        content=verdict.content,
        reason=why or verdict.reason,
        full=is_full(verdict, threshold),
    )


def _why_node(status: NodeStatus, *, cut_off: bool) -> str | None:
    """Return why the status of a node is not known. A node that was `cut_off` says of all others that they are offline
    (law 7).
    """
    if status is NodeStatus.OFFLINE and cut_off:
        return "no quorum: the node that we asked cannot reach it"
    return "it is up, but has told nothing for minutes: see its pvestatd" if status is NodeStatus.UNKNOWN else None
