"""Version, index, permissions, and the free VMID: the first requests of a client."""

from __future__ import annotations

from typing import Any

from proximity_tui.simulator import schema
from proximity_tui.simulator.errors import invalid
from proximity_tui.simulator.routing import Call, route

VERSION = {"version": "9.2.11", "release": "9.2", "repoid": "14a22df35955d97d"}


@route("GET", "/")
def index(call: Call) -> list[dict[str, str]]:
    return [{"subdir": name} for name in ("version", "cluster", "nodes", "storage", "access", "pools")]


@route("GET", "/version")
def version(call: Call) -> dict[str, str]:
    return VERSION


@route("GET", "/access/permissions", {"path": schema.STRING, "userid": schema.STRING})
def permissions(call: Call) -> dict[str, dict[str, int]]:
    """Return the privileges of the asking token; those of others take Sys.Audit on /access."""
    if call.params.get("userid", call.token.id) != call.token.id:
        call.need("/access", "Sys.Audit")
    access = call.cluster.access
    path = call.params.get("path")
    if path is not None:
        return {path: dict.fromkeys(sorted(access.privileges(call.token, path)), 1)}
    members = [vmid for pool in call.cluster.pools.values() for vmid in pool.members]
    return access.overview(call.token, members)


@route("GET", "/cluster/nextid", {"vmid": schema.VMID})
def next_id(call: Call) -> str:
    """Return a free VMID as a string. Not filtered by permission: for a given VMID it says whether anything has it."""
    vmid = call.params.get("vmid")
    if vmid is None:
        return str(call.cluster.free_vmid())
    if vmid in call.cluster.guests:
        raise invalid({"vmid": f"VM {vmid} already exists"})
    return str(vmid)


@route("GET", "/cluster/options")
def options(call: Call) -> dict[str, Any]:
    return {"keyboard": "en-us", "mac_prefix": "BC:24:11"}
