"""Destroying, moving and templates. A destroy frees the disks first and writes the configuration
afterwards, without asking for quorum: that is how data is lost while the container stays."""

from __future__ import annotations

from typing import Any

from proximity_tui.simulator import config_options, parameters
from proximity_tui.simulator.api_errors import Died, invalid
from proximity_tui.simulator.parameters import BOOLEAN, COUNT, STRING
from proximity_tui.simulator.routes.lxc_config import require_quorum_to_write
from proximity_tui.simulator.routes.lxc_status import fork
from proximity_tui.simulator.routing import Call, needs, route
from proximity_tui.simulator.world.simulated_cluster import Cluster
from proximity_tui.simulator.world.simulated_guest import Guest
from proximity_tui.simulator.world.worker_tasks import Flock, Task, Worker


@route(
    "DELETE",
    "/nodes/{node}/lxc/{vmid}",
    {"force": BOOLEAN, "purge": BOOLEAN, "destroy-unreferenced-disks": BOOLEAN},
    needs("/vms/{vmid}", "VM.Allocate"),
)
def destroy(call: Call) -> str:
    cluster, vmid = call.cluster, call.vmid
    force, purge = bool(call.params.get("force")), bool(call.params.get("purge"))
    guest = cluster.guest_on(call.node, vmid)
    if guest.protected:
        raise Died(f"can't remove CT {vmid} - protection mode enabled")
    cluster.free_lock(guest)
    if not purge and vmid in cluster.ha:
        raise Died(f"unable to remove CT {vmid} - used in HA resources and purge parameter not set.")
    if not purge and vmid in cluster.replication:
        raise Died(f"There is a replication job '{vmid}-0' for guest '{vmid}' - Please remove that first.")
    if guest.running and not force:
        raise Died(f"unable to destroy CT {vmid} - container is running")
    return fork(call, "vzdestroy", lambda task: _destroyer(call, task, force, purge))


def _destroyer(call: Call, task: Task, force: bool, purge: bool) -> Worker:
    cluster, vmid = call.cluster, call.vmid
    yield Flock(vmid)
    guest = cluster.guest_on(call.node, vmid)
    if guest.protected:
        raise Died(f"can't remove CT {vmid} - protection mode enabled")
    cluster.free_lock(guest)
    if guest.running:
        if not force:
            raise Died(f"unable to destroy CT {vmid} - container is running")
        task.log.append(f"forced to stop CT {vmid} before destroying!")
        cluster.halt(guest)
    _unlinked(cluster, guest)
    yield cluster.task_seconds * 0.6
    guest.freed = True
    if call.params.get("destroy-unreferenced-disks"):
        for storage in cluster.storages.values():
            storage.drop_orphans(vmid)
    require_quorum_to_write(cluster, guest)
    last = guest.conf
    guest.conf = {"lock": "destroyed"}
    yield cluster.task_seconds * 0.4
    if purge:
        task.log.append(f"purging CT {vmid} from related configurations..")
        cluster.replication.pop(vmid, None)
        if cluster.ha.pop(vmid, None) is not None:
            task.log.append(f"NOTE: removed CT {vmid} from HA resource configuration.")
    cluster.remove_guest(vmid)
    guest.conf = last


def _unlinked(cluster: Cluster, guest: Guest) -> None:
    """Die while linked clones need the disks of a template, on the kinds of storage that check."""
    volume = guest.volumes().get("rootfs")
    storage = cluster.storages.get(volume.partition(":")[0]) if volume else None
    if guest.template and storage and storage.type in ("dir", "zfspool", "rbd"):
        for other in cluster.guests.values():
            if other is not guest and str(other.conf.get("rootfs", "")).startswith(f"{volume}/"):
                raise Died(f"base volume '{volume}' is still in use by linked clones")


@route("POST", "/nodes/{node}/lxc/{vmid}/template", {"experimental": BOOLEAN}, needs("/vms/{vmid}", "VM.Allocate"))
def template(call: Call) -> None:
    """Turn a container into a template, in a task whose UPID is not returned."""
    cluster = call.cluster
    guest = cluster.guest_on(call.node, call.vmid)
    cluster.free_lock(guest)
    if guest.template:
        raise Died("you can't convert a template to a template")
    if guest.running:
        raise Died("you can't convert a CT to template if the CT is running")
    if guest.snapshots:
        raise Died(f"unable to create template, because CT {guest.vmid} contains snapshots")

    def worker(task: Task) -> Worker:
        yield Flock(guest.vmid)
        yield cluster.task_seconds
        guest.conf["template"] = 1
        guest.conf["rootfs"] = str(guest.conf.get("rootfs", "")).replace(f"vm-{guest.vmid}-", f"base-{guest.vmid}-")

    fork(call, "vztemplate", worker)


@route("GET", "/nodes/{node}/lxc/{vmid}/migrate", {"target": STRING}, needs("/vms/{vmid}", "VM.Migrate"))
def migrate_preconditions(call: Call) -> dict[str, Any]:
    """Return where a container may go: every other node, also one that is offline."""
    guest = call.cluster.guest_on(call.node, call.vmid)
    others = sorted(name for name in call.cluster.nodes if name != guest.node)
    return {"allowed-nodes": others, "not-allowed-nodes": {}, "running": int(guest.running)}


@route(
    "POST",
    "/nodes/{node}/lxc/{vmid}/migrate",
    {
        "target": parameters.required(parameters.read_string),
        "online": BOOLEAN,
        "restart": BOOLEAN,
        "timeout": COUNT,
        "target-storage": STRING,
        "bwlimit": STRING,
    },
    needs("/vms/{vmid}", "VM.Migrate"),
)
def migrate(call: Call) -> str:
    cluster, target = call.cluster, str(call.params["target"])
    if target == call.node:
        raise invalid({"target": "target is local node."})
    if target not in cluster.nodes:
        raise Died(f"no such cluster node '{target}'")
    guest = cluster.guest_on(call.node, call.vmid)
    if not cluster.quorate:
        raise Died("cluster not ready - no quorum?")
    running = guest.running
    if cluster.run_by_ha(call.vmid):
        return _ask_ha_to_move(call, target)
    if running and not call.params.get("online") and not call.params.get("restart"):
        raise Died("can't migrate running container without --online or --restart")

    def worker(task: Task) -> Worker:
        yield Flock(guest.vmid)
        cluster.free_lock(guest)
        _require_place(cluster, guest, target)
        cluster.halt(guest)
        yield from cluster.work_under(guest, "migrate")
        guest.node = target
        if running:
            cluster.boot(guest)

    return fork(call, "vzmigrate", worker)


def _require_place(cluster: Cluster, guest: Guest, target: str) -> None:
    """Die where a volume cannot follow, in the words of a task."""
    for key, value in sorted(guest.conf.items()):
        if config_options.is_mount_point(key) and str(value).startswith("/") and "shared=1" not in str(value):
            raise Died(f"cannot migrate local bind mount point '{key}'")
    for volume in guest.volumes().values():
        cluster.storage(volume.partition(":")[0], target)


def _ask_ha_to_move(call: Call, target: str) -> str:
    """Queue a move with the HA manager. The task is over at once; the container follows later."""
    cluster, vmid = call.cluster, call.vmid

    def follow() -> None:
        guest = cluster.guests.get(vmid)
        if guest is not None:
            guest.node = target

    def worker(task: Task) -> Worker:
        task.log.append(f"Requesting HA migration for CT {vmid} to node {target}")
        yield 0.0
        cluster.timeline.after(cluster.task_seconds * 4, follow)

    return fork(call, "hamigrate", worker)
