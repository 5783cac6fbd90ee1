"""The client of one cluster: everything that the program may read (`reads/`) and write (`writes/`).

A write is sent once and returns the id of the task that it started; whether it worked is seen afterwards, in its task
and on the guest. It spends a permit first, which only a last inspection gives (law 3) and which alone names its target.
Here is the one call site of `DELETE …/lxc/{vmid}` (law 1).
"""

from __future__ import annotations

from proximity_tui.core.doctrine.guards.permit import DestroyPermit
from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.writes.creation_writes import CreationWrites
from proximity_tui.core.proxmox.writes.guest_writes import GuestWrites
from proximity_tui.core.proxmox.writes.storage_writes import StorageWrites


class PveClient(GuestWrites, CreationWrites, StorageWrites):
    """The client of one cluster, to read and change it. Every write raises PermitError when its permit does not fit."""

    def destroy(self, permit: DestroyPermit) -> str:
        """Destroy the one guest that `permit` was minted for, and spend the permit. Return the UPID of its task. Raises
        PermitError if it does not fit.

        Never forced, so that a container somebody just started is refused; never with the unreferenced disks, which
        would take every volume that carries this VMID.
        """
        path = paths.guest(permit.node, permit.vmid)
        permit.spend(self.cluster, self.now())
        parameters = {"force": 0, "purge": int(permit.purge), "destroy-unreferenced-disks": 0}
        return self._task_id(path, "DELETE", self._session.delete(path, parameters))
