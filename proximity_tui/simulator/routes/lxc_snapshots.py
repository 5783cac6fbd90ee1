"""The snapshots of a container: listed, taken, removed and rolled back to. Nearly every error is in the task. A
rollback brings tags, name and networks of that moment back, and keeps the description.
"""

from __future__ import annotations

from typing import Any

from proximity_tui.simulator import parameters
from proximity_tui.simulator.api_errors import Died
from proximity_tui.simulator.config_options import OPTIONS
from proximity_tui.simulator.parameters import BOOLEAN
from proximity_tui.simulator.routes.lxc_config import require_quorum_to_write
from proximity_tui.simulator.routes.lxc_status import fork
from proximity_tui.simulator.routing import Call, needs, route
from proximity_tui.simulator.world import builder
from proximity_tui.simulator.world.simulated_guest import Conf, Guest, Snapshot
from proximity_tui.simulator.world.worker_tasks import Flock, Task, Worker

_AUDIT = needs("/vms/{vmid}", "VM.Audit")
_ONE = "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}"


@route("GET", "/nodes/{node}/lxc/{vmid}/snapshot", needs=_AUDIT)
def listing(call: Call) -> list[dict[str, Any]]:
    """Return the snapshots by age, and at the end the present as a pseudo snapshot."""
    guest = call.cluster.guest_on(call.node, call.vmid)
    rows: list[dict[str, Any]] = []
    for snapshot in sorted(guest.snapshots.values(), key=lambda each: each.snaptime):
        row = {"name": snapshot.name, "snaptime": snapshot.snaptime, "description": snapshot.description}
        rows.append(row | ({"parent": snapshot.parent} if snapshot.parent else {}))
    here: dict[str, Any] = {
        "name": "current",
        "description": "You are here!",
        "digest": guest.digest,
        "running": int(guest.running),
    }
    return [*rows, here | ({"parent": guest.conf["parent"]} if "parent" in guest.conf else {})]


@route("GET", f"{_ONE}/config", needs=_AUDIT)
def config(call: Call) -> Conf:
    return snapshot_config(call.cluster.guest_on(call.node, call.vmid), str(call.params["snapname"]))


@route(
    "POST",
    "/nodes/{node}/lxc/{vmid}/snapshot",
    {"snapname": parameters.required(parameters.read_config_id), "description": OPTIONS["description"]},
    needs("/vms/{vmid}", "VM.Snapshot"),
)
def take(call: Call) -> str:
    cluster, name = call.cluster, str(call.params["snapname"])
    if name in ("current", "pending", "vzdump"):
        raise Died(f"unable to use snapshot name '{name}' (reserved name)")

    def worker(task: Task) -> Worker:
        yield Flock(call.vmid)
        guest = cluster.guest_on(call.node, call.vmid)
        cluster.free_lock(guest)
        require_quorum_to_write(cluster, guest)
        if name in guest.snapshots:
            raise Died(f"snapshot name '{name}' already used")
        if not snapshottable(call, guest):
            raise Died("snapshot feature is not available")
        yield from cluster.work_under(guest, "snapshot")
        builder.snapshot(cluster, guest, name, str(call.params.get("description") or ""))

    return fork(call, "vzsnapshot", worker)


@route("DELETE", _ONE, {"force": BOOLEAN}, needs("/vms/{vmid}", "VM.Snapshot"))
def remove(call: Call) -> str:
    cluster, name = call.cluster, str(call.params["snapname"])

    def worker(task: Task) -> Worker:
        yield Flock(call.vmid)
        guest, snapshot = _found(call, name)
        yield from cluster.work_under(guest, "snapshot-delete")
        del guest.snapshots[name]
        for other in guest.snapshots.values():
            if other.parent == name:
                other.parent = snapshot.parent
        if guest.conf.get("parent") == name:
            del guest.conf["parent"]
            if snapshot.parent:
                guest.conf["parent"] = snapshot.parent

    return fork(call, "vzdelsnapshot", worker)


@route("POST", f"{_ONE}/rollback", {"start": BOOLEAN}, needs("/vms/{vmid}", "VM.Snapshot", "VM.Snapshot.Rollback"))
def rollback(call: Call) -> str:
    cluster, name = call.cluster, str(call.params["snapname"])

    def worker(task: Task) -> Worker:
        yield Flock(call.vmid)
        guest, snapshot = _found(call, name)
        cluster.halt(guest)
        yield from cluster.work_under(guest, "rollback")
        kept: Conf = {key: guest.conf[key] for key in ("description", "protection") if key in guest.conf}
        guest.conf = {**snapshot.conf, **kept, "parent": name}
        if call.params.get("start"):
            cluster.boot(guest)

    return fork(call, "vzrollback", worker)


def snapshottable(call: Call, guest: Guest) -> bool:
    """Return whether every volume lies on a storage that knows snapshots; a folder of the node lies on none."""
    if any(str(value).startswith("/") for key, value in guest.conf.items() if key.startswith("mp")):
        return False
    names = {volume.partition(":")[0] for volume in guest.volumes().values()}
    return all(name in call.cluster.storages and call.cluster.storages[name].snapshots for name in names)


def snapshot_config(guest: Guest, name: str) -> Conf:
    snapshot = guest.snapshots.get(name)
    if snapshot is None:
        raise Died(f"snapshot '{name}' does not exist")
    extra: Conf = {"snaptime": snapshot.snaptime}
    if snapshot.description:
        extra["description"] = snapshot.description
    if snapshot.parent:
        extra["parent"] = snapshot.parent
    return snapshot.conf | extra


def _found(call: Call, name: str) -> tuple[Guest, Snapshot]:
    """Return the guest of a call and its snapshot of that name, once both may be changed. Raises Died."""
    guest = call.cluster.guest_on(call.node, call.vmid)
    call.cluster.free_lock(guest)
    require_quorum_to_write(call.cluster, guest)
    snapshot = guest.snapshots.get(name)
    if snapshot is None:
        raise Died(f"snapshot '{name}' does not exist")
    return guest, snapshot
