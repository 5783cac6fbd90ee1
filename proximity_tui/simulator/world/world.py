"""The simulated cluster from outside its API: the actions of an operator, an accident or a test behind a client's back.
Every method takes the lock and first lets everything due happen, so it may be called from any thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from proximity_tui.simulator.world import builder
from proximity_tui.simulator.world.chaos import Chaos
from proximity_tui.simulator.world.simulated_cluster import Cluster, Pool
from proximity_tui.simulator.world.simulated_guest import Conf, Guest
from proximity_tui.simulator.world.simulated_node import Node
from proximity_tui.simulator.world.storage import Storage, Volume
from proximity_tui.simulator.world.timeline import Clock
from proximity_tui.simulator.world.tokens import Token
from proximity_tui.simulator.world.worker_tasks import Plot


@dataclass(frozen=True)
class Container:
    """The guest at a VMID, at the moment of reading. `conf` is a copy; `type` tells containers from VMs."""

    vmid: int
    type: str
    node: str
    hostname: str
    status: str
    lock: str | None
    pool: str | None
    conf: Conf
    digest: str
    snapshots: tuple[str, ...]


class World(Chaos):
    """The cluster and its lock."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._lock = threading.RLock()
        self.clock: Clock = cluster.timeline.clock

    @contextmanager
    def entered(self) -> Iterator[Cluster]:
        """Hold the lock with the world brought up to the present."""
        with self._lock:
            self._cluster.timeline.catch_up()
            yield self._cluster

    def schedule(self, seconds: float, happening: Callable[[World], object]) -> None:
        """Let something happen that many simulated seconds from now."""
        with self.entered() as cluster:
            cluster.timeline.after(seconds, lambda: happening(self))

    def authenticate(self, header: str) -> Token | None:
        with self.entered() as cluster:
            return cluster.access.authenticate(header)

    def node(self, name: str) -> Node | None:
        with self.entered() as cluster:
            return cluster.nodes.get(name)

    @property
    def offline_delay(self) -> float:
        """Real seconds until a request for a dead node is answered with 595."""
        return self._cluster.offline_delay

    @offline_delay.setter
    def offline_delay(self, seconds: float) -> None:
        self._cluster.offline_delay = seconds

    def containers(self) -> list[Container]:
        """Return every LXC container, by VMID."""
        with self.entered() as cluster:
            return [self._seen(guest) for _, guest in sorted(cluster.guests.items()) if guest.type == "lxc"]

    def container(self, vmid: int) -> Container | None:
        """Return the guest at the VMID, or None."""
        with self.entered() as cluster:
            guest = cluster.guests.get(vmid)
            return self._seen(guest) if guest else None

    def add_node(self, name: str, *, cpus: int = 16, memory_gib: int = 128) -> None:
        with self.entered() as cluster:
            node = Node(name, len(cluster.nodes) + 1, cluster.now - 86_400 * 12, cpus=cpus, memory=memory_gib << 30)
            cluster.nodes[name] = node
            cluster.broadcast.play(cluster.now)

    def add_pool(self, name: str, comment: str = "", members: Iterable[int] = ()) -> None:
        with self.entered() as cluster:
            cluster.pools[name] = Pool(name, comment)
            for vmid in members:
                cluster.join(name, vmid)

    def add_storage(self, name: str, type: str, content: Iterable[str], **details: Any) -> None:
        """Add a storage. `details` are its other fields: size, shared, path, nodes."""
        with self.entered() as cluster:
            cluster.storages[name] = Storage(name, type, tuple(content), **details)

    def add_template(self, storage: str, name: str, size: int = 126_000_000) -> str:
        """Add an OS template; return its volume id."""
        with self.entered() as cluster:
            return builder.template(cluster, cluster.storages[storage], name, size)[0].volid

    def add_backup(
        self,
        vmid: int,
        *,
        storage: str = "local",
        ago: float = 86_400.0,
        protected: bool = False,
        notes: str = "",
        verification: str | None = None,
        encrypted: str | None = None,
    ) -> str:
        """Add a backup of a container as it is now; return its volume id. The last two only a Proxmox Backup Server
        tells.
        """
        with self.entered() as cluster:
            guest, place, when = cluster.guests[vmid], cluster.storages[storage], cluster.now - ago
            made = builder.backup(
                guest,
                place,
                when,
                protected=protected,
                notes=notes,
                verification=verification,
                encrypted=encrypted,
            )
            return made.volid

    def add_backup_job(self, *vmids: int) -> None:
        """Add a backup job for these guests, without any for all."""
        with self.entered() as cluster:
            cluster.backup_jobs.append(frozenset(vmids) or None)

    def add_orphan_volume(self, vmid: int, *, storage: str = "local-lvm", node: str | None = None) -> str:
        """Add a disk of that VMID which no configuration names; return its volume id."""
        with self.entered() as cluster:
            place = cluster.storages[storage]
            volume = Volume(place.disk(vmid, 7), "images", "raw", 10 << 20, int(cluster.now), vmid)
            place.files_on(node or next(iter(cluster.nodes))).append(volume)
            return volume.volid

    def add_container(
        self,
        vmid: int | None = None,
        *,
        node: str | None = None,
        status: str = "running",
        protection: bool = False,
        lock: str | None = None,
        template: bool = False,
        pool: str | None = None,
        snapshots: Sequence[str] = (),
        uptime: float = 86_400.0,
        settled: bool = True,
        **conf: Any,
    ) -> int:
        """Add an existing container; return its VMID (the lowest free one if none is given).

        `conf` is what `builder.container` takes: hostname, cores, net and so on, and further options of its
        configuration. With `settled=False` no node has broadcast it yet, so it is a bare `unknown` row until the next
        round of broadcasts.
        """
        with self.entered() as cluster:
            vmid = cluster.free_vmid() if vmid is None else vmid
            cluster.taken(vmid)
            flags: dict[str, Any] = {
                "protection": protection or None,
                "lock": lock,
                "template": 1 if template else None,
            }
            guest = builder.container(cluster, vmid, node or next(iter(cluster.nodes)), **flags, **conf)
            cluster.add_guest(guest, pool)
            for age, name in enumerate(snapshots):
                builder.snapshot(cluster, guest, name, ago=(len(snapshots) - age) * 3600.0)
            if status == "running" and not template:
                cluster.boot(guest, ago=uptime)
            if settled:
                cluster.broadcast.settle(guest)
            return vmid

    def add_snapshot(self, vmid: int, name: str, note: str = "", *, ago: float = 0.0) -> None:
        """Take a snapshot of a container as it is now, so many seconds ago."""
        with self.entered() as cluster:
            builder.snapshot(cluster, cluster.guests[vmid], name, note, ago)

    def add_vm(self, vmid: int, node: str | None = None, name: str = "vm", *, status: str = "running") -> int:
        """Add a QEMU machine and return its VMID: it is listed, and nothing else can be done with it here."""
        with self.entered() as cluster:
            cluster.taken(vmid)
            conf: Conf = {"name": name, "memory": 4096, "cores": 4}
            guest = Guest(vmid, node or next(iter(cluster.nodes)), conf, type="qemu")
            cluster.add_guest(guest)
            if status == "running":
                cluster.boot(guest, ago=86_400.0)
            cluster.broadcast.settle(guest)
            return vmid

    def fail_next_task(self, type: str, vmid: int | None = None, exitstatus: str = "storage is busy") -> None:
        """Let the next task of that type end with this status. `WARNINGS: n` lets it succeed with warnings."""
        with self.entered() as cluster:
            cluster.tasks.plot(Plot(type, vmid, exitstatus))

    def warn_in_next_task(self, type: str, vmid: int | None, warning: str) -> None:
        """Let the next task of that type succeed with a warning in its log."""
        with self.entered() as cluster:
            cluster.tasks.plot(Plot(type, vmid, "WARNINGS: 1", (f"WARN: {warning}",)))

    def write_in_next_log(self, type: str, vmid: int | None, line: str) -> None:
        """Let the next task of that type succeed with a line in its log."""
        with self.entered() as cluster:
            cluster.tasks.plot(Plot(type, vmid, "OK", (line,)))

    def hang_next_task(self, type: str, vmid: int | None = None) -> None:
        """Let the next task of that type run until it is aborted, or let go on."""
        with self.entered() as cluster:
            cluster.tasks.plot(Plot(type, vmid, None))

    def let_hanging_task_go_on(self, type: str, vmid: int) -> None:
        """Let a task that hangs do the rest of its work. Raises ValueError when there is none."""
        with self.entered() as cluster:
            (task,) = cluster.tasks.active(vmid, type)
            cluster.tasks.go_on(task)

    def _seen(self, guest: Guest) -> Container:
        return Container(
            vmid=guest.vmid,
            type=guest.type,
            node=guest.node,
            hostname=guest.name,
            status=guest.status,
            lock=guest.lock,
            pool=self._cluster.pool_of(guest.vmid),
            conf=dict(guest.conf),
            digest=guest.digest,
            snapshots=tuple(guest.snapshots),
        )
