"""The graphs that Proxmox keeps of containers and nodes, by averages over a step of time."""

from __future__ import annotations

import math
from typing import Any

from proximity_tui.simulator import parameters
from proximity_tui.simulator.api_errors import Died
from proximity_tui.simulator.parameters import Field
from proximity_tui.simulator.routing import Call, needs, route
from proximity_tui.simulator.world import load_figures
from proximity_tui.simulator.world.simulated_guest import Guest

RESOLUTION = {"hour": (60, 60), "day": (60, 1440), "week": (1800, 336), "month": (1800, 1440), "year": (21600, 1440)}
"""By the name of a graph: the seconds from point to point, and the number of points."""

_PARAMETERS = {
    "timeframe": parameters.required(parameters.one_of(*RESOLUTION)),
    "cf": Field(parameters.one_of("AVERAGE", "MAX")),
}


@route(
    "GET",
    "/nodes/{node}/lxc/{vmid}/rrddata",
    _PARAMETERS,
    needs("/vms/{vmid}", "VM.Audit"),
    local=True,
)
def of_container(call: Call) -> list[dict[str, Any]]:
    """Return past figures of a container. Points before the container existed carry their time and nothing else."""
    guest = call.cluster.guests.get(call.vmid)
    if guest is None:
        file = f"/var/lib/rrdcached/db/pve-vm-9.0/{call.vmid}"
        socket = "rrdcached@unix:/var/run/rrdcached.sock"
        raise Died(f"RRD error: {socket}: rrd_fetch_r failed: opening '{file}': No such file or directory")
    moments = _moments(call)
    return [_point(call, guest, when, moments.step) for when in moments]


@route(
    "GET",
    "/nodes/{node}/rrddata",
    _PARAMETERS,
    needs("/nodes/{node}", "Sys.Audit"),
    local=True,
)
def of_node(call: Call) -> list[dict[str, Any]]:
    """Return past figures of a node; points before it was booted carry their time and nothing else."""
    cluster, node = call.cluster, call.cluster.nodes.get(call.node)
    if node is None:
        raise Died(f"RRD error: opening 'pve-node-9.0/{call.node}': No such file or directory")
    rows: list[dict[str, Any]] = []
    for when in _moments(call):
        row: dict[str, Any] = {"time": when}
        if when >= node.boot:
            cpu = load_figures.node_cpu(cluster.seed, node.name, when)
            used = node.memory * load_figures.node_memory(cluster.seed, node.name)
            row |= {"cpu": cpu, "maxcpu": node.cpus, "iowait": cpu / 90, "loadavg": cpu * node.cpus}
            row |= {"memtotal": node.memory, "memused": used, "memavailable": node.memory - used, "arcsize": 0}
            row |= {"swaptotal": 8 << 30, "swapused": 0, "roottotal": node.disk, "rootused": node.disk * 0.11}
            row |= {"netin": 90_000 * cpu, "netout": 60_000 * cpu}
            row |= {
                f"pressure{kind}{extent}": cpu / 9 for kind in load_figures.PRESSURES for extent in ("some", "full")
            }
        rows.append(row)
    return rows


def _moments(call: Call) -> range:
    """Return the times of the points of a graph, the latest last."""
    step, points = RESOLUTION[str(call.params["timeframe"])]
    last = int(call.cluster.now // step) * step
    return range(last - step * (points - 1), last + 1, step)


def _point(call: Call, guest: Guest, when: int, step: int) -> dict[str, Any]:
    born = guest.started_at if guest.started_at is not None else math.inf
    if when < guest.created_at:
        return {"time": when}
    size = {"maxmem": guest.maxmem, "maxdisk": guest.maxdisk}
    size["maxcpu"] = int(guest.cpus(call.cluster.nodes[guest.node].cpus))
    if when < born:
        return {"time": when, **size, "cpu": 0.0, "mem": 0.0, "disk": 0.0, "netin": 0.0, "netout": 0.0}
    load = load_figures.load(call.cluster.seed, guest.vmid, when, step, guest.maxmem, guest.maxdisk)
    rates = {key: getattr(load, key) / step for key in ("netin", "netout", "diskread", "diskwrite")}
    return {"time": when, **size, "cpu": load.cpu, "mem": float(load.mem), "disk": float(load.disk), **rates}
