"""The writes of a config: settings, and the size of a disk. Both with the digest of the config that was read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.writes.cluster_writes import ClusterWrites

if TYPE_CHECKING:
    from proximity_tui.core.model.actions.plan_options import ConfigChange, DiskGrowth


class ConfigWrites(ClusterWrites):
    """Change the settings of a container, or grow one of its disks."""

    def change_config(self, permit: WritePermit, changes: Sequence[ConfigChange], *, digest: str) -> None:
        """Write settings into the config, in one request without a task. A failure may have stored a part of them
        (recorded 9.2 behaviour), so the config tells what came of it.

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
        """Give a disk its new size, in a task. Refused when the config has another `digest` by then. That the file
        system did not follow stands only in the log of the task (recorded 9.2 behaviour).
        """
        permit.spend(WriteAction.GROW, self.cluster, self.now())
        path = paths.guest(permit.node, permit.vmid, "resize")
        answer = self._session.put(path, {"disk": growth.disk, "size": growth.size, "digest": digest})
        return self._task_id(path, "PUT", answer)
