"""Storages and their content."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from proximity_tui.simulator import parameters
from proximity_tui.simulator.api_errors import Died, invalid
from proximity_tui.simulator.parameters import BOOLEAN, STRING, VMID
from proximity_tui.simulator.routing import Call, needs, route
from proximity_tui.simulator.world import builder
from proximity_tui.simulator.world.simulated_guest import parse_size
from proximity_tui.simulator.world.storage import Storage, Volume
from proximity_tui.simulator.world.worker_tasks import Task, Worker

DOWNLOADS = {
    "alpine-3.20-default_20240908_amd64.tar.xz": "LXC default image for alpine 3.20 (20240908)",
    "archlinux-base_20240911-1_amd64.tar.zst": "ArchLinux base image.",
    "debian-12-standard_12.7-1_amd64.tar.zst": "Debian 12 Bookworm (standard)",
    "debian-13-standard_13.1-2_amd64.tar.zst": "Debian 13 Trixie (standard)",
    "rockylinux-9-default_20240912_amd64.tar.xz": "LXC default image for rockylinux 9 (20240912)",
    "ubuntu-24.04-standard_24.04-2_amd64.tar.zst": "Ubuntu 24.04 Noble (standard)",
}
"""By file, the headline."""

_SEE = ("Datastore.Audit", "Datastore.AllocateSpace")


@route("GET", "/storage", {"type": STRING})
def storages(call: Call) -> list[dict[str, Any]]:
    """Return the configuration of every storage the token may see."""
    rows = []
    for storage in call.cluster.storages.values():
        if call.may(f"/storage/{storage.name}", *_SEE):
            row: dict[str, Any] = {
                "storage": storage.name,
                "type": storage.type,
                "content": ",".join(storage.content),
                "digest": "c918ed18b2961028bac9372105276973eee6c601",
            }
            if storage.path:
                row["path"] = storage.path
            if "backup" in storage.content:
                row["prune-backups"] = storage.retention
                if storage.max_protected is not None:
                    row["max-protected-backups"] = storage.max_protected
            if storage.shared:
                row["shared"] = 1
            if storage.nodes is not None:
                row["nodes"] = ",".join(sorted(storage.nodes))
            if storage.disabled:
                row["disable"] = 1
            rows.append(row)
    return rows


@route(
    "GET",
    "/nodes/{node}/storage",
    {
        "content": STRING,
        "enabled": BOOLEAN,
        "format": BOOLEAN,
        "storage": parameters.STORAGE,
        "target": STRING,
    },
)
def on_node(call: Call) -> list[dict[str, Any]]:
    """Return the storages of a node, those of a wanted content only if one is given."""
    wanted = set(str(call.params.get("content") or "").replace(",", " ").split())
    return [
        _listed(call, storage)
        for storage in call.cluster.storages.values()
        if storage.on(call.node)
        and not storage.disabled
        and call.may(f"/storage/{storage.name}", *_SEE)
        and call.params.get("storage") in (None, storage.name)
        and (not wanted or wanted & set(storage.content))
    ]


@route("GET", "/nodes/{node}/storage/{storage}/status", needs=needs("/storage/{storage}", *_SEE))
def status(call: Call) -> dict[str, Any]:
    return _status(call, _storage(call))


@route(
    "GET",
    "/nodes/{node}/storage/{storage}/content",
    {"content": STRING, "vmid": VMID},
    needs("/storage/{storage}", *_SEE),
)
def content(call: Call) -> list[dict[str, Any]]:
    """Return the disks of containers and files. Left out silently: disks of guests that the token may not see, and
    backups that it might not make itself (recorded: `backup-list-auditor`, `backups-pool-after`).
    """
    if call.params["storage"] not in call.cluster.storages:
        raise Died(f"storage '{call.params['storage']}' does not exist")
    storage, wanted, vmid = _storage(call), call.params.get("content"), call.params.get("vmid")
    if call.node in storage.down:
        # From Proxmox's source: a storage is activated before its volumes are listed.
        raise Died(f"storage '{storage.name}' is not online")
    volumes = [*_disks(call, storage), *(_as_owned(call, file) for file in storage.files_on(call.node))]
    return [
        volume.row()
        for volume in volumes
        if wanted in (None, volume.content) and vmid in (None, volume.vmid) and _shown(call, storage, volume)
    ]


@route("GET", "/cluster/backup-info/not-backed-up", needs=needs("/", "Sys.Audit"))
def not_backed_up(call: Call) -> list[dict[str, Any]]:
    """Return the guests that no backup job covers, as Proxmox's source gives them: nobody recorded it."""
    jobs = call.cluster.backup_jobs
    return [
        {"vmid": vmid, "name": guest.name, "type": guest.type}
        for vmid, guest in sorted(call.cluster.guests.items())
        if call.may(f"/vms/{vmid}", "VM.Audit") and not any(job is None or vmid in job for job in jobs)
    ]


@route("GET", "/nodes/{node}/aplinfo")
def downloads(call: Call) -> list[dict[str, str]]:
    """Return the templates that the node can download, as Proxmox documents their fields: nobody recorded it."""
    return [
        {
            "template": file,
            "type": "lxc",
            "section": "system",
            "os": file.rpartition("_")[0].partition("_")[0].rpartition("-")[0],
            "package": file.partition("_")[0],
            "version": file.split("_")[1],
            "headline": headline,
        }
        for file, headline in DOWNLOADS.items()
    ]


@route(
    "POST",
    "/nodes/{node}/aplinfo",
    {"storage": parameters.required(parameters.at_most(100)), "template": parameters.required(parameters.at_most(255))},
)
def download(call: Call) -> str:
    """Download a template, as the source of Proxmox VE has it: nobody recorded it."""
    call.need(f"/storage/{call.params['storage']}", "Datastore.AllocateTemplate")
    file, storage = str(call.params["template"]), _storage(call)
    if file not in DOWNLOADS:
        raise invalid({"template": "no such template"})
    if "vztmpl" not in storage.content:
        raise Died(f"storage '{storage.name}' does not support templates")

    def worker(task: Task) -> Worker:
        task.log.append(f"starting template download from: http://download.proxmox.com/images/system/{file}")
        yield call.cluster.task_seconds
        builder.template(call.cluster, storage, file, 126_000_000, only=call.node)
        task.log.append("download finished")

    return call.cluster.tasks.start(call.node, "download", "", call.token.id, worker).upid


def _shown(call: Call, storage: Storage, volume: Volume) -> bool:
    place, guest = f"/storage/{storage.name}", f"/vms/{volume.vmid}"
    if volume.vmid is None or call.may(place, "Datastore.Allocate"):
        return True
    if volume.content == "backup":
        return call.may(place, "Datastore.AllocateSpace") and call.may(guest, "VM.Backup")
    return call.may(guest, "VM.Audit", "VM.Backup")


def _storage(call: Call) -> Storage:
    storage = call.cluster.storages.get(str(call.params["storage"]))
    if storage is None:
        raise invalid({"storage": "No such storage."})
    if not storage.on(call.node):
        raise Died(f"storage '{storage.name}' is not available on node '{call.node}'")
    if storage.disabled:
        # From Proxmox's source, as is that no list of what can be used has it.
        raise Died(f"storage '{storage.name}' is disabled")
    return storage


def _status(call: Call, storage: Storage) -> dict[str, Any]:
    used = storage.used(call.cluster.seed, call.node)
    row = {
        "type": storage.type,
        "content": ",".join(storage.content),
        "enabled": 1,
        "active": 1,
        "shared": int(storage.shared),
    }
    if call.node in storage.down:
        return row | {"active": 0, "total": 0, "used": 0, "avail": 0}
    return row | {"total": storage.size, "used": used, "avail": storage.size - used}


def _listed(call: Call, storage: Storage) -> dict[str, Any]:
    status = _status(call, storage)
    if not status["active"]:
        return {"storage": storage.name, **status}
    return {"storage": storage.name, **status, "used_fraction": status["used"] / status["total"]}


def _as_owned(call: Call, file: Volume) -> Volume:
    """Return a file with its owner: a disk that no configuration names counts as a container's
    while its VMID exists.
    """
    if file.content != "images" or file.vmid not in call.cluster.guests:
        return file
    return replace(file, content="rootdir")


def _disks(call: Call, storage: Storage) -> list[Volume]:
    """Return the disks that configurations of this node's containers name on the storage."""
    found = []
    for vmid, guest in sorted(call.cluster.guests.items()):
        if guest.freed or (guest.node != call.node and not storage.shared):
            continue
        for key, volid in guest.volumes().items():
            if volid.startswith(f"{storage.name}:"):
                size = parse_size(str(guest.conf[key]).partition("size=")[2].split(",")[0]) or 0
                found.append(Volume(volid, "rootdir", storage.format(), size, int(guest.created_at), vmid))
    return found
