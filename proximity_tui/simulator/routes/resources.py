"""The one list of everything, and pools. Node, lock, tags and pool of a guest are live; status, name and figures are as
old as the last broadcast. Everything that the token may not see is left out silently.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

from proximity_tui.simulator import parameters
from proximity_tui.simulator.api_errors import Died
from proximity_tui.simulator.parameters import Field
from proximity_tui.simulator.routing import Call, Encoded, route
from proximity_tui.simulator.world import load_figures
from proximity_tui.simulator.world.broadcast import EXPIRY, Record
from proximity_tui.simulator.world.simulated_cluster import Cluster, Pool
from proximity_tui.simulator.world.simulated_guest import Guest

_Key = tuple[Record | None, str, object, object, str | None, str | None]
_Cache = dict[int, tuple[_Key, str]]

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)

_encoded: WeakKeyDictionary[Cluster, _Cache] = WeakKeyDictionary()


@route("GET", "/cluster/resources", {"type": Field(parameters.one_of("vm", "storage", "node", "sdn"))})
def resources(call: Call) -> Encoded:
    wanted = call.params.get("type")
    parts: list[str] = []
    if wanted is None:
        parts.extend(_dump(row) for row in _pools(call))
    if wanted in (None, "vm"):
        parts.extend(_guests(call))
    if wanted in (None, "node"):
        parts.extend(_dump(row) for row in _nodes(call))
    if wanted in (None, "storage"):
        parts.extend(_dump(row) for row in _storages(call))
    if wanted is None:
        parts.extend(_dump(row) for row in _zones(call))
    return Encoded(f"[{','.join(parts)}]")


@route("GET", "/pools", {"poolid": parameters.STRING, "type": Field(parameters.one_of("qemu", "lxc", "storage"))})
def pools(call: Call) -> list[dict[str, Any]]:
    wanted = call.params.get("poolid")
    rows = []
    for pool in call.cluster.pools.values():
        if wanted in (None, pool.name) and call.may(f"/pool/{pool.name}", "Pool.Audit"):
            row: dict[str, Any] = {"poolid": pool.name}
            if pool.comment:
                row["comment"] = pool.comment
            if wanted is not None:
                row["members"] = _members(call, pool)
            rows.append(row)
    return rows


@route("GET", "/pools/{poolid}")
def pool(call: Call) -> dict[str, Any]:
    name = str(call.params["poolid"])
    call.need(f"/pool/{name}", "Pool.Audit")
    found = call.cluster.pools.get(name)
    if found is None:
        raise Died(f"pool '{name}' does not exist")
    return {"poolid": name, "comment": found.comment, "members": _members(call, found)}


def guest_row(cluster: Cluster, guest: Guest, pool: str | None) -> dict[str, Any]:
    """Return one guest as `cluster/resources` shows it: five keys, and more after a broadcast."""
    row: dict[str, Any] = {
        "id": f"{guest.type}/{guest.vmid}",
        "vmid": guest.vmid,
        "node": guest.node,
        "type": guest.type,
        "status": "unknown",
    }
    record = cluster.broadcast.of(guest.vmid)
    if record:
        row |= record.row(cluster.seed, guest.vmid)
    for key in ("lock", "tags"):
        if guest.conf.get(key):
            row[key] = guest.conf[key]
    if pool is not None:
        row["pool"] = pool
    if guest.vmid in cluster.ha:
        row["hastate"] = cluster.ha[guest.vmid]
    return row


def _guests(call: Call) -> Iterable[str]:
    """Yield encoded rows, sorted by VMID as text. A row is encoded again only when something in it has changed."""
    cluster = call.cluster
    cache = _encoded.setdefault(cluster, {})
    visible = {name for name in cluster.pools if call.may(f"/pool/{name}", "Pool.Audit")}
    for vmid in sorted(cluster.guests, key=str):
        if not call.may(f"/vms/{vmid}", "VM.Audit"):
            continue
        guest = cluster.guests[vmid]
        pool = cluster.pool_of(vmid)
        pool = pool if pool in visible else None
        record = cluster.broadcast.of(vmid)
        place = f"{guest.type}@{guest.node}"
        key: _Key = (record, place, guest.conf.get("lock"), guest.conf.get("tags"), pool, cluster.ha.get(vmid))
        known = cache.get(vmid)
        if known is None or known[0] != key:
            known = cache[vmid] = (key, _dump(guest_row(cluster, guest, pool)))
        yield known[1]


def _pools(call: Call) -> Iterable[dict[str, Any]]:
    """Yield the pools with the sums of their members' last broadcast figures."""
    cluster = call.cluster
    for pool in cluster.pools.values():
        if not call.may(f"/pool/{pool.name}", "Pool.Audit"):
            continue
        row: dict[str, Any] = {"id": f"/pool/{pool.name}", "type": "pool", "pool": pool.name}
        heard = [
            (record, record.row(cluster.seed, vmid))
            for vmid in sorted(pool.members)
            if (record := cluster.broadcast.of(vmid)) and record.status == "running"
        ]
        if heard:
            cpus = sum(record.maxcpu for record, _ in heard)
            row |= {
                "maxcpu": cpus,
                "maxmem": sum(record.maxmem for record, _ in heard),
                "mem": sum(int(figures["mem"]) for _, figures in heard),
                "cpu": sum(float(figures["cpu"]) * record.maxcpu for record, figures in heard) / cpus,
                "uptime": max(record.uptime for record, _ in heard),
            }
        yield row


def _members(call: Call, pool: Pool) -> list[dict[str, Any]]:
    cluster = call.cluster
    rows = [
        guest_row(cluster, cluster.guests[vmid], None)
        for vmid in sorted(pool.members)
        if vmid in cluster.guests and call.may(f"/vms/{vmid}", "VM.Audit")
    ]
    return [{key: value for key, value in row.items() if key not in ("tags", "lock", "hastate")} for row in rows]


def _nodes(call: Call) -> Iterable[dict[str, Any]]:
    for name in sorted(call.cluster.nodes):
        row = node_row(call, name)
        yield row if row["status"] == "unknown" else row | {"cgroup-mode": 1}


def node_row(call: Call, name: str) -> dict[str, Any]:
    """Return a node: offline at once when it is down, `unknown` when it is up but has not broadcast. Figures take
    Sys.Audit.
    """
    cluster = call.cluster
    node = cluster.nodes[name]
    heard = cluster.broadcast.heard(name)
    status = "offline" if not node.online else "online" if heard is not None else "unknown"
    row: dict[str, Any] = {"id": f"node/{name}", "node": name, "type": "node", "status": status}
    if node.maintenance:
        row["hastate"] = "maintenance"
    if heard is None:
        return row
    row["level"] = ""
    if call.may(f"/nodes/{name}", "Sys.Audit"):
        row |= {"maxcpu": node.cpus, "maxmem": node.memory, "maxdisk": node.disk}
        if node.online:
            row |= {
                "cpu": load_figures.node_cpu(cluster.seed, name, heard),
                "mem": int(node.memory * (0.2 + 0.4 * load_figures.unit(cluster.seed, name, "mem"))),
                "disk": int(node.disk * 0.11),
                "uptime": int(heard - node.boot),
            }
    return row


def _storages(call: Call) -> Iterable[dict[str, Any]]:
    cluster = call.cluster
    for storage in cluster.storages.values():
        if not call.may(f"/storage/{storage.name}", "Datastore.Audit", "Datastore.AllocateSpace"):
            continue
        for name in sorted(cluster.nodes):
            if storage.disabled or not storage.on(name):
                continue
            row: dict[str, Any] = {
                "id": f"storage/{name}/{storage.name}",
                "type": "storage",
                "storage": storage.name,
                "node": name,
                "plugintype": storage.type,
                "content": ",".join(storage.content),
                "shared": int(storage.shared),
                "status": "unknown",
            }
            # A node broadcasts only the storages that it reaches.
            lost = cluster.now - storage.down.get(name, cluster.now) >= EXPIRY
            if cluster.broadcast.heard(name) is not None and not lost:
                used = storage.used(cluster.seed, name)
                row |= {"status": "available", "maxdisk": storage.size, "disk": used}
            yield row


def _zones(call: Call) -> Iterable[dict[str, Any]]:
    """Yield the built-in zone of plain bridges, one per node."""
    if call.may("/sdn/zones/localnetwork", "SDN.Audit", "SDN.Use"):
        for name in sorted(call.cluster.nodes):
            yield {
                "id": f"network/{name}/zone/localnetwork",
                "type": "network",
                "network": "localnetwork",
                "network-type": "zone",
                "node": name,
                "status": "ok",
            }


def _dump(row: dict[str, Any]) -> str:
    return _ENCODER.encode(row)
