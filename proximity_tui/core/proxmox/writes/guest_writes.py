"""The writes on one guest: its power, its config, its node and its snapshots.

Most errors stand only in the task; a config is written without one, and with the digest of the one that was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.writes.cluster_writes import ClusterWrites

if TYPE_CHECKING:
    from proximity_tui.core.model.actions.plan_options import ConfigChange, DiskGrowth, MigrateOptions


class GuestWrites(ClusterWrites):
    """Start, shut down, stop and reboot a container; change its config, its node and its snapshots.

    Each spends its permit, which raises PermitError where it is not for that, and raises ProxmoxError as a request
    does.
    """

    def start(self, permit: WritePermit) -> str:
        """Start a container; return the UPID of its task, which is also started for one that is missing or locked, and
        fails then.
        """
        permit.spend(WriteAction.START, self.cluster, self.now())
        return self._post(paths.guest(permit.node, permit.vmid, "status", "start"), {})

    def shutdown(self, permit: WritePermit, *, timeout: int = 60) -> str:
        """Ask a container to shut down within `timeout` seconds; return the UPID of its task. It is not stopped when
        that time is over.
        """
        permit.spend(WriteAction.SHUTDOWN, self.cluster, self.now())
        parameters = {"timeout": timeout, "forceStop": 0}
        return self._post(paths.guest(permit.node, permit.vmid, "status", "shutdown"), parameters)

    def stop(self, permit: WritePermit) -> str:
        """Stop a container at once; return the UPID of its task. Refused as "not running" also for one that is missing
        or on another node.
        """
        permit.spend(WriteAction.STOP, self.cluster, self.now())
        return self._post(paths.guest(permit.node, permit.vmid, "status", "stop"), {})

    def reboot(self, permit: WritePermit) -> str:
        """Reboot a container; return the UPID of its task. Proxmox kills it when its own time for that is over. A
        locked one is stopped and not started again: check first.
        """
        permit.spend(WriteAction.REBOOT, self.cluster, self.now())
        return self._post(paths.guest(permit.node, permit.vmid, "status", "reboot"), {})

    def change_config(self, permit: WritePermit, changes: Sequence[ConfigChange], *, digest: str) -> None:
        """Write settings into the config, in one request without a task. A failure may have stored a part of them
        (observed on Proxmox VE 9.2), so the config tells what came of it.

        Refused when the config has another `digest` by then. Settings that a running container does not take are stored
        as pending.
        """
        permit.spend(WriteAction.CHANGE, self.cluster, self.now())
        parameters: dict[str, str | int] = {one.key: one.value for one in changes if one.value is not None}
        removed = [one.key for one in changes if one.value is None]
        if removed:
            parameters["delete"] = ",".join(removed)
        self._session.put(paths.guest(permit.node, permit.vmid, "config"), {**parameters, "digest": digest})

    def grow(self, permit: WritePermit, growth: DiskGrowth, *, digest: str) -> str:
        """Give a disk its new size; return the UPID of its task. Refused when the config has another `digest` by then.
        That the file system did not follow stands only in the log of the task (observed on Proxmox VE 9.2).
        """
        permit.spend(WriteAction.GROW, self.cluster, self.now())
        path = paths.guest(permit.node, permit.vmid, "resize")
        answer = self._session.put(path, {"disk": growth.disk, "size": growth.size, "digest": digest})
        return self._task_id(path, "PUT", answer)

    def migrate(self, permit: WritePermit, options: MigrateOptions) -> str:
        """Move a container; return the UPID of its task, on the node that it leaves. With `restart` a running one is
        shut down, moved and started; without it Proxmox refuses a running one. Whatever stands in the way is told in
        the task only. Raises InvalidName for what cannot be the name of a node.
        """
        permit.spend(WriteAction.MIGRATE, self.cluster, self.now())
        parameters: dict[str, str | int] = {"target": paths.node_name(options.target)}
        if options.restart:
            parameters["restart"] = 1
        return self._post(paths.guest(permit.node, permit.vmid, "migrate"), parameters)

    def take_snapshot(self, permit: WritePermit, *, name: str, note: str = "") -> str:
        """Take a snapshot called `name`, with a note unless that is empty; return the UPID of its task."""
        permit.spend(WriteAction.SNAPSHOT, self.cluster, self.now())
        parameters: dict[str, str | int] = {"snapname": paths.snapshot_name(name)}
        if note:
            parameters["description"] = note
        return self._post(paths.guest(permit.node, permit.vmid, "snapshot"), parameters)

    def delete_snapshot(self, permit: WritePermit, *, name: str) -> str:
        """Delete the snapshot called `name`; return the UPID of its task. Never forced: that would forget one that
        could not be removed.
        """
        path = paths.snapshot(permit.node, permit.vmid, name)
        permit.spend(WriteAction.DELETE_SNAPSHOT, self.cluster, self.now())
        return self._task_id(path, "DELETE", self._session.delete(path, {}))

    def roll_back(self, permit: WritePermit, *, name: str) -> str:
        """Roll a container back to the snapshot called `name`; return the UPID of its task. A running one is stopped at
        once, and stays stopped.
        """
        path = paths.snapshot(permit.node, permit.vmid, name, "rollback")
        permit.spend(WriteAction.ROLL_BACK, self.cluster, self.now())
        return self._post(path, {})
