"""Backing up one container with vzdump, and what stands with a backup: its protection and its notes. The backup of a
container that is stopped was recorded (9.2); what else is here follows Proxmox's own source and was not recorded: every
refusal of vzdump but the one for the storage's right is in the task."""

from __future__ import annotations

import re
import time as wallclock
from dataclasses import replace
from typing import Any

from proximity_tui.simulator import parameters
from proximity_tui.simulator.api_errors import Died
from proximity_tui.simulator.config_options import is_mount
from proximity_tui.simulator.parameters import BOOLEAN, STRING, Field
from proximity_tui.simulator.routes.lxc_status import fork
from proximity_tui.simulator.routing import Call, route
from proximity_tui.simulator.world import builder
from proximity_tui.simulator.world.simulated_guest import Guest
from proximity_tui.simulator.world.storage import Storage, Volume
from proximity_tui.simulator.world.worker_tasks import Task, Worker

_FORMATS = {"0": "tar", "1": "tar.lzo", "lzo": "tar.lzo", "gzip": "tar.gz", "zstd": "tar.zst"}
_HA_STOP = (
    "Cannot execute a backup with stop mode on a HA managed and enabled Service. Use snapshot mode or disable the"
    " Service."
)
_LIMIT = (
    "There is a max backup limit of {} enforced by the target storage or the vzdump parameters. Either increase the"
    " limit or delete old backups."
)

_PROTECTED = "The number of protected backups per guest is limited to {} on storage '{}'"
_USUAL_LIMIT = 5


@route(
    "POST",
    "/nodes/{node}/vzdump",
    {
        "vmid": parameters.required(parameters.read_vmid),
        "storage": parameters.STORAGE,
        "mode": Field(parameters.one_of("snapshot", "suspend", "stop")),
        "compress": Field(parameters.one_of("0", "1", "gzip", "lzo", "zstd")),
        "notes-template": STRING,
        "mailto": STRING,
        "mailnotification": Field(parameters.one_of("always", "failure")),
        "notification-mode": Field(parameters.one_of("auto", "legacy-sendmail", "notification-system")),
        "protected": BOOLEAN,
        "remove": BOOLEAN,
        "quiet": BOOLEAN,
    },
)
def backup(call: Call) -> str:
    """Back up one container. For one that lives on another node the answer is `OK` and no task."""
    guest = call.cluster.guests.get(call.vmid)
    if guest is not None and guest.node != call.node:
        return "OK"
    if "storage" in call.params:
        call.need(f"/storage/{call.params['storage']}", "Datastore.AllocateSpace")
    return fork(call, "vzdump", lambda task: _job(call, task))


_OWNER = re.compile(r"(?:vzdump-lxc-|backup/ct/)(\d+)[-/]")
"""The guest that the name of a backup tells, whether it is there or not."""

_VOLUME = "/nodes/{node}/storage/{storage}/content/{volume}"


@route("GET", _VOLUME)
def volume(call: Call) -> dict[str, Any]:
    """Return the attributes of a volume; its notes whole, where the list has their first line."""
    storage, volid = _accessible(call)
    found = _file(call, storage, volid)
    if found is None:
        raise Died(f"volume_size_info on '{volid}' failed - no format")
    row: dict[str, Any] = {"path": _path(storage, volid), "size": found.size, "used": 0, "format": found.format}
    return row | ({"notes": found.notes, "protected": int(found.protected)} if found.content == "backup" else {})


@route("PUT", _VOLUME, {"notes": STRING, "protected": BOOLEAN})
def update_volume(call: Call) -> None:
    """Set the notes of a backup, then its protection. Of one that is gone nothing is told."""
    storage, volid = _accessible(call)
    found, params = _file(call, storage, volid), call.params
    if call.node in storage.down:
        raise Died(f"unable to open file '{_path(storage, volid)}.notes' - No such file or directory")
    if found is None:
        return
    if found.content != "backup":
        raise Died("only backups can have notes" if "notes" in params else "only backups support attribute 'protected'")
    files = storage.files_on(call.node)
    if "notes" in params:
        files[files.index(found)] = found = replace(found, notes=str(params["notes"]))
    if "protected" in params:
        wanted, most = bool(params["protected"]), _most_protected(call, storage)
        if wanted and not found.protected and 0 <= most <= storage.protected(call.node, int(found.vmid or 0)):
            raise Died(_PROTECTED.format(most, storage.name))
        files[files.index(found)] = replace(found, protected=wanted)


def _accessible(call: Call) -> tuple[Storage, str]:
    """Return the storage and the volume id of a call, or refuse it: reading a backup takes the right to make one."""
    name, volid = str(call.params["storage"]), str(call.params["volume"])
    volid = volid if ":" in volid else f"{name}:{volid}"
    storage = call.cluster.storages.get(name)
    if storage is None:
        raise Died(f"storage '{name}' does not exist")
    if not call.may(f"/storage/{name}", "Datastore.Allocate"):
        call.need(f"/storage/{name}", "Datastore.AllocateSpace")
        owner = _OWNER.search(volid)
        if owner is not None:
            call.need(f"/vms/{owner[1]}", "VM.Backup")
    return storage, volid


def _file(call: Call, storage: Storage, volid: str) -> Volume | None:
    there = () if call.node in storage.down else storage.files_on(call.node)
    return next((file for file in there if file.volid == volid), None)


def _path(storage: Storage, volid: str) -> str:
    return f"{storage.path or '/mnt'}/dump/{volid.rpartition('/')[2]}"


def _job(call: Call, task: Task) -> Worker:
    """Run the whole task: a failure of the container is in the log, and the task ends with `job errors`."""
    storage = _storage(call)
    given = "".join(f" --{key} {value}" for key, value in call.options.items())
    task.log.append(f"INFO: starting new backup job: vzdump {call.vmid}{given} --node {call.node}")
    if not call.may(f"/vms/{call.vmid}", "VM.Backup"):
        raise Died(f"403 Permission check failed (/vms/{call.vmid}, VM.Backup)")
    try:
        yield from _dump(call, task, storage)
    except Died as failure:
        if str(failure) != "unexpected status":
            task.log.append(f"ERROR: Backup of VM {call.vmid} failed - {failure}")
            task.log.append(f"INFO: Failed at {_clock(call)}")
            task.log.append("INFO: Backup job finished with errors")
        planned = task.plot is not None and str(failure) == task.plot.exitstatus
        raise failure if planned else Died("job errors") from None
    task.log.append("INFO: Backup job finished successfully")


def _storage(call: Call) -> Storage:
    """Return the target storage, or end the task before it reads any container."""
    name = str(call.params.get("storage") or "local")
    try:
        storage = call.cluster.storage(name, call.node)
        if call.node in storage.down:
            raise Died(f"storage '{name}' is not online")
    except Died as reason:
        told = f"could not activate storage '{name}': {reason}"
        raise Died(f"{told} could not get storage information for '{name}': {reason}") from None
    if "backup" not in storage.content:
        wrong = f"can't use storage '{name}' for backups - wrong content type"
        raise Died(f"could not get storage information for '{name}': {wrong}")
    return storage


def _dump(call: Call, task: Task, storage: Storage) -> Worker:
    cluster, vmid = call.cluster, call.vmid
    guest = cluster.guests.get(vmid)
    if guest is None or guest.type != "lxc":
        raise Died(f"unable to find VM '{vmid}'")
    asked = str(call.params.get("mode", "snapshot"))
    remove, protected = bool(call.params.get("remove", 1)), bool(call.params.get("protected"))
    _refuse_dump(call, storage, asked, remove=remove, protected=protected)
    began, running = cluster.now, guest.running
    mode = asked if running else "stop"
    task.log += [
        f"INFO: Starting Backup of VM {vmid} (lxc)",
        f"INFO: Backup started at {_clock(call)}",
        f"INFO: status = {guest.status}",
    ]
    cluster.free_lock(guest)
    if mode == "snapshot" and not _all_take_snapshots(call, guest):
        mode = "suspend"
        task.log += [
            "INFO: mode failure - some volumes do not support snapshots",
            "INFO: trying 'suspend' mode instead",
        ]
    task.log += [f"INFO: backup mode: {mode}", "INFO: ionice priority: 7", f"INFO: CT Name: {guest.name}"]
    task.log += [_mount_line(key, str(guest.conf[key])) for key in sorted(filter(is_mount, guest.conf))]
    yield from _locked(call, guest, halted=running and mode == "stop")
    format = _FORMATS[str(call.params.get("compress", "0"))]
    notes = str(call.params.get("notes-template") or "").replace("{{guestname}}", guest.name)
    volume = builder.backup(guest, storage, began, format=format, protected=protected, notes=notes)
    task.log += [
        f"INFO: creating vzdump archive '{_path(storage, volume.volid)}'",
        f"INFO: Total bytes written: {volume.size}",
        f"INFO: archive file size: {volume.size >> 20}MB",
    ]
    if remove and storage.keep_last is not None:
        task.log.append(f"INFO: pruned {storage.prune(call.node, vmid)} backup(s) not covered by keep-retention policy")
    task.log.append(f"INFO: Finished Backup of VM {vmid} (00:00:00)")
    task.log.append(f"INFO: Backup finished at {_clock(call)}")


def _refuse_dump(call: Call, storage: Storage, mode: str, *, remove: bool, protected: bool) -> None:
    """End the task where HA or the storage's retention does not let the container be backed up."""
    if mode == "stop" and call.cluster.ha.get(call.vmid) == "started":
        raise Died(_HA_STOP)
    limit = storage.keep_last
    if limit is not None and not remove and not protected and len(storage.prunable(call.node, call.vmid)) >= limit:
        raise Died(_LIMIT.format(limit))
    most = _most_protected(call, storage)
    if protected and most >= 0 and storage.protected(call.node, call.vmid) >= most:
        raise Died(_PROTECTED.format(most, storage.name))


def _all_take_snapshots(call: Call, guest: Guest) -> bool:
    """Return whether every volume that is backed up lies where a snapshot can be taken."""
    volumes = [volid for key, volid in guest.volumes().items() if _is_included(key, str(guest.conf[key]))]
    return all(call.cluster.storages[volid.partition(":")[0]].snapshots for volid in volumes)


def _is_included(key: str, text: str) -> bool:
    return key == "rootfs" or (not text.startswith("/") and "backup=1" in text.split(","))


def _mount_line(key: str, text: str) -> str:
    """Return the line of the log about a mount point, in the words of Proxmox's source."""
    place = "/" if key == "rootfs" else text.partition("mp=")[2].partition(",")[0]
    if _is_included(key, text):
        return f"INFO: including mount point {key} ('{place}') in backup"
    kind, why = ("bind", "not a volume") if text.startswith("/") else ("volume", "disabled")
    return f"INFO: excluding {kind} mount point {key} ('{place}') from backup ({why})"


def _most_protected(call: Call, storage: Storage) -> int:
    """Return the limit of protected backups of a guest; -1 where there is none."""
    if storage.max_protected is not None:
        return storage.max_protected
    return -1 if call.may(f"/storage/{storage.name}", "Datastore.Allocate") else _USUAL_LIMIT


def _locked(call: Call, guest: Guest, *, halted: bool) -> Worker:
    """Wait under the lock that shows; a container that was halted for it runs again afterwards."""
    if halted:
        call.cluster.halt(guest)
    try:
        yield from call.cluster.work_under(guest, "backup")
    finally:
        if halted:
            call.cluster.boot(guest)


def _clock(call: Call) -> str:
    return wallclock.strftime("%Y-%m-%d %H:%M:%S", wallclock.gmtime(call.cluster.now))
