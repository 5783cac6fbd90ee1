"""The state of the simulated cluster: nodes, guests, pools, storages, tokens, tasks and the clock they share. Knows
what exists and the few primitives that change it; permissions, locks and quorum rules live with the calls."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from proximity_tui.simulator.api_errors import Died
from proximity_tui.simulator.world.broadcast import Broadcast
from proximity_tui.simulator.world.listeners import Listeners
from proximity_tui.simulator.world.simulated_guest import Conf, Guest
from proximity_tui.simulator.world.simulated_node import Node
from proximity_tui.simulator.world.storage import Storage, Volume
from proximity_tui.simulator.world.timeline import Clock, Timeline
from proximity_tui.simulator.world.tokens import Access
from proximity_tui.simulator.world.worker_tasks import Tasks, Worker

DOMAIN = "lab.example"


@dataclass
class Pool:
    """A resource pool and its member VMIDs."""

    name: str
    comment: str = ""
    members: set[int] = field(default_factory=set)


class Cluster:
    """Everything that exists. Not thread-safe by itself: `World` and the server hold its lock around every use."""

    def __init__(self, name: str, seed: int, clock: Clock, task_seconds: float) -> None:
        self.name = name
        self.seed = seed
        self.task_seconds = task_seconds
        self.quorate = True
        self.nodes: dict[str, Node] = {}
        self.guests: dict[int, Guest] = {}
        self.graves: dict[int, Guest] = {}
        self.pools: dict[str, Pool] = {}
        self.storages: dict[str, Storage] = {}
        self.ha: dict[int, str] = {}
        self.replication: dict[int, str] = {}
        self.backup_jobs: list[frozenset[int] | None] = []
        """The VMIDs that each job backs up; None for a job that backs up all."""
        self.bridges = ["vmbr0", "vmbr1"]
        self.offline_delay = 0.05
        self.services: Listeners | None = None
        """What listens inside the containers, where that is simulated."""
        self._pool_of: dict[int, str] = {}
        self._mac_counter = 0
        self.access = Access(self._pool_of.get)
        self.timeline = Timeline(clock, lambda until: self.broadcast.reach(until))
        self.broadcast = Broadcast(self.nodes, self.guests, self.timeline)
        self.tasks = Tasks(self.timeline)

    @property
    def now(self) -> float:
        return self.timeline.now

    @property
    def local(self) -> Node:
        """The node that answers: the first one that is up."""
        return next((node for node in self.nodes.values() if node.online), next(iter(self.nodes.values())))

    def guest_on(self, node: str, vmid: int) -> Guest:
        """Return the container whose configuration lies on that node, or raise the failure of every
        call without one.
        """
        guest = self.guests.get(vmid)
        if guest is None or guest.node != node or guest.type != "lxc":
            raise Died(f"Configuration file 'nodes/{node}/lxc/{vmid}.conf' does not exist")
        return guest

    def taken(self, vmid: int) -> None:
        """Fail like a creation when the VMID belongs to any guest, anywhere."""
        guest = self.guests.get(vmid)
        if guest is not None:
            kind = "CT" if guest.type == "lxc" else "VM"
            raise Died(f"{kind} {vmid} already exists on node '{guest.node}'")

    def free_vmid(self) -> int:
        vmid = 100
        while vmid in self.guests:
            vmid += 1
        return vmid

    def add_guest(self, guest: Guest, pool: str | None = None) -> None:
        self.guests[guest.vmid] = guest
        guest.created_at = guest.created_at or self.now
        if pool is not None:
            self.join(pool, guest.vmid)

    def remove_guest(self, vmid: int) -> None:
        """Remove the configuration; its privileges and its pool membership go with it, its last broadcast stays."""
        self.graves[vmid] = self.guests.pop(vmid)
        self.access.forget_guest(vmid)
        pool = self._pool_of.pop(vmid, None)
        if pool is not None:
            self.pools[pool].members.discard(vmid)

    def join(self, pool: str, vmid: int) -> None:
        self.pools.setdefault(pool, Pool(pool)).members.add(vmid)
        self._pool_of[vmid] = pool

    def pool_of(self, vmid: int) -> str | None:
        return self._pool_of.get(vmid)

    def boot(self, guest: Guest, *, ago: float = 0.0) -> None:
        self.apply_pending(guest)
        guest.started_at = self.now - ago
        guest.pid = 1000 + (guest.vmid * 37 + int(guest.started_at)) % 30_000

    def halt(self, guest: Guest) -> None:
        guest.started_at = guest.pid = None

    def apply_pending(self, guest: Guest) -> None:
        for key, value in guest.pending.items():
            if value is None:
                guest.conf.pop(key, None)
            else:
                guest.conf[key] = value
        guest.pending.clear()

    def free_lock(self, guest: Guest) -> None:
        """Fail like every call that respects the configuration lock."""
        if guest.lock:
            raise Died(f"CT is locked ({guest.lock})")

    def run_by_ha(self, vmid: int) -> bool:
        """Return whether high availability carries out what is requested of a container, unless told to ignore it."""
        return self.ha.get(vmid, "ignored") != "ignored"

    def work_under(self, guest: Guest, lock: str) -> Worker:
        """Take as long as a task does, under a configuration lock that shows."""
        guest.conf["lock"] = lock
        try:
            yield self.task_seconds
        finally:
            guest.conf.pop("lock", None)

    def storage(self, name: str, node: str) -> Storage:
        storage = self.storages.get(name)
        if storage is None:
            raise Died(f"storage '{name}' does not exist")
        if not storage.on(node):
            raise Died(f"storage '{name}' is not available on node '{node}'")
        return storage

    def allocate(self, storage: Storage, vmid: int, taken: Conf, *, base: bool = False) -> str:
        """Return the next free disk name of a VMID on a storage, given the volumes it already has."""
        used = {str(value).split(",", 1)[0] for value in taken.values()}
        number = 0
        while storage.disk(vmid, number, base=base) in used:
            number += 1
        return storage.disk(vmid, number, base=base)

    def volume(self, volid: str, node: str) -> Volume | None:
        """Return a template or backup by its volume id, as that node sees it."""
        storage = self.storages.get(volid.partition(":")[0])
        files = storage.files_on(node) if storage and storage.on(node) else []
        return next((file for file in files if file.volid == volid), None)

    def new_mac(self) -> str:
        """Return an unused hardware address in Proxmox's own range."""
        self._mac_counter += 1
        digest = hashlib.sha256(f"{self.seed}/{self._mac_counter}".encode()).hexdigest().upper()
        return f"BC:24:11:{digest[0:2]}:{digest[2:4]}:{digest[4:6]}"
