"""Cloning: the copy has a name and hardware addresses of its own, and everything else comes along, tags and protection
included. Until the task ends the copy is a stub with `lock: create` and its source has `lock: disk`."""

from __future__ import annotations

from typing import Any

from proximity_tui.simulator import config_options, parameters
from proximity_tui.simulator.api_errors import Died, denied, invalid
from proximity_tui.simulator.config_options import OPTIONS
from proximity_tui.simulator.parameters import BOOLEAN, STRING
from proximity_tui.simulator.routes.lxc_status import fork
from proximity_tui.simulator.routing import Call, needs, route
from proximity_tui.simulator.world.simulated_guest import Conf, Guest
from proximity_tui.simulator.world.worker_tasks import Flock, Task, Worker


@route(
    "POST",
    "/nodes/{node}/lxc/{vmid}/clone",
    {
        "newid": parameters.required(parameters.read_vmid),
        "hostname": OPTIONS["hostname"],
        "description": OPTIONS["description"],
        "full": BOOLEAN,
        "pool": STRING,
        "snapname": parameters.CONFIG_ID,
        "storage": parameters.STORAGE,
        "target": STRING,
        "bwlimit": STRING,
    },
    needs("/vms/{vmid}", "VM.Clone"),
)
def clone(call: Call) -> str:
    cluster, params = call.cluster, call.params
    newid, pool = int(params["newid"]), params.get("pool")
    if not call.may(f"/vms/{newid}", "VM.Allocate") and not (pool and call.may(f"/pool/{pool}", "VM.Allocate")):
        raise denied(f"/vms/{newid}", "VM.Allocate")
    if not cluster.quorate:
        raise Died("cluster not ready - no quorum?")
    guest = cluster.guest_on(call.node, call.vmid)
    cluster.free_lock(guest)
    full = bool(params.get("full", not guest.template))
    _require_source(guest, full, params.get("snapname"))
    cluster.taken(newid)
    target = str(params.get("target") or call.node)
    _require_target(call, guest, target)
    copy = Guest(newid, target, {"lock": "create"})
    cluster.add_guest(copy)
    return fork(call, "vzclone", lambda task: _cloner(call, task, guest, copy, full))


def _require_source(guest: Guest, full: bool, snapname: Any) -> None:
    """Die where a container cannot be copied as it is, or by this snapshot."""
    if snapname and snapname not in guest.snapshots:
        raise Died(f"snapshot '{snapname}' does not exist")
    if full and guest.running and not snapname:
        raise Died("Full clone of a running container is only possible from a snapshot")
    if not full and not guest.template and not snapname:
        raise Died(f"Linked clone feature for '{guest.volumes().get('rootfs', '')}' is not available")


def _require_target(call: Call, guest: Guest, target: str) -> None:
    """Refuse a node that there is not, or that the volumes cannot reach."""
    cluster, storage = call.cluster, call.params.get("storage")
    if target not in cluster.nodes:
        raise invalid({"target": f"no such cluster node '{target}'"})
    names = {volume.partition(":")[0] for volume in guest.volumes().values()}
    if target != call.node and any(not cluster.storage(name, call.node).shared for name in names):
        raise Died(f"can't clone CT to node '{target}' (CT uses local storage)")
    if storage:
        cluster.storage(str(storage), target)


def _cloner(call: Call, task: Task, guest: Guest, copy: Guest, full: bool) -> Worker:
    cluster, params = call.cluster, call.params
    kind = "full clone of mountpoint" if full else "linked clone of mount point"
    snapname = params.get("snapname")
    origin = guest.snapshots[str(snapname)].conf if snapname else guest.conf
    source: Conf = {
        key: value for key, value in origin.items() if key not in ("lock", "parent", "template", "snaptime")
    }
    if guest.conf.get("description") and "description" not in source:
        source["description"] = guest.conf["description"]
    guest.conf["lock"] = "disk"
    try:
        yield Flock(copy.vmid)
        task.log.append(f"creating a clone of container {guest.vmid} with ID {copy.vmid}")
        task.log.append(f"create {kind} rootfs ({guest.volumes().get('rootfs', '')})")
        yield cluster.task_seconds
    except (Died, GeneratorExit):
        if cluster.guests.get(copy.vmid) is copy:
            cluster.remove_guest(copy.vmid)
        raise
    finally:
        guest.conf.pop("lock", None)
    copy.conf = _copied(call, copy, source, full)
    if params.get("pool"):
        cluster.join(str(params["pool"]), copy.vmid)


def _copied(call: Call, copy: Guest, source: Conf, full: bool) -> Conf:
    """Return the configuration of a clone: tags and protection come along, hardware addresses do not."""
    cluster, params, conf = call.cluster, call.params, dict(source)
    for key, value in source.items():
        if config_options.is_net(key):
            parts = config_options.parse_net(str(value)) | {"hwaddr": cluster.new_mac()}
            conf[key] = config_options.write_net(parts)
        elif config_options.is_mount(key):
            mount = config_options.parse_mount(str(value))
            name = str(params.get("storage") or mount["volume"].partition(":")[0])
            volume = cluster.allocate(cluster.storage(name, copy.node), copy.vmid, conf)
            mount["volume"] = volume if full else f"{mount['volume']}/{volume.partition(':')[2]}"
            conf[key] = config_options.write_mount(mount)
        elif key.startswith("unused"):
            del conf[key]
    if params.get("hostname"):
        conf["hostname"] = str(params["hostname"])
    if params.get("description"):
        conf["description"] = config_options.stored_description(str(params["description"]))
    return conf
