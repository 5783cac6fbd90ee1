"""The client of one cluster: everything that the program may read, and eight writes.

A write is sent once and returns the id of the task that it started; whether it worked is seen afterwards, in its task
and on the guest. It spends a permit first, which only a last inspection gives (law 3) and which alone names its target.
Here is the one call site of `DELETE …/lxc/{vmid}` (law 1).
"""

from __future__ import annotations

from proximity_tui.core.doctrine.guards.permit import DestroyPermit
from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.model import names
from proximity_tui.core.model.actions.credentials import NO_CREDENTIALS, Credentials
from proximity_tui.core.model.actions.plan_content import CloneOptions, CreateOptions
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.paths import ApiPath
from proximity_tui.core.proxmox.reads import ClusterReads
from proximity_tui.core.proxmox.transport.channel import Parameters


class PveClient(ClusterReads):
    """The client of one cluster, to read and change it. Every write raises PermitError when its permit does not fit."""

    def start(self, permit: WritePermit) -> str:
        """Start a container. The task is also started for one that is missing or locked, and fails then."""
        permit.spend(WriteAction.START, self.cluster, self.now())
        return self._post(paths.guest(permit.node, permit.vmid, "status", "start"), {})

    def shutdown(self, permit: WritePermit, *, timeout: int = 60) -> str:
        """Ask a container to shut down within `timeout` seconds; it is not stopped when that time is over."""
        permit.spend(WriteAction.SHUTDOWN, self.cluster, self.now())
        parameters = {"timeout": timeout, "forceStop": 0}
        return self._post(paths.guest(permit.node, permit.vmid, "status", "shutdown"), parameters)

    def stop(self, permit: WritePermit) -> str:
        """Stop a container at once. Refused as "not running" also for one that is missing or on another node."""
        permit.spend(WriteAction.STOP, self.cluster, self.now())
        return self._post(paths.guest(permit.node, permit.vmid, "status", "stop"), {})

    def reboot(self, permit: WritePermit) -> str:
        """Reboot a container; Proxmox kills it when its own time for that is over. A locked one is stopped and not
        started again: check first.
        """
        permit.spend(WriteAction.REBOOT, self.cluster, self.now())
        return self._post(paths.guest(permit.node, permit.vmid, "status", "reboot"), {})

    def create(
        self,
        permit: WritePermit,
        options: CreateOptions,
        *,
        hostname: str,
        description: str,
        credentials: Credentials = NO_CREDENTIALS,
    ) -> str:
        """Create the container of `permit` and leave it stopped: with `start` Proxmox starts a second task whose id it
        does not return.

        `description` carries our marker. `unprivileged` is always sent, because its default differs between Proxmox 8
        and 9. Never with `force`, which would overwrite an existing container.
        """
        permit.spend(WriteAction.CREATE, self.cluster, self.now())
        try:
            path = paths.node(permit.node, "lxc")
            parameters: dict[str, str | int] = {
                "vmid": paths.vmid(permit.vmid),
                "ostemplate": paths.volid(options.template),
                "hostname": hostname,
                "cores": options.cores,
                "memory": options.memory_mib,
                "rootfs": f"{paths.storage_name(options.storage)}:{options.disk_gib}",
                "unprivileged": 1,
                "description": description,
                **_settings(options),
                **_access(credentials),
            }
        except ValueError as error:
            # A person chose these, so this is a no like any other and not a mistake of the program.
            raise errors.RefusedByProxmox(f"{self.cluster}: nothing was created: {error}", reason=str(error)) from None
        return self._post(path, parameters)

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
        """Clone the container of `permit` to `newid`, on another node if `target` is given. Its task is listed under
        the VMID of the source.

        `description` replaces the one of the source, whose marker must not be inherited.
        """
        permit.spend(WriteAction.CLONE, self.cluster, self.now())
        parameters: dict[str, str | int] = {
            "newid": paths.vmid(newid),
            "hostname": hostname,
            "description": description,
            "full": int(options.full),
        }
        try:
            if target is not None:
                parameters["target"] = paths.node_name(target)
            if options.storage is not None:
                parameters["storage"] = paths.storage_name(options.storage)
        except ValueError as error:
            raise errors.RefusedByProxmox(f"{self.cluster}: nothing was cloned: {error}", reason=str(error)) from None
        return self._post(paths.guest(permit.node, permit.vmid, "clone"), parameters)

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

    def destroy(self, permit: DestroyPermit) -> str:
        """Destroy the one guest that `permit` was minted for, and spend the permit. Raises PermitError if it does not
        fit.

        Never forced, so that a container somebody just started is refused; never with the unreferenced disks, which
        would take every volume that carries this VMID.
        """
        path = paths.guest(permit.node, permit.vmid)
        permit.spend(self.cluster, self.now())
        parameters = {"force": 0, "purge": int(permit.purge), "destroy-unreferenced-disks": 0}
        return self._task_id(path, "DELETE", self._session.delete(path, parameters))

    def _post(self, path: ApiPath, parameters: Parameters) -> str:
        return self._task_id(path, "POST", self._session.post(path, parameters))

    def _task_id(self, path: ApiPath, method: str, answer: object) -> str:
        """Return the answer if it is a task id. Raises otherwise: something may have been started all the same."""
        try:
            return paths.upid(answer).text
        except ValueError as error:
            raise self._session.malformed(path, str(error), method) from None


def _settings(options: CreateOptions) -> dict[str, str | int]:
    """Return the parameters of a creation that are left to Proxmox's defaults where nothing was asked for."""
    asked: dict[str, str | int | None] = {
        "net0": _network(options) if options.bridge is not None else None,
        "nameserver": " ".join(options.dns) or None,
        "searchdomain": options.search_domain,
        "swap": options.swap_mib,
        "tags": ";".join(options.tags) or None,
        "pool": options.pool,
        "onboot": 1 if options.onboot else None,
        # The only feature that Proxmox lets a token set.
        "features": "nesting=1" if options.nesting else None,
    }
    return {key: value for key, value in asked.items() if value is not None}


def _network(options: CreateOptions) -> str:
    if not names.is_bridge(options.bridge):
        raise ValueError(f"not a bridge: {ascii(options.bridge)[:40]}")
    gateway = f",gw={options.gateway}" if options.gateway is not None else ""
    tag = f",tag={options.vlan}" if options.vlan is not None else ""
    return f"name=eth0,bridge={options.bridge},ip={options.address or 'dhcp'}{gateway}{tag}"


def _access(credentials: Credentials) -> dict[str, str | int]:
    """Return the parameters that must stand nowhere but in the one request."""
    access: dict[str, str | int] = {}
    if credentials.password is not None:
        access["password"] = credentials.password.reveal()
    if credentials.ssh_keys:
        access["ssh-public-keys"] = "\n".join(key.reveal() for key in credentials.ssh_keys)
    return access
