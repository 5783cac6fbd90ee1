"""Starting and stopping. Proxmox checks little before it forks the worker, so most failures are in the task: a start of
a missing, locked or wrong container is answered with a UPID.
"""

from __future__ import annotations

from collections.abc import Callable

from proximity_tui.simulator.api_errors import Died, invalid
from proximity_tui.simulator.parameters import BOOLEAN, COUNT
from proximity_tui.simulator.routing import Call, needs, route
from proximity_tui.simulator.world.simulated_cluster import Cluster
from proximity_tui.simulator.world.simulated_guest import Guest
from proximity_tui.simulator.world.worker_tasks import Flock, Task, Worker

_POWER = needs("/vms/{vmid}", "VM.PowerMgmt")
_NO_QUORUM = "cluster not ready - no quorum?"
_SKIPLOCK = {"skiplock": BOOLEAN}


@route("POST", "/nodes/{node}/lxc/{vmid}/status/start", {**_SKIPLOCK, "debug": BOOLEAN}, _POWER)
def start(call: Call) -> str:
    cluster, node, vmid = call.cluster, call.node, call.vmid
    _no_skiplock(call)
    if _running(call):
        raise Died(f"CT {vmid} already running")
    if not cluster.quorate:
        raise Died(_NO_QUORUM)
    if cluster.run_by_ha(vmid):
        return _ask_ha(call, "hastart", "start", "started")

    def worker(task: Task) -> Worker:
        yield Flock(vmid)
        guest = cluster.guest_on(node, vmid)
        if guest.running:
            raise Died(f"CT {vmid} already running")
        check_startable(cluster, guest)
        yield cluster.task_seconds
        cluster.boot(guest)

    return fork(call, "vzstart", worker)


@route("POST", "/nodes/{node}/lxc/{vmid}/status/stop", {**_SKIPLOCK, "overrule-shutdown": BOOLEAN}, _POWER)
def stop(call: Call) -> str:
    cluster, node, vmid = call.cluster, call.node, call.vmid
    _no_skiplock(call)
    if not _running(call):
        raise Died(f"CT {vmid} not running")
    overrule = bool(call.params.get("overrule-shutdown"))
    if cluster.run_by_ha(vmid):
        if overrule:
            raise invalid({"overrule-shutdown": "cannot be used for HA-managed containers"})
        return _ask_ha(call, "hastop", "stop", "stopped")
    if overrule:
        for shutdown in cluster.tasks.active(vmid, "vzshutdown"):
            cluster.tasks.abort(shutdown)

    def worker(task: Task) -> Worker:
        yield Flock(vmid)
        guest = cluster.guest_on(node, vmid)
        _free_or_mounted(guest)
        yield cluster.task_seconds
        cluster.halt(guest)

    return fork(call, "vzstop", worker)


@route("POST", "/nodes/{node}/lxc/{vmid}/status/shutdown", {"timeout": COUNT, "forceStop": BOOLEAN}, _POWER)
def shutdown(call: Call) -> str:
    cluster, node, vmid = call.cluster, call.node, call.vmid
    timeout, force = int(call.params.get("timeout", 60)), bool(call.params.get("forceStop"))
    if not _running(call):
        raise Died(f"CT {vmid} not running")
    if cluster.run_by_ha(vmid):
        return _ask_ha(call, "hastop", "stop", "stopped")

    def worker(task: Task) -> Worker:
        yield Flock(vmid)
        guest = cluster.guest_on(node, vmid)
        cluster.free_lock(guest)
        if guest.ignores_shutdown:
            yield float(timeout)
            if not force:
                command = f"lxc-stop -n {vmid} --nokill --timeout {timeout}"
                task.log.append(f"command '{command}' failed: exit code 1")
                raise Died("container did not stop")
        else:
            yield cluster.task_seconds
        cluster.halt(guest)

    return fork(call, "vzshutdown", worker)


@route("POST", "/nodes/{node}/lxc/{vmid}/status/reboot", {"timeout": COUNT}, _POWER)
def reboot(call: Call) -> str:
    """Stop without checking lock or quorum, and start with the checks: a locked container stays stopped."""
    cluster, node, vmid = call.cluster, call.node, call.vmid
    if not _running(call):
        raise Died(f"VM {vmid} not running")

    def worker(task: Task) -> Worker:
        yield Flock(vmid)
        guest = cluster.guest_on(node, vmid)
        yield cluster.task_seconds / 2
        cluster.halt(guest)
        if not cluster.quorate or guest.lock not in (None, "mounted"):
            raise Died(f"startup for container '{vmid}' failed")
        yield cluster.task_seconds / 2
        cluster.boot(guest)

    return fork(call, "vzreboot", worker)


def fork(call: Call, type: str, worker: Callable[[Task], Worker]) -> str:
    """Start a worker on the node of the call, for the token that asked; returns the UPID."""
    return call.cluster.tasks.start(call.node, type, str(call.vmid), call.token.id, worker).upid


def check_startable(cluster: Cluster, guest: Guest) -> None:
    """Die as a start does for a container that cannot run."""
    _free_or_mounted(guest)
    if guest.template:
        raise Died("you can't start a CT if it's a template")
    if guest.freed:
        volume = next(iter(guest.volumes().values()), f"vm-{guest.vmid}-disk-0")
        raise Died(f"volume '{volume}' does not exist")
    for key, value in guest.conf.items():
        if key.startswith("net") and "bridge=" in str(value):
            bridge = str(value).partition("bridge=")[2].split(",")[0]
            if bridge not in cluster.bridges:
                raise Died(f"bridge '{bridge}' does not exist")


def _free_or_mounted(guest: Guest) -> None:
    if guest.lock not in (None, "mounted"):
        raise Died(f"CT is locked ({guest.lock})")


def _running(call: Call) -> bool:
    """Return whether it runs on the node in the path; a missing container counts as one that does not."""
    guest = call.cluster.guests.get(call.vmid)
    return guest is not None and guest.node == call.node and guest.type == "lxc" and guest.running


def _no_skiplock(call: Call) -> None:
    if call.params.get("skiplock"):
        raise invalid({"skiplock": "Only root may use this option."})


def _ask_ha(call: Call, type: str, verb: str, state: str) -> str:
    """Queue a request with the HA manager. The task is over at once; the container follows later."""
    cluster, vmid = call.cluster, call.vmid

    def follow() -> None:
        guest = cluster.guests.get(vmid)
        if guest is None or cluster.ha.get(vmid) != state:
            return
        if state == "stopped":
            cluster.halt(guest)
        elif not guest.running:
            cluster.boot(guest)

    def worker(task: Task) -> Worker:
        task.log.append(f"Requesting HA {verb} for CT {vmid}")
        yield 0.0
        cluster.ha[vmid] = state
        cluster.timeline.after(cluster.task_seconds * 4, follow)

    return fork(call, type, worker)
