"""The reading of containers: the list of a node, live status, configuration, pending changes and interfaces."""

from __future__ import annotations

from typing import Any

from proximity_tui.simulator import config_options, parameters
from proximity_tui.simulator.api_errors import invalid
from proximity_tui.simulator.parameters import BOOLEAN
from proximity_tui.simulator.routes.lxc_snapshots import snapshot_config, snapshottable
from proximity_tui.simulator.routing import Call, needs, route
from proximity_tui.simulator.vocabulary import CONTAINER_INDEX
from proximity_tui.simulator.world import load_figures
from proximity_tui.simulator.world.simulated_guest import Conf, Guest

_AUDIT = needs("/vms/{vmid}", "VM.Audit")


@route("GET", "/nodes/{node}/lxc")
def listing(call: Call) -> list[dict[str, Any]]:
    """Return the containers of one node, live, as far as the token may see them."""
    return [
        live_row(call, guest)
        for vmid, guest in call.cluster.guests.items()
        if guest.node == call.node and guest.type == "lxc" and call.may(f"/vms/{vmid}", "VM.Audit")
    ]


@route("GET", "/nodes/{node}/lxc/{vmid}")
def index(call: Call) -> list[dict[str, str]]:
    """Return the directory of a container. No privilege is needed, so it tells anybody whether the
    node owns the VMID.
    """
    call.cluster.guest_on(call.node, call.vmid)
    return [{"subdir": name} for name in CONTAINER_INDEX]


@route("GET", "/nodes/{node}/lxc/{vmid}/status")
def status_index(call: Call) -> list[dict[str, str]]:
    return [{"subdir": name} for name in ("current", "start", "stop", "shutdown", "reboot", "migrate")]


@route("GET", "/nodes/{node}/lxc/{vmid}/status/current", needs=_AUDIT)
def current(call: Call) -> dict[str, Any]:
    guest = call.cluster.guest_on(call.node, call.vmid)
    managed = call.cluster.run_by_ha(guest.vmid)
    state = {"managed": 1, "state": call.cluster.ha[guest.vmid]} if managed else {"managed": 0}
    return live_row(call, guest) | {"ha": state}


@route(
    "GET",
    "/nodes/{node}/lxc/{vmid}/config",
    {"current": BOOLEAN, "snapshot": parameters.CONFIG_ID},
    _AUDIT,
)
def config(call: Call) -> Conf:
    """Return the configuration with pending changes merged in; `current=1` without them; or that of a snapshot."""
    guest = call.cluster.guest_on(call.node, call.vmid)
    name = call.params.get("snapshot")
    if name is not None and call.params.get("current"):
        raise invalid({"snapshot": "cannot use 'snapshot' parameter with 'current'", "current": "not with 'snapshot'"})
    if name is not None:
        return snapshot_config(guest, str(name)) | {"digest": guest.digest}
    conf = dict(guest.conf)
    if not call.params.get("current"):
        for key, value in guest.pending.items():
            if value is None:
                conf.pop(key, None)
            else:
                conf[key] = value
    return conf | {"digest": guest.digest}


@route("GET", "/nodes/{node}/lxc/{vmid}/pending", needs=_AUDIT)
def pending(call: Call) -> list[dict[str, Any]]:
    guest = call.cluster.guest_on(call.node, call.vmid)
    rows: dict[str, dict[str, Any]] = {key: {"key": key, "value": value} for key, value in guest.conf.items()}
    for key, wanted in guest.pending.items():
        row = rows.setdefault(key, {"key": key})
        row |= {"delete": 1} if wanted is None else {"pending": wanted}
    return [*rows.values(), {"key": "digest", "value": guest.digest}]


@route("GET", "/nodes/{node}/lxc/{vmid}/interfaces", needs=_AUDIT)
def interfaces(call: Call) -> list[dict[str, Any]] | None:
    """Return the addresses of the running container; null, not an empty list, when it is stopped or missing."""
    guest = call.cluster.guests.get(call.vmid)
    if guest is None or guest.node != call.node or not guest.running:
        return None
    rows = [_interface("lo", "00:00:00:00:00:00", "127.0.0.1/8", "::1/128")]
    for key in sorted(key for key in guest.conf if key.startswith("net") and key[3:].isdigit()):
        net = config_options.parse_net(str(guest.conf[key]))
        address = net.get("ip", "dhcp")
        if address in ("dhcp", "manual"):
            address = f"10.10.{20 + guest.vmid // 250 % 200}.{guest.vmid % 250 + 1}/24"
        mac = net.get("hwaddr", "").lower()
        rows.append(_interface(net.get("name", key), mac, address, f"{_link_local(mac)}/64"))
    if call.cluster.services is not None and len(rows) > 1:
        # A second address of its first card, behind which there are real listeners.
        local = {"ip-address": call.cluster.services.open_for(guest), "ip-address-type": "inet", "prefix": "8"}
        rows[1]["ip-addresses"].append(local)
    return rows


@route(
    "GET",
    "/nodes/{node}/lxc/{vmid}/feature",
    {
        "feature": parameters.required(parameters.one_of("snapshot", "clone", "copy")),
        "snapname": parameters.CONFIG_ID,
    },
    _AUDIT,
)
def feature(call: Call) -> dict[str, int]:
    guest = call.cluster.guest_on(call.node, call.vmid)
    wanted = call.params["feature"]
    if wanted == "copy":
        return {"hasFeature": int(not guest.running)}
    if wanted == "clone":
        return {"hasFeature": int(guest.template)}
    return {"hasFeature": int(snapshottable(call, guest))}


def live_row(call: Call, guest: Guest) -> dict[str, Any]:
    """Return the keys that a node's own list and `status/current` have in common."""
    cluster = call.cluster
    uptime = guest.uptime(cluster.now)
    load = load_figures.IDLE
    if guest.running:
        load = load_figures.load(cluster.seed, guest.vmid, cluster.now, uptime, guest.maxmem, guest.maxdisk)
    row: dict[str, Any] = {
        "vmid": guest.vmid,
        "type": guest.type,
        "status": guest.status,
        "name": guest.name,
        "cpus": guest.cpus(cluster.nodes[guest.node].cpus),
        "cpu": load.cpu,
        "mem": load.mem,
        "maxmem": guest.maxmem,
        "swap": load.swap,
        "maxswap": guest.maxswap,
        "disk": load.disk,
        "maxdisk": guest.maxdisk,
        "netin": load.netin,
        "netout": load.netout,
        "diskread": load.diskread,
        "diskwrite": load.diskwrite,
        "uptime": uptime,
    }
    for key in ("lock", "tags"):
        if guest.conf.get(key):
            row[key] = guest.conf[key]
    if guest.template:
        row["template"] = 1
    if guest.running:
        row["pid"] = guest.pid
        row |= {f"pressure{kind}{extent}": 0 for kind in load_figures.PRESSURES for extent in ("some", "full")}
    return row


def _interface(name: str, mac: str, inet: str, inet6: str) -> dict[str, Any]:
    addresses = []
    for kind, both in (("inet", inet), ("inet6", inet6)):
        address, _, prefix = both.partition("/")
        addresses.append({"ip-address": address, "ip-address-type": kind, "prefix": prefix})
    return {
        "name": name,
        "hwaddr": mac,
        "hardware-address": mac,
        "inet": inet,
        "inet6": inet6,
        "ip-addresses": addresses,
    }


def _link_local(mac: str) -> str:
    try:
        first, second, third, fourth, fifth, sixth = bytes.fromhex(mac.replace(":", ""))
    except ValueError:
        return "fe80::1"
    return f"fe80::{first ^ 2:x}{second:02x}:{third:x}ff:fe{fourth:02x}:{fifth:x}{sixth:02x}"
