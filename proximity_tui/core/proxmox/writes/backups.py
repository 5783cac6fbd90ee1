"""The writes of backups."""

from __future__ import annotations

from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.writes.cluster_writes import ClusterWrites


class BackupWrites(ClusterWrites):
    """Back a container up."""

    def back_up(self, permit: WritePermit, *, storage: str) -> str:
        """Back a stopped container up to `storage`. Raises NotFound when it lives on another node: then nothing is
        started.

        Mode `stop`, the only one that is consistent whatever happens meanwhile. Never at the cost of an older backup:
        with `remove` off nothing is pruned. And `protected`, for two reasons: a storage at its retention limit takes no
        other backup without pruning, and VMIDs are used again, so that the backups of the next guest there would prune
        this one, the last of something destroyed.

        Recorded on 9.2: mode and compression, on a stopped container. `remove`, `protected` and the plain `OK` of a
        node that does not have it are from Proxmox's schema and source, and were not recorded.
        """
        permit.spend(WriteAction.BACK_UP, self.cluster, self.now())
        path = paths.node(permit.node, "vzdump")
        try:
            place = paths.storage_name(storage)
        except ValueError as error:
            raise errors.RefusedByProxmox(
                f"{self.cluster}: nothing was backed up: {error}", reason=str(error)
            ) from None
        parameters: dict[str, str | int] = {
            "vmid": paths.vmid(permit.vmid),
            "storage": place,
            "mode": "stop",
            "compress": "zstd",
            "remove": 0,
            "protected": 1,
        }
        answer = self._session.post(path, parameters)
        if answer == "OK":
            message = f"{self.cluster}: CT {permit.vmid} is not on {permit.node} any more: nothing was backed up"
            raise errors.GuestNotFound(message, node=permit.node, vmid=permit.vmid)
        return self._task_id(path, "POST", answer)
