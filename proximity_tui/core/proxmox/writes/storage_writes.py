"""The writes on what storages hold: backups and templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.core.doctrine.guards.storage_permits import DownloadPermit
from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.model import Compression
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.writes.cluster_writes import ClusterWrites

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.guards.storage_permits import BackupPermit
    from proximity_tui.core.model.actions.plan_options import BackupOptions


class StorageWrites(ClusterWrites):
    """Back a container up, change what stands with a backup, and download a template."""

    def back_up(self, permit: WritePermit, order: BackupOptions) -> str:
        """Back a container up as `order` says; return the UPID of its task. Raises GuestNotFound when it is on another
        node, as nothing is started then, and InvalidName for a name that cannot be one.

        Never at the cost of an older backup: with `remove` off nothing is pruned.

        Recorded on 9.2: mode and compression, `remove` and `protected`. The other parameters, and the plain `OK` of a
        node that does not have it, are from Proxmox's schema and source, and were not recorded.
        """
        permit.spend(WriteAction.BACK_UP, self.cluster, self.now())
        path = paths.node(permit.node, "vzdump")
        parameters: dict[str, str | int] = {
            "vmid": paths.vmid(permit.vmid),
            "storage": paths.storage_name(order.storage),
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

    def change_backup(self, permit: BackupPermit) -> None:
        """Set the protection and the note of a backup, in one request without a task. A failure may have stored the
        note and not the protection. Of a backup that is gone Proxmox tells nothing, so it is read again afterwards.

        From the source of Proxmox VE, and not recorded. Needs the rights that list the backup.
        """
        permit.spend(self.cluster, self.now())
        plan = permit.plan
        parameters: dict[str, str | int] = {}
        if plan.note is not None:
            parameters["notes"] = plan.note
        if plan.protected is not None:
            parameters["protected"] = int(plan.protected)
        self._session.put(paths.volume(plan.node, plan.request.volume), parameters)

    def download_template(self, permit: DownloadPermit) -> str:
        """Download the template of `permit` to its storage; return the UPID of its task. Needs
        Datastore.AllocateTemplate there. Raises InvalidName for a name that cannot be one.

        From the source of Proxmox VE, and not recorded: a file that is there with the right checksum is kept.
        """
        permit.spend(self.cluster, self.now())
        wanted = permit.request
        paths.volid(wanted.volid)
        parameters: dict[str, str | int] = {
            "storage": paths.storage_name(wanted.storage),
            "template": wanted.template,
        }
        return self._post(paths.node(wanted.node, "aplinfo"), parameters)
