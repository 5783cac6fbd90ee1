"""The writes of snapshots: take one, delete one, roll back to one. Nearly every error is in the task."""

from __future__ import annotations

from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.writes.cluster_writes import ClusterWrites


class SnapshotWrites(ClusterWrites):
    """Take and delete a snapshot of a container, and roll it back to one."""

    def take_snapshot(self, permit: WritePermit, *, name: str, note: str = "") -> str:
        """Take a snapshot called `name`, with a note unless that is empty."""
        permit.spend(WriteAction.SNAPSHOT, self.cluster, self.now())
        parameters: dict[str, str | int] = {"snapname": paths.snapshot_name(name)}
        if note:
            parameters["description"] = note
        return self._post(paths.guest(permit.node, permit.vmid, "snapshot"), parameters)

    def delete_snapshot(self, permit: WritePermit, *, name: str) -> str:
        """Delete the snapshot called `name`. Never forced: that would forget one that could not be removed."""
        path = paths.snapshot(permit.node, permit.vmid, name)
        permit.spend(WriteAction.DELETE_SNAPSHOT, self.cluster, self.now())
        return self._task_id(path, "DELETE", self._session.delete(path, {}))

    def roll_back(self, permit: WritePermit, *, name: str) -> str:
        """Roll a container back to the snapshot called `name`. A running one is stopped at once, and stays stopped."""
        path = paths.snapshot(permit.node, permit.vmid, name, "rollback")
        permit.spend(WriteAction.ROLL_BACK, self.cluster, self.now())
        return self._post(path, {})
