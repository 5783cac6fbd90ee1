"""The writes to Proxmox VE. Each is sent once, and returns the id of the task that it started.

Here is the one call site of `DELETE …/lxc/{vmid}` (law 1). Every write spends a permit first, which only a last
inspection can give (law 3); the permit alone names its target. Whether a write worked is seen afterwards, in its task
and on the guest.
"""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.doctrine.actions.permit import DestroyPermit
from proximity_tui.core.doctrine.actions.write_permit import Deed, WritePermit
from proximity_tui.core.model import names
from proximity_tui.core.model.plan_content import CloneOptions, CreateOptions
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.paths import ApiPath
from proximity_tui.core.proxmox.transport.channel import Parameters
from proximity_tui.core.proxmox.transport.http import HttpSession


def start(session: HttpSession, permit: WritePermit, now: datetime) -> str:
    """Start a container. The task is also started for one that is missing or locked, and fails then."""
    permit.spend(Deed.START, session.cluster, now)
    return _post(session, paths.guest(permit.node, permit.vmid, "status", "start"), {})


def shutdown(session: HttpSession, permit: WritePermit, now: datetime, *, timeout: int) -> str:
    """Ask a container to shut down within `timeout` seconds; it is not stopped when that time is over."""
    permit.spend(Deed.SHUTDOWN, session.cluster, now)
    parameters = {"timeout": timeout, "forceStop": 0}
    return _post(session, paths.guest(permit.node, permit.vmid, "status", "shutdown"), parameters)


def stop(session: HttpSession, permit: WritePermit, now: datetime) -> str:
    """Stop a container at once. Refused as "not running" also for one that is missing or on another node."""
    permit.spend(Deed.STOP, session.cluster, now)
    return _post(session, paths.guest(permit.node, permit.vmid, "status", "stop"), {})


def reboot(session: HttpSession, permit: WritePermit, now: datetime) -> str:
    """Reboot a container; Proxmox kills it when its own time for that is over. A locked one is stopped and not started
    again: check first.
    """
    permit.spend(Deed.REBOOT, session.cluster, now)
    return _post(session, paths.guest(permit.node, permit.vmid, "status", "reboot"), {})


def create(
    session: HttpSession,
    permit: WritePermit,
    now: datetime,
    options: CreateOptions,
    *,
    hostname: str,
    description: str,
) -> str:
    """Create the container of `permit` and leave it stopped: with `start` Proxmox starts a second task whose id it does
    not return.

    `description` carries our marker. `unprivileged` is always sent, because its default differs between Proxmox 8 and
    9. Never with `force`, which would overwrite an existing container.
    """
    permit.spend(Deed.CREATE, session.cluster, now)
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
        }
        if options.bridge is not None:
            parameters["net0"] = f"name=eth0,bridge={_bridge(options.bridge)},ip=dhcp"
    except ValueError as error:
        # A person chose these, so this is a no like any other and not a mistake of the program.
        raise errors.RefusedByProxmox(f"{session.cluster}: nothing was created: {error}", reason=str(error)) from None
    return _post(session, path, parameters)


def clone(
    session: HttpSession,
    permit: WritePermit,
    now: datetime,
    options: CloneOptions,
    *,
    newid: int,
    hostname: str,
    description: str,
    target: str | None,
) -> str:
    """Clone the container of `permit` to `newid`, on another node if `target` is given. Its task is listed under the
    VMID of the source.

    `description` replaces the one of the source, whose marker must not be inherited.
    """
    permit.spend(Deed.CLONE, session.cluster, now)
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
        raise errors.RefusedByProxmox(f"{session.cluster}: nothing was cloned: {error}", reason=str(error)) from None
    return _post(session, paths.guest(permit.node, permit.vmid, "clone"), parameters)


def back_up(session: HttpSession, permit: WritePermit, now: datetime, *, storage: str) -> str:
    """Back a stopped container up to `storage`. Raises NotFound when it lives on another node: then nothing is started.

    Mode `stop`, the only one that is consistent whatever happens meanwhile. Never at the cost of an older backup: with
    `remove` off nothing is pruned. And `protected`, for two reasons: a storage at its retention limit takes no other
    backup without pruning, and VMIDs are used again, so that the backups of the next guest there would prune this one,
    the last of something destroyed.

    Recorded on 9.2: mode and compression, on a stopped container. `remove`, `protected` and the plain `OK` of a node
    that does not have it are from Proxmox's schema and source, and were not recorded.
    """
    permit.spend(Deed.BACK_UP, session.cluster, now)
    path = paths.node(permit.node, "vzdump")
    try:
        place = paths.storage_name(storage)
    except ValueError as error:
        raise errors.RefusedByProxmox(f"{session.cluster}: nothing was backed up: {error}", reason=str(error)) from None
    parameters: dict[str, str | int] = {
        "vmid": paths.vmid(permit.vmid),
        "storage": place,
        "mode": "stop",
        "compress": "zstd",
        "remove": 0,
        "protected": 1,
    }
    answer = session.post(path, parameters)
    if answer == "OK":
        said = f"{session.cluster}: CT {permit.vmid} is not on {permit.node} any more: nothing was backed up"
        raise errors.GuestNotFound(said, node=permit.node, vmid=permit.vmid)
    return _task_id(session, path, "POST", answer)


def destroy(session: HttpSession, permit: DestroyPermit, now: datetime) -> str:
    """Destroy the one guest that `permit` was minted for, and spend the permit. Raises PermitError if it does not fit.

    Never forced, so that a container somebody just started is refused; never with the unreferenced disks, which would
    take every volume that carries this VMID.
    """
    path = paths.guest(permit.node, permit.vmid)
    permit.spend(session.cluster, now)
    parameters = {"force": 0, "purge": int(permit.purge), "destroy-unreferenced-disks": 0}
    return _task_id(session, path, "DELETE", session.delete(path, parameters))


def _post(session: HttpSession, path: ApiPath, parameters: Parameters) -> str:
    return _task_id(session, path, "POST", session.post(path, parameters))


def _task_id(session: HttpSession, path: ApiPath, method: str, answer: object) -> str:
    """Return the answer if it is a task id. Raises otherwise: something may have been started all the same."""
    try:
        return paths.upid(answer).text
    except ValueError as error:
        raise session.malformed(path, str(error), method) from None


def _bridge(name: str) -> str:
    if not names.is_bridge(name):
        raise ValueError(f"not a bridge: {ascii(name)[:40]}")
    return name
