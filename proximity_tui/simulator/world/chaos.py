"""The changes to a cluster behind a client's back: containers vanish, move and change, nodes die, quorum goes. The half
of `World` that accident drills are made of.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from proximity_tui.simulator.world import builder
from proximity_tui.simulator.world.simulated_cluster import Cluster
from proximity_tui.simulator.world.simulated_guest import Conf, Guest


class Chaos(ABC):
    """Changes by others. Those that Proxmox would log leave a task in the node's log, by that user."""

    @abstractmethod
    def entered(self) -> AbstractContextManager[Cluster]: ...

    def destroy_outside(self, vmid: int, user: str = "root@pam") -> None:
        """Remove the container, as if somebody had run `pct destroy` on its node."""
        with self.entered() as cluster:
            self._destroy(cluster, vmid, user)

    def recreate_outside(self, vmid: int, hostname: str = "somebody-elses", user: str = "root@pam") -> None:
        """Give the VMID to another new container, with other hardware addresses. It shows the old one's figures until
        the next round of broadcasts.
        """
        with self.entered() as cluster:
            node = self._clear(cluster, vmid, user)
            conf: Conf = {"arch": "amd64", "ostype": "ubuntu", "memory": 2048, "swap": 512, "unprivileged": 1}
            conf["hostname"] = hostname
            conf["rootfs"] = f"{cluster.allocate(cluster.storages['local-lvm'], vmid, conf)},size=16G"
            conf["net0"] = builder.interface(cluster, 0, {})
            guest = Guest(vmid, node, conf)
            cluster.add_guest(guest)
            cluster.boot(guest)
            cluster.tasks.note(node, "vzcreate", str(vmid), user)

    def replace_by_vm(self, vmid: int, name: str = "replacement", user: str = "root@pam") -> None:
        """Give the VMID to a QEMU machine."""
        with self.entered() as cluster:
            node = self._clear(cluster, vmid, user)
            guest = Guest(vmid, node, {"name": name, "memory": 2048, "cores": 2}, type="qemu")
            cluster.add_guest(guest)
            cluster.boot(guest)
            cluster.tasks.note(node, "qmcreate", str(vmid), user)

    def restore(self, vmid: int, new_vmid: int | None = None, user: str = "root@pam") -> None:
        """Restore a vanished container from a backup with the same configuration and addresses, stopped."""
        with self.entered() as cluster:
            old = cluster.graves[vmid]
            target = vmid if new_vmid is None else new_vmid
            cluster.taken(target)
            conf: Conf = {key: value for key, value in old.conf.items() if key not in ("lock", "parent")}
            guest = replace(
                old, vmid=target, conf=conf, started_at=None, pid=None, snapshots={}, pending={}, freed=False,
                created_at=cluster.now,
            )  # fmt: skip
            cluster.add_guest(guest)
            cluster.tasks.note(guest.node, "vzrestore", str(target), user)

    def migrate(self, vmid: int, node: str, user: str = "root@pam") -> None:
        """Move the container to another node, running or not."""
        with self.entered() as cluster:
            guest = cluster.guests[vmid]
            cluster.tasks.note(guest.node, "vzmigrate", str(vmid), user)
            guest.node = cluster.nodes[node].name

    def set_status(self, vmid: int, status: str) -> None:
        """Set the status to `running` or `stopped`. Lists that use broadcasts show it at the next round."""
        with self.entered() as cluster:
            guest = cluster.guests[vmid]
            if status == "running":
                cluster.boot(guest)
            else:
                cluster.halt(guest)

    def set_config(self, vmid: int, **options: Any) -> None:
        """Write options as with an editor: no lock and no schema prevents it."""
        with self.entered() as cluster:
            cluster.guests[vmid].conf.update(builder.settings(cluster, options))

    def set_lock(self, vmid: int, lock: str | None) -> None:
        with self.entered() as cluster:
            conf = cluster.guests[vmid].conf
            conf.pop("lock", None)
            if lock:
                conf["lock"] = lock

    def half_destroy(self, vmid: int) -> None:
        """Leave the remains of a destroy that died on its last steps: no disks, and a stub with `lock: destroyed`."""
        with self.entered() as cluster:
            guest = cluster.guests[vmid]
            cluster.halt(guest)
            guest.freed = True
            guest.conf = {"lock": "destroyed"}
            cluster.tasks.note(guest.node, "vzdestroy", str(vmid), "root@pam", status="unexpected status")

    def set_ignores_shutdown(self, vmid: int, ignores_shutdown: bool = True) -> None:
        """Let a container ignore shutdown requests."""
        with self.entered() as cluster:
            cluster.guests[vmid].ignores_shutdown = ignores_shutdown

    def set_node_online(self, node: str, online: bool) -> None:
        """Power a node off, or on again: its containers start again with it."""
        with self.entered() as cluster:
            host = cluster.nodes[node]
            if online and not host.online:
                host.boot = cluster.now
                for guest in cluster.guests.values():
                    if guest.node == node and guest.running:
                        cluster.boot(guest)
            host.online = online

    def set_statd(self, node: str, alive: bool) -> None:
        """Let the status daemon of one node hang, or work again: its broadcasts stop while everything runs on."""
        with self.entered() as cluster:
            cluster.nodes[node].statd = alive

    def set_maintenance(self, node: str, maintenance: bool) -> None:
        """Take a node out of service for HA, or put it back."""
        with self.entered() as cluster:
            cluster.nodes[node].maintenance = maintenance

    def set_storage_used(self, storage: str, share: float) -> None:
        """Fill a storage up to that share, on every node."""
        with self.entered() as cluster:
            cluster.storages[storage].share = share

    def set_storage_reachable(self, storage: str, node: str, reachable: bool) -> None:
        """Let a node lose a storage, or reach it again. Lists show it once the last broadcast of it is too old."""
        with self.entered() as cluster:
            down = cluster.storages[storage].down
            if reachable:
                down.pop(node, None)
            else:
                down.setdefault(node, cluster.now)

    def set_quorate(self, quorate: bool) -> None:
        with self.entered() as cluster:
            cluster.quorate = quorate

    def set_ha(self, vmid: int, state: str | None) -> None:
        """Put the container under high availability with that state, or take it out."""
        with self.entered() as cluster:
            if state is None:
                cluster.ha.pop(vmid, None)
            else:
                cluster.ha[vmid] = state

    def set_replication(self, vmid: int, replicated: bool) -> None:
        """Give the container a replication job to another node, or remove it."""
        with self.entered() as cluster:
            cluster.replication.pop(vmid, None)
            if replicated:
                home = cluster.guests[vmid].node
                cluster.replication[vmid] = next((name for name in cluster.nodes if name != home), home)

    def broadcast(self) -> None:
        """Let every node broadcast now instead of at the next round."""
        with self.entered() as cluster:
            cluster.broadcast.play(cluster.now)

    def forget_broadcasts(self, node: str | None = None) -> None:
        """Restart the cluster file system of one node or of all: its guests are `unknown` until the next round."""
        with self.entered() as cluster:
            cluster.broadcast.forget(node)

    def rotate_tasks(self) -> None:
        """Lose the logs of all finished tasks, as rotation does in time."""
        with self.entered() as cluster:
            for task in [task for task in cluster.tasks.all if not task.running]:
                cluster.tasks.forget(task.upid)

    def _clear(self, cluster: Cluster, vmid: int, user: str) -> str:
        """Free a VMID and return its node."""
        if vmid in cluster.guests:
            return self._destroy(cluster, vmid, user)
        return cluster.graves[vmid].node if vmid in cluster.graves else next(iter(cluster.nodes))

    @staticmethod
    def _destroy(cluster: Cluster, vmid: int, user: str) -> str:
        guest = cluster.guests[vmid]
        kind = "vzdestroy" if guest.type == "lxc" else "qmdestroy"
        cluster.tasks.note(guest.node, kind, str(vmid), user)
        cluster.remove_guest(vmid)
        cluster.ha.pop(vmid, None)
        cluster.replication.pop(vmid, None)
        return guest.node
