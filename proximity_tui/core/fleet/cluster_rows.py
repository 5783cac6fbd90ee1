"""The rows of nodes and storages: what the last list of each cluster says of them, and which guests they carry.

A row has no measured figures: they change with every list, and are looked up there when they are drawn. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.fleet.row import GuestRow
from proximity_tui.core.model import Inventory, NodeStatus, Status, StorageReading, StorageStatus


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
    def label(self) -> str:
        """The storage as a sentence names it: `local on pve1`, `nas`."""
        return self.storage if self.shared else f"{self.storage} on {self.nodes[0]}"

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
    inventories: Mapping[str, Inventory], silent: Mapping[str, str], managed: Iterable[GuestRow] = ()
) -> list[NodeRow]:
    """Return a row per node, those that need a person first. `silent` maps a cluster to the sentence that says why it
    does not answer now, `managed` are our containers.
    """
    ours = Counter((row.cluster, row.node) for row in managed)
    found = []
    for cluster, inventory in inventories.items():
        guests = Counter(guest.node for guest in inventory.guests.values())
        running = Counter(guest.node for guest in inventory.guests.values() if guest.status is Status.RUNNING)
        why = silent.get(cluster)
        for name, reading in inventory.nodes.items():
            offline = reading.status is NodeStatus.OFFLINE
            row = NodeRow(
                cluster=cluster,
                name=name,
                status=NodeStatus.UNKNOWN if why is not None else reading.status,
                reason=why or _why_node(reading.status),
                hastate=reading.hastate,
                guests=guests[name],
                running=0 if offline or why is not None else running[name],
                managed=ours[cluster, name],
            )
            found.append(row)
    return sorted(found, key=lambda row: (not row.needs_a_person, row.cluster, row.name))


def storage_rows(
    inventories: Mapping[str, Inventory], silent: Mapping[str, str], threshold: float = 1.0
) -> list[StorageRow]:
    """Return a row per storage, those that need a person first. One of which a larger share than `threshold` is used
    counts as full.
    """
    found = []
    for cluster, inventory in inventories.items():
        grouped: dict[str, list[StorageReading]] = {}
        for reading in inventory.storages.values():
            grouped.setdefault(storage_key(reading), []).append(reading)
        found += [_storage_row(inventory, readings, silent.get(cluster), threshold) for readings in grouped.values()]
    return sorted(found, key=lambda row: (not row.needs_a_person, row.cluster, row.storage, row.nodes))


def storage_key(reading: StorageReading) -> str:
    """Return what the readings of one storage share: its name, and its node unless it is shared."""
    return f"{'*' if reading.shared else reading.node}/{reading.storage}"


def best_reading(inventory: Inventory, storage: str, nodes: Iterable[str]) -> StorageReading | None:
    """Return what a node that is online tells of a storage, one that has its figures before the others."""
    readings = [inventory.storages[key] for node in nodes if (key := f"{node}/{storage}") in inventory.storages]
    alive = [one for one in readings if inventory.node_status(one.node) is not NodeStatus.OFFLINE]
    return max(alive, key=lambda one: one.maxdisk is not None, default=None)


def _storage_row(
    inventory: Inventory, readings: Sequence[StorageReading], why: str | None, threshold: float
) -> StorageRow:
    first = readings[0]
    nodes = tuple(sorted(one.node for one in readings))
    status, reason = _storage_status(inventory, readings) if why is None else (StorageStatus.UNKNOWN, why)
    best = best_reading(inventory, first.storage, nodes)
    used = best.used if best is not None else None
    return StorageRow(
        cluster=inventory.cluster,
        storage=first.storage,
        nodes=nodes,
        status=status,
        shared=first.shared,
        type=first.type,
        content=first.content,
        reason=reason,
        full=used is not None and used > threshold,
    )


def _storage_status(inventory: Inventory, readings: Iterable[StorageReading]) -> tuple[StorageStatus, str | None]:
    """Return the status of a storage, and the reason where it cannot be used on every node that is online. The list
    shows the storages of a node that died as available for five minutes.
    """
    statuses = {one.node: inventory.node_status(one.node) for one in readings}
    asked = [one for one in readings if statuses[one.node] is not NodeStatus.OFFLINE]
    if not asked:
        down = ", ".join(sorted(statuses))
        return StorageStatus.UNKNOWN, f"node {down} is offline" if len(statuses) == 1 else f"nodes {down} are offline"
    # What a node that hangs or has just started does not tell, it does not tell of the storage either.
    silent = sorted(
        one.node
        for one in asked
        if one.status is not StorageStatus.AVAILABLE and statuses[one.node] is NodeStatus.ONLINE
    )
    if silent:
        return StorageStatus.UNKNOWN, f"{', '.join(silent)} cannot reach it"
    if all(one.status is not StorageStatus.AVAILABLE for one in asked):
        return StorageStatus.UNKNOWN, "its node has not told of it yet"
    return StorageStatus.AVAILABLE, None


def _why_node(status: NodeStatus) -> str | None:
    return "it is up, but has told nothing for minutes: see its pvestatd" if status is NodeStatus.UNKNOWN else None
