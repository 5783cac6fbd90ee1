"""The writes that make a container: create, clone and restore."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.writes.cluster_writes import ClusterWrites

if TYPE_CHECKING:
    from proximity_tui.core.model.actions.credentials import Credentials
    from proximity_tui.core.model.actions.plan_options import CloneOptions, CreateOptions, RestoreOptions


class CreationWrites(ClusterWrites):
    """Create a container, clone one, or restore one from a backup."""

    def create(
        self,
        permit: WritePermit,
        options: CreateOptions,
        *,
        hostname: str,
        description: str,
        credentials: Credentials | None = None,
    ) -> str:
        """Create the container of `permit` and leave it stopped; return the UPID of its task. With `start` Proxmox
        would start a second task whose id it does not return. Raises InvalidName for a name that cannot be one.

        `description` carries our marker. `unprivileged` is always sent, because its default differs between Proxmox 8
        and 9. Never with `force`, which would overwrite an existing container.
        """
        # Only a creation needs it, and every process has a client.
        from proximity_tui.core.model.actions.creation_parameters import creation_parameters

        permit.spend(WriteAction.CREATE, self.cluster, self.now())
        if options.bridge is not None:
            paths.bridge_name(options.bridge)
        parameters: dict[str, str | int] = {
            "vmid": paths.vmid(permit.vmid),
            "ostemplate": paths.volid(options.template),
            "hostname": hostname,
            "cores": options.cores,
            "memory": options.memory_mib,
            "rootfs": f"{paths.storage_name(options.storage)}:{options.disk_gib}",
            "unprivileged": 1,
            "description": description,
            **creation_parameters(options),
            **_access(credentials),
        }
        return self._post(paths.node(permit.node, "lxc"), parameters)

    def clone(
        self,
        permit: WritePermit,
        options: CloneOptions,
        *,
        newid: int,
        hostname: str,
        description: str,
        target: str | None = None,
    ) -> str:
        """Clone the container of `permit` to `newid`, on another node if `target` is given; return the UPID of its
        task, which is listed under the VMID of the source. Raises InvalidName for a name that cannot be one.

        `description` replaces the one of the source, whose marker must not be inherited.
        """
        permit.spend(WriteAction.CLONE, self.cluster, self.now())
        parameters: dict[str, str | int] = {
            "newid": paths.vmid(newid),
            "hostname": hostname,
            "description": description,
            "full": int(options.full),
        }
        if target is not None:
            parameters["target"] = paths.node_name(target)
        if options.storage is not None:
            parameters["storage"] = paths.storage_name(options.storage)
        return self._post(paths.guest(permit.node, permit.vmid, "clone"), parameters)

    def restore(self, permit: WritePermit, options: RestoreOptions) -> str:
        """Restore a backup as the container of `permit` and leave it stopped; return the UPID of its task. Raises as
        `create` does.

        Never with `force`, which would destroy the container that is there, and is gone even if the restore fails
        (observed on Proxmox VE 9.2). `unprivileged` is always sent. `storage` takes every volume of the backup; without
        it Proxmox would use `local`.
        """
        from proximity_tui.core.model.actions.creation_parameters import restore_parameters

        permit.spend(WriteAction.CREATE, self.cluster, self.now())
        parameters: dict[str, str | int] = {
            "vmid": paths.vmid(permit.vmid),
            "restore": 1,
            "ostemplate": paths.volid(options.backup),
            "storage": paths.storage_name(options.storage),
            "unprivileged": int(options.unprivileged),
        }
        return self._post(paths.node(permit.node, "lxc"), {**parameters, **restore_parameters(options)})


def _access(credentials: Credentials | None) -> dict[str, str | int]:
    """Return the parameters that must stand nowhere but in the one request."""
    access: dict[str, str | int] = {}
    if credentials is None:
        return access
    if credentials.password is not None:
        access["password"] = credentials.password.reveal()
    if credentials.ssh_keys:
        access["ssh-public-keys"] = "\n".join(key.reveal() for key in credentials.ssh_keys)
    return access
