"""The write that moves a container to another node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.writes.cluster_writes import ClusterWrites

if TYPE_CHECKING:
    from proximity_tui.core.model.actions.plan_options import MigrateOptions


class MigrationWrites(ClusterWrites):
    """Move a container to another node."""

    def migrate(self, permit: WritePermit, options: MigrateOptions) -> str:
        """Move a container, in a task of the node that it leaves. With `restart` a running one is shut down, moved and
        started; without it Proxmox refuses a running one. Whatever stands in the way is told in the task only.
        """
        permit.spend(WriteAction.MIGRATE, self.cluster, self.now())
        try:
            parameters: dict[str, str | int] = {"target": paths.node_name(options.target)}
        except ValueError as error:
            raise errors.RefusedByProxmox(f"{self.cluster}: nothing was moved: {error}", reason=str(error)) from None
        if options.restart:
            parameters["restart"] = 1
        return self._post(paths.guest(permit.node, permit.vmid, "migrate"), parameters)
