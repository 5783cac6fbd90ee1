"""Quorum, high availability, replication and the cluster-wide task list."""

from __future__ import annotations

import hashlib
from typing import Any

from proximity_tui.simulator import parameters
from proximity_tui.simulator.parameters import Field
from proximity_tui.simulator.routing import Call, needs, route
from proximity_tui.simulator.world.simulated_cluster import Cluster
from proximity_tui.simulator.world.worker_tasks import Task

_FINISHED_PER_NODE = 25


@route("GET", "/cluster/status", needs=needs("/", "Sys.Audit"))
def status(call: Call) -> list[dict[str, Any]]:
    """Return the nodes as this one sees them; a standalone host has no `cluster` entry."""
    cluster = call.cluster
    rows: list[dict[str, Any]] = []
    if len(cluster.nodes) > 1:
        rows.append(
            {
                "id": "cluster",
                "type": "cluster",
                "name": cluster.name,
                "version": len(cluster.nodes),
                "nodes": len(cluster.nodes),
                "quorate": int(cluster.quorate),
            }
        )
    for node in cluster.nodes.values():
        rows.append(
            {
                "id": f"node/{node.name}",
                "type": "node",
                "name": node.name,
                "nodeid": node.number if len(cluster.nodes) > 1 else 0,
                "ip": node.address,
                "local": int(node is cluster.local),
                "online": int(node.online),
                "level": "",
            }
        )
    return rows


@route("GET", "/cluster/ha/resources", {"type": Field(parameters.one_of("ct", "vm"))}, needs("/", "Sys.Audit"))
def ha_resources(call: Call) -> list[dict[str, Any]]:
    if call.params.get("type") == "vm":
        return []
    return [
        {"sid": f"ct:{vmid}", "type": "ct", "state": state, "digest": _digest(call.cluster)}
        for vmid, state in sorted(call.cluster.ha.items())
    ]


@route("GET", "/cluster/ha/status/current", needs=needs("/", "Sys.Audit"))
def ha_status(call: Call) -> list[dict[str, Any]]:
    """Return the quorum and the fencing, as of a cluster on which HA stands by (recorded: `ha-status-current`)."""
    cluster, node = call.cluster, call.cluster.local.name
    quorum = {"id": "quorum", "type": "quorum", "node": node, "quorate": int(cluster.quorate)}
    fencing = {"id": "fencing", "type": "fencing", "node": node, "armed-state": "standby"}
    return [
        quorum | {"status": "OK" if cluster.quorate else "No quorum on node '" + node + "'!"},
        fencing | {"status": "standby (CRM watchdog standby)"},
    ]


@route("GET", "/cluster/replication")
def replication(call: Call) -> list[dict[str, Any]]:
    """Return the replication jobs of guests that the token may see."""
    rows: list[dict[str, Any]] = []
    for vmid, target in sorted(call.cluster.replication.items()):
        guest = call.cluster.guests.get(vmid)
        if guest and call.may(f"/vms/{vmid}", "VM.Audit"):
            rows.append(
                {
                    "id": f"{vmid}-0",
                    "guest": vmid,
                    "jobnum": 0,
                    "type": "local",
                    "source": guest.node,
                    "target": target,
                    "schedule": "*/15",
                }
            )
    return rows


@route("GET", "/cluster/tasks")
def tasks(call: Call) -> list[dict[str, Any]]:
    """Return the newest tasks of every node; nothing at all for a token without Sys.Audit on /."""
    if not call.may("/", "Sys.Audit"):
        return []
    rows: list[dict[str, Any]] = []
    for node in reversed(call.cluster.nodes):
        own = [task for task in reversed(call.cluster.tasks.all) if task.node == node]
        running = [task for task in own if task.running]
        finished = [task for task in own if not task.running][:_FINISHED_PER_NODE]
        rows.extend(_row(task) for task in [*running, *finished])
    return rows


def _row(task: Task) -> dict[str, Any]:
    """Return the row of a task; a running one has neither status nor endtime here."""
    row: dict[str, Any] = {
        "upid": task.upid,
        "node": task.node,
        "starttime": task.starttime,
        "type": task.type,
        "id": task.id,
        "user": task.owner,
    }
    if task.token_name:
        row["tokenid"] = task.token_name
    if task.running:
        return row | {"pid": task.pid}
    return row | {"endtime": task.endtime, "status": task.exitstatus, "saved": "1"}


def _digest(cluster: Cluster) -> str:
    text = repr(sorted(cluster.ha.items()))
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
