"""What stands around the containers, judged by one list: which storages can be used, and what keeps a container from
being used or changed although nothing is wrong with itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Container, Inventory, NodeStatus, StorageReading, StorageStatus, names
from proximity_tui.core.model.guests.guest import why_offline


@value_object
class StorageVerdict:
    """A storage: a shared one once for its cluster, another one for each node. `reason` says why its status is not
    `available`, `used` is the share of it in use; None where that is not known.
    """

    storage: str
    nodes: tuple[str, ...]
    status: StorageStatus
    shared: bool
    type: str
    content: tuple[str, ...]
    reason: str | None
    used: float | None
    node_down: bool
    """Whether it cannot be used only because every node that has it is offline."""

    @property
    def label(self) -> str:
        """The storage as a sentence names it: `local on pve1`, `nas`."""
        return self.storage if self.shared else f"{self.storage} on {self.nodes[0]}"


class ObstacleKind(StrEnum):
    """What keeps a container from being used or changed."""

    NODE_OFFLINE = "node_offline"
    NODE_CUT_OFF = "node_cut_off"
    """Its node is listed as offline, by a node without quorum."""
    NO_QUORUM = "no_quorum"
    STORAGE_UNAVAILABLE = "storage_unavailable"
    STORAGE_FULL = "storage_full"


@value_object
class Obstacle:
    """An obstacle of one container, and the words for it."""

    kind: ObstacleKind
    text: str


@value_object
class Surroundings:
    """What is in trouble around the containers of one cluster. Equal as long as no container is touched otherwise."""

    down: frozenset[str] = frozenset()
    """The nodes that are offline."""
    no_quorum: bool = False
    unavailable: frozenset[tuple[str, str]] = frozenset()
    """Storages that a node which is online cannot use, each as node and storage."""
    full: frozenset[tuple[str, str]] = frozenset()

    def obstacle(self, container: Container) -> Obstacle | None:
        """Return what keeps a container from being used or changed, the worst of it; None where nothing does."""
        if container.node in self.down:
            return _node_obstacle(container.node, cut_off=self.no_quorum)
        if self.no_quorum:
            return Obstacle(ObstacleKind.NO_QUORUM, "no quorum: it cannot be changed")
        if not self.unavailable and not self.full:
            return None
        place = (container.node or "", root_storage(container) or "")
        if place in self.unavailable:
            return Obstacle(ObstacleKind.STORAGE_UNAVAILABLE, f"storage {place[1]} cannot be reached on {place[0]}")
        if place in self.full:
            return Obstacle(ObstacleKind.STORAGE_FULL, f"storage {place[1]} is nearly full")
        return None


NOTHING_WRONG = Surroundings()


def surroundings(inventory: Inventory, storage_used: float) -> Surroundings:
    """Return what is in trouble. A storage of which a larger share than `storage_used` is used counts as full."""
    storages = judge_storages(inventory)
    lost = [one for one in storages if one.status is not StorageStatus.AVAILABLE and not one.node_down]
    full = [one for one in storages if is_full(one, storage_used)]
    return Surroundings(
        down=frozenset(name for name, node in inventory.nodes.items() if node.status is NodeStatus.OFFLINE),
        no_quorum=inventory.is_cut_off,
        unavailable=frozenset(place for one in lost for place in _places(inventory, one)),
        full=frozenset((node, one.storage) for one in full for node in one.nodes),
    )


def obstacle_of_node(inventory: Inventory, node: str) -> Obstacle | None:
    """Return that the node of a guest is listed as offline; None where it is not."""
    offline = inventory.node_status(node) is NodeStatus.OFFLINE
    return _node_obstacle(node, cut_off=inventory.is_cut_off) if offline else None


def _node_obstacle(node: str | None, *, cut_off: bool) -> Obstacle:
    kind = ObstacleKind.NODE_CUT_OFF if cut_off else ObstacleKind.NODE_OFFLINE
    return Obstacle(kind, why_offline(node, cut_off=cut_off))


def is_full(storage: StorageVerdict, storage_used: float) -> bool:
    """Return whether more of a storage is used than it may be."""
    return storage.used is not None and storage.used > storage_used


def root_storage(container: Container) -> str | None:
    """Return the storage that the root disk of a container was on when its fingerprint was read last; None where
    that is not known.
    """
    volume = container.fingerprint.rootfs if container.fingerprint is not None else None
    return None if volume is None else names.storage_of(volume)


def judge_storages(inventory: Inventory) -> tuple[StorageVerdict, ...]:
    """Return every storage that the list names, by name."""
    grouped: dict[tuple[str, str], list[StorageReading]] = {}
    for reading in inventory.storages.values():
        grouped.setdefault((reading.storage, "" if reading.shared else reading.node), []).append(reading)
    return tuple(_verdict(inventory, grouped[key]) for key in sorted(grouped))


def best_reading(inventory: Inventory, storage: str, nodes: Iterable[str]) -> StorageReading | None:
    """Return what a node that is online tells of a storage, one that has its figures before the others; None
    where no such node has it.
    """
    readings = [inventory.storages[key] for node in nodes if (key := f"{node}/{storage}") in inventory.storages]
    alive = [one for one in readings if inventory.node_status(one.node) is not NodeStatus.OFFLINE]
    return max(alive, key=lambda one: one.maxdisk is not None, default=None)


def _verdict(inventory: Inventory, readings: Sequence[StorageReading]) -> StorageVerdict:
    first = readings[0]
    nodes = tuple(sorted(one.node for one in readings))
    best = best_reading(inventory, first.storage, nodes)
    reason = _why_not(inventory, readings)
    return StorageVerdict(
        storage=first.storage,
        nodes=nodes,
        status=StorageStatus.AVAILABLE if reason is None else StorageStatus.UNKNOWN,
        shared=first.shared,
        type=first.type,
        content=first.content,
        reason=reason,
        used=best.used if best is not None else None,
        node_down=all(inventory.node_status(node) is not NodeStatus.ONLINE for node in nodes),
    )


def _why_not(inventory: Inventory, readings: Sequence[StorageReading]) -> str | None:
    """Return why a storage cannot be used on every node that is online. The list shows the storages of a node that died
    as available for five minutes, so its node decides first; and a node that hangs or has just started tells of none.
    """
    statuses = {one.node: inventory.node_status(one.node) for one in readings}
    if all(status is NodeStatus.OFFLINE for status in statuses.values()):
        down = ", ".join(sorted(statuses))
        return f"node {down} is offline" if len(statuses) == 1 else f"nodes {down} are offline"
    silent = [one.node for one in readings if one.status is not StorageStatus.AVAILABLE]
    unable = sorted(node for node in silent if statuses[node] is NodeStatus.ONLINE)
    if unable:
        return f"{', '.join(unable)} cannot reach it"
    answering = [node for node, status in statuses.items() if status is not NodeStatus.OFFLINE]
    return "its node has not reported it yet" if set(answering) <= set(silent) else None


def _places(inventory: Inventory, storage: StorageVerdict) -> list[tuple[str, str]]:
    """Return the nodes that are online and cannot reach a storage, each with the storage."""
    found = [(node, inventory.storages[f"{node}/{storage.storage}"]) for node in storage.nodes]
    return [
        (node, storage.storage)
        for node, reading in found
        if reading.status is not StorageStatus.AVAILABLE and inventory.node_status(node) is NodeStatus.ONLINE
    ]
