"""The writes of backups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.model import Compression
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.writes.cluster_writes import ClusterWrites

if TYPE_CHECKING:
    from proximity_tui.core.model.actions.plan_options import BackupOptions


class BackupWrites(ClusterWrites):
    """Back a container up."""

    def back_up(self, permit: WritePermit, order: BackupOptions) -> str:
        """Back a container up as `order` says. Raises NotFound when it lives on another node: then nothing is started.

        Never at the cost of an older backup: with `remove` off nothing is pruned.

        Recorded on 9.2: mode and compression, `remove` and `protected`. The other parameters, and the plain `OK` of a
        node that does not have it, are from Proxmox's schema and source, and were not recorded.
        """
        permit.spend(WriteAction.BACK_UP, self.cluster, self.now())
        path = paths.node(permit.node, "vzdump")
        try:
            place = paths.storage_name(order.storage)
        except ValueError as error:
            raise errors.RefusedByProxmox(
                f"{self.cluster}: nothing was backed up: {error}", reason=str(error)
            ) from None
        parameters: dict[str, str | int] = {
            "vmid": paths.vmid(permit.vmid),
            "storage": place,
            "mode": order.mode.value,
            "compress": "0" if order.compress is Compression.NONE else order.compress.value,
            "remove": 0,
            "protected": int(order.protected),
        }
        if order.note:
            parameters["notes-template"] = order.note
        if order.notify:
            parameters["mailto"] = ",".join(order.notify)
        answer = self._session.post(path, parameters)
        if answer == "OK":
            message = f"{self.cluster}: CT {permit.vmid} is not on {permit.node} any more: nothing was backed up"
            raise errors.GuestNotFound(message, node=permit.node, vmid=permit.vmid)
        return self._task_id(path, "POST", answer)
