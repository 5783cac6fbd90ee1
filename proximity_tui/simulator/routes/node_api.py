"""Nodes: the list, their figures, certificates and bridges; and the first requests of a client: version, index,
permissions, and the free VMID.
"""

from __future__ import annotations

import hashlib
from typing import Any

from proximity_tui.simulator import parameters
from proximity_tui.simulator.api_errors import invalid
from proximity_tui.simulator.parameters import Field
from proximity_tui.simulator.routes.resources import node_row
from proximity_tui.simulator.routing import Call, needs, route
from proximity_tui.simulator.tls.certificate import Certificate, distinguished
from proximity_tui.simulator.vocabulary import NETWORK_TYPES, NODE_INDEX
from proximity_tui.simulator.world import load_figures

VERSION = {"version": "9.2.11", "release": "9.2", "repoid": "14a22df35955d97d"}


@route("GET", "/")
def api_index(call: Call) -> list[dict[str, str]]:
    return [{"subdir": name} for name in ("version", "cluster", "nodes", "storage", "access", "pools")]


@route("GET", "/version")
def api_version(call: Call) -> dict[str, str]:
    return VERSION


@route("GET", "/access/permissions", {"path": parameters.STRING, "userid": parameters.STRING})
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


@route("GET", "/cluster/nextid", {"vmid": parameters.VMID})
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


@route("GET", "/nodes")
def nodes(call: Call) -> list[dict[str, Any]]:
    """Return every node, whatever the token may do; without Sys.Audit on it without figures."""
    return [node_row(call, name) | {"ssl_fingerprint": _fingerprint(call, name)} for name in call.cluster.nodes]


@route("GET", "/nodes/{node}")
def index(call: Call) -> list[dict[str, str]]:
    return [{"name": name} for name in NODE_INDEX]


@route("GET", "/nodes/{node}/version")
def version(call: Call) -> dict[str, str]:
    return VERSION


@route("GET", "/nodes/{node}/status", needs=needs("/nodes/{node}", "Sys.Audit"))
def status(call: Call) -> dict[str, Any]:
    cluster, node = call.cluster, call.cluster.nodes[call.node]
    cpu = load_figures.node_cpu(cluster.seed, node.name, cluster.now)
    used = int(node.memory * load_figures.node_memory(cluster.seed, node.name))
    release, version = "6.17.2-1-pve", "#1 SMP PREEMPT_DYNAMIC PMX 6.17.2-1"
    disk_used = int(node.disk * 0.11)
    return {
        "pveversion": f"pve-manager/{VERSION['version']}/{VERSION['repoid']}",
        "kversion": f"Linux {release} {version}",
        "current-kernel": {"sysname": "Linux", "release": release, "version": version, "machine": "x86_64"},
        "boot-info": {"mode": "legacy-bios"},
        "cpu": cpu,
        "wait": 0.001,
        "idle": 0,
        "uptime": int(cluster.now - node.boot),
        "loadavg": [f"{node.cpus * cpu * factor:.2f}" for factor in (1.1, 1.0, 0.9)],
        "ksm": {"shared": 0},
        "memory": {"total": node.memory, "used": used, "free": node.memory - used, "available": node.memory - used},
        "swap": {"total": 8 << 30, "used": 0, "free": 8 << 30},
        "rootfs": {
            "total": node.disk,
            "used": disk_used,
            "free": node.disk - disk_used,
            "avail": node.disk - disk_used,
        },
        "cpuinfo": {
            "model": "AMD EPYC 7313P 16-Core Processor",
            "vendor": "AuthenticAMD",
            "family": "25",
            "sockets": 1,
            "cores": node.cpus,
            "cpus": node.cpus,
            "mhz": "3000.000",
            "hvm": "1",
            "user_hz": 100,
            "flags": "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov",
        },
    }


@route("GET", "/nodes/{node}/certificates/info")
def certificates(call: Call) -> list[dict[str, Any]]:
    """Return the root CA, whose fingerprint is the identity of the cluster, and the certificate of the server. That
    lies below the name of its node, and is not found where the server was asked for itself.
    """
    root, leaf = call.certificates
    return [_certificate(each) for each in ((root,) if call.asks_server_itself else (root, leaf))]


@route("GET", "/nodes/{node}/network", {"type": Field(parameters.one_of(*NETWORK_TYPES))})
def network(call: Call) -> list[dict[str, Any]]:
    node, wanted = call.cluster.nodes[call.node], call.params.get("type")
    rows: list[dict[str, Any]] = []
    if wanted in (None, "bridge", "any_bridge", "any_local_bridge", "include_sdn"):
        for number, bridge in enumerate(call.cluster.bridges):
            if call.may(f"/sdn/zones/localnetwork/{bridge}", "SDN.Audit", "SDN.Use"):
                rows.append(_bridge(bridge, f"10.10.{10 + number}.{10 + node.number}", number))
    return rows


def _bridge(name: str, address: str, number: int) -> dict[str, Any]:
    return {
        "iface": name,
        "type": "bridge",
        "active": 1,
        "autostart": 1,
        "method": "static",
        "method6": "manual",
        "address": address,
        "netmask": "24",
        "cidr": f"{address}/24",
        "bridge_ports": "",
        "bridge_stp": "off",
        "bridge_fd": "0",
        "families": ["inet"],
        "priority": 3 + number,
    }


def _fingerprint(call: Call, name: str) -> str:
    """Return the fingerprint of a node: the server's own for the node that answers; the others' certificates are never
    shown, so theirs are made up.
    """
    root, leaf = call.certificates
    if name == call.cluster.local.name:
        return leaf.fingerprint
    return hashlib.sha256(root.der + name.encode()).digest().hex(":").upper()


def _certificate(certificate: Certificate) -> dict[str, Any]:
    return {
        "filename": certificate.filename,
        "fingerprint": certificate.fingerprint,
        "subject": distinguished(certificate.subject),
        "issuer": distinguished(certificate.issuer),
        "notbefore": certificate.not_before,
        "notafter": certificate.not_after,
        "san": list(certificate.names),
        "pem": certificate.pem,
        "public-key-type": "id-ecPublicKey",
        "public-key-bits": 256,
    }
