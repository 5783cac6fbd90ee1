"""The fleet in memory: what the store and the pollers report goes in, rows come out, and only the rows of what changed
are made again.

It is used by one thread. It asks nobody, and knows no clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from proximity_tui.core.doctrine.observation.config_drift import Compared
from proximity_tui.core.doctrine.observation.surroundings import NOTHING_WRONG, Surroundings, surroundings
from proximity_tui.core.fleet.counts import FleetCounts
from proximity_tui.core.fleet.differences import differs
from proximity_tui.core.fleet.join import guest_row, last_seen_online, managed_row, rests_on_time
from proximity_tui.core.fleet.kept_rows import GuestKey, GuestRows, ManagedRows
from proximity_tui.core.fleet.row import FleetRow, NoAnswer, ReadOnlyRow, key_of_record
from proximity_tui.core.model import Container, Inventory, Operation, Presence
from proximity_tui.core.model.guests.guest_list import differing_guests, lists_container


@dataclass(slots=True)
class _Cluster:
    """The guests and records of one cluster."""

    inventory: Inventory | None = None
    silent: NoAnswer | None = None
    """Why it does not answer; None while it does."""
    records: int = 0
    """The number of its containers."""
    holders: dict[int, int] = field(default_factory=dict)
    """The record that manages each guest, by VMID."""
    on_time: set[int] = field(default_factory=set)
    """The ids of those that a later list may change although it says the same."""
    seen_online: Mapping[int, datetime] = field(default_factory=dict)
    """When the guests of the nodes that are offline now were last seen, by VMID."""
    around: Surroundings = NOTHING_WRONG
    """What the last list says of nodes and storages."""


class Fleet:
    """All rows of a process. Changes are collected until `refresh` makes the rows that they concern."""

    def __init__(self) -> None:
        self.storage_used = 1.0
        """The share of a storage in use above which containers on it need a person."""
        self._containers: dict[int, Container] = {}
        self._operations: dict[int, Operation] = {}
        self._compared: dict[int, Compared] = {}
        self._clusters: defaultdict[str, _Cluster] = defaultdict(_Cluster)
        self._remembered: set[int] = set()
        self._managed, self._guests = ManagedRows(), GuestRows()
        self._counts: FleetCounts | None = None
        self._due: set[int] = set()
        self._due_guests: set[GuestKey] = set()

    @property
    def rows(self) -> tuple[FleetRow, ...]:
        """Every container, what needs a person first; the same object until a row changes."""
        return self._managed.rows

    @property
    def unmanaged(self) -> tuple[FleetRow, ...]:
        """Every guest that adoption offers."""
        return self._guests.unmanaged.rows

    @property
    def vms(self) -> tuple[ReadOnlyRow, ...]:
        """Every virtual machine."""
        return self._guests.vms.rows

    @property
    def templates(self) -> tuple[ReadOnlyRow, ...]:
        """Every template of containers without a record."""
        return self._guests.templates.rows

    @property
    def counts(self) -> FleetCounts:
        """The number of rows of each sort; the same object until that changes."""
        if self._counts is None:
            self._counts = FleetCounts.of((self._managed.counts, *self._guests.counts), self._managed.nodes)
        return self._counts

    @property
    def clusters(self) -> frozenset[str]:
        """The clusters that have records."""
        return frozenset(name for name, one in self._clusters.items() if one.records)

    @property
    def remembered(self) -> frozenset[int]:
        """The containers that no list shows right now: their rows say when their guests were last seen."""
        return frozenset(self._remembered)

    def replace_containers(self, containers: Iterable[Container]) -> frozenset[int]:
        """Take over all records; return the ids of those that are new, different or gone."""
        fresh = {one.id: one for one in containers}
        return self.update_containers(fresh.values(), fresh.keys() | self._containers.keys())

    def update_containers(self, containers: Iterable[Container], asked: Collection[int]) -> frozenset[int]:
        """Take over the records that were found among the `asked`; the others of them are closed. Return the ids of
        those that are new, different in more than when their guest was seen, or gone.
        """
        fresh = {one.id: one for one in containers}
        changed = {id_ for id_ in asked if differs(self._containers.get(id_), fresh.get(id_))}
        for id_ in changed:
            self._forget(id_)
        for id_ in changed & fresh.keys():
            self._learn(fresh[id_])
        self._due |= changed
        for id_ in fresh.keys() - changed:
            self._note_seen(fresh[id_])
        return frozenset(changed)

    def replace_operations(self, operations: Iterable[Operation]) -> frozenset[int]:
        """Take over all operations without an end; return the ids of the containers whose operation began, went on or
        ended.
        """
        fresh, known = {one.id: one for one in operations}, self._operations
        if fresh == known:
            return frozenset()
        changed = [
            one
            for key in fresh.keys() | known.keys()
            if fresh.get(key) != known.get(key)
            for one in (fresh.get(key), known.get(key))
            if one is not None
        ]
        self._operations = fresh
        touched = frozenset(one.container for one in changed if one.container is not None)
        self._due |= touched & self._containers.keys()
        return touched

    def replace_drift(self, compared: Mapping[int, Compared]) -> frozenset[int]:
        """Take over what is known of the drift of every container, by id; return the ids of those that differ."""
        return self.update_drift(compared, compared.keys() | self._compared.keys())

    def update_drift(self, compared: Mapping[int, Compared], asked: Collection[int]) -> frozenset[int]:
        """Take over what was found of the drift of the `asked`; of the others among them nothing is known. Return the
        ids of those that differ.
        """
        changed = frozenset(id_ for id_ in asked if compared.get(id_) != self._compared.get(id_))
        for id_ in changed:
            if id_ in compared:
                self._compared[id_] = compared[id_]
            else:
                del self._compared[id_]
        self._due |= changed & self._containers.keys()
        return changed

    def note_seen(self, seen: Mapping[int, datetime | None]) -> None:
        """Take over when the guests of these containers were seen."""
        for id_, moment in seen.items():
            known = self._containers.get(id_)
            if known is not None and known.observed_at != moment:
                self._note_seen(replace(known, observed_at=moment))

    def poll(self, cluster: str, inventory: Inventory | None, silent: NoAnswer | None) -> None:
        """Take over the last list of a cluster, and why it does not answer now (None: it does)."""
        part = self._clusters[cluster]
        if silent != part.silent:
            part.silent = silent
            self._due |= self._records_of(cluster)
        if inventory is part.inventory:
            return
        before, part.inventory = part.inventory, inventory
        known, part.around = part.around, surroundings(inventory, self.storage_used) if inventory else NOTHING_WRONG
        part.seen_online = {} if inventory is None else last_seen_online(before, inventory, part.seen_online)
        if known != part.around or before is None or inventory is None or before.set_aside != inventory.set_aside:
            self._due |= self._records_of(cluster)
            self._due_guests |= {(cluster, vmid) for one in (before, inventory) if one for vmid in one.guests}
            return
        self._due |= part.on_time
        for vmid in differing_guests(before.guests, inventory.guests):
            self._due_guests.add((cluster, vmid))

    def refresh(self) -> bool:
        """Make the rows of everything that changed again. Return whether any row is different now."""
        guests, self._due_guests = self._due_guests, set()
        holders = (self._clusters[cluster].holders.get(vmid) for cluster, vmid in guests)
        due, self._due = self._due.union(one for one in holders if one is not None), set()
        managed = self._managed.change(
            [self._managed_row(self._containers[id_]) for id_ in due & self._containers.keys()],
            [key_of_record(id_) for id_ in due - self._containers.keys()],
        )
        changed = self._guests.change({key: self._guest_row(*key) for key in guests}) or managed
        self._counts = None if changed else self._counts
        return changed

    def _managed_row(self, container: Container) -> FleetRow:
        part, known = self._clusters[container.cluster], self._compared.get(container.id)
        if rests_on_time(container, part.inventory, known):
            part.on_time.add(container.id)
        else:
            part.on_time.discard(container.id)
        operation = self._operations.get(container.operation or 0)
        row = managed_row(container, part.inventory, part.silent, operation, known, part.around)
        if row.listed and row.presence is Presence.PRESENT:
            self._remembered.discard(container.id)
        else:
            self._remembered.add(container.id)
        return row

    def _guest_row(self, cluster: str, vmid: int) -> FleetRow | ReadOnlyRow | None:
        """Return the row of a guest without a record, or None where there is none."""
        part = self._clusters[cluster]
        managed = vmid in part.holders
        if part.inventory is None or (managed and lists_container(part.inventory.guests, vmid)):
            # The second is most of a list: no guest is made for it.
            return None
        guest = part.inventory.guests.get(vmid)
        return None if guest is None else guest_row(guest, part.inventory, part.seen_online.get(vmid), managed=managed)

    def _note_seen(self, container: Container) -> None:
        """Take over when a guest was seen. A row that is in the list shows the age of the list, not that."""
        if self._containers[container.id] == container:
            return
        self._containers[container.id] = container
        if container.id in self._remembered:
            self._due.add(container.id)

    def _records_of(self, cluster: str) -> set[int]:
        """Return the ids of the containers of a cluster. Few events concern all, so no second set of them is kept."""
        return {id_ for id_, one in self._containers.items() if one.cluster == cluster}

    def _learn(self, container: Container) -> None:
        self._containers[container.id] = container
        part = self._clusters[container.cluster]
        part.records += 1
        if container.vmid is not None:
            part.holders[container.vmid] = container.id
            self._due_guests.add((container.cluster, container.vmid))

    def _forget(self, container_id: int) -> None:
        known = self._containers.pop(container_id, None)
        if known is None:
            return
        part = self._clusters[known.cluster]
        part.records -= 1
        part.on_time.discard(container_id)
        self._remembered.discard(container_id)
        if known.vmid is not None and part.holders.get(known.vmid) == container_id:
            del part.holders[known.vmid]
            self._due_guests.add((known.cluster, known.vmid))
