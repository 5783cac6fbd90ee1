"""A cluster that answers at once: a list of N guests, rendered beforehand, behind real HTTPS. It is a program of its
own, so that its work is not counted as that of the program that asks.

The list has forms that take turns: in the next one every figure of every guest is another. Everything else is
answered by a simulator, and counted.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import ssl
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from proximity_tui.simulator import Simulator
from proximity_tui.simulator.tls import certificate

API = "/api2/json"
FIRST_VMID = 1001
NODES = 10
CHURNING_FORMS = 24
"""Different lists, one after the other, where guests start and stop."""
STATISTICS = "/statistics"
"""Counts of requests since the start, as JSON."""


def name_of(number: int) -> str:
    """Return the hostname of the guest with this number."""
    return f"ct-{number:05d}"


def config_of(vmid: int) -> dict[str, Any]:
    """Return the config of a guest, as Proxmox would."""
    number = vmid - FIRST_VMID
    return {
        "arch": "amd64",
        "cores": 2,
        "digest": f"{vmid:040x}",
        "hostname": name_of(number),
        "memory": 512,
        "net0": f"name=eth0,bridge=vmbr0,hwaddr=BC:24:11:{number >> 16 & 255:02X}:{number >> 8 & 255:02X}:"
        f"{number & 255:02X},ip=dhcp,type=veth",
        "ostype": "debian",
        "rootfs": f"local-lvm:vm-{vmid}-disk-0,size=4G",
        "swap": 512,
    }


def rows(count: int, form: int, stopped: range = range(0)) -> list[dict[str, Any]]:
    """Return what `/cluster/resources` says of `count` guests, in one of two forms; some of them are `stopped`."""
    return [
        {
            "id": f"lxc/{FIRST_VMID + number}",
            "type": "lxc",
            "vmid": FIRST_VMID + number,
            "name": name_of(number),
            "node": f"pve{number % NODES + 1}",
            "status": "stopped" if number in stopped else "running",
            "template": 0,
            "cpu": (number * 7 % 90 + form) / 100,
            "maxcpu": 2,
            "mem": (number * 13 % 400 + 20 + form) << 20,
            "maxmem": 512 << 20,
            "disk": 1 << 30,
            "maxdisk": 4 << 30,
            "uptime": 90_000 + number * 60 + form * 3600,
            "diskread": number + form,
            "diskwrite": number + form,
            "netin": number + form,
            "netout": number + form,
        }
        for number in range(count)
    ]


class Handler(BaseHTTPRequestHandler):
    """Answers from what was rendered beforehand, or asks the simulator."""

    protocol_version = "HTTP/1.1"
    server: Cluster

    def do_GET(self) -> None:
        """Answer a request."""
        path = self.path.partition("?")[0].removeprefix(API)
        if path == STATISTICS:
            self._send(json.dumps(self.server.counts).encode())
            return
        with self.server.gate:
            self.server.counts[path] += 1
        if path == "/cluster/resources" and "type=" not in self.path:
            self._send(self.server.next_list(), packed=True)
        elif "/lxc/" in path and path.endswith("/config"):
            self._send(json.dumps({"data": config_of(int(path.split("/")[-2]))}).encode())
        else:
            self._send(self.server.ask_simulator(self.path, self.headers.get("Authorization", "")))

    def _send(self, body: bytes, *, packed: bool = False) -> None:
        if packed and "gzip" not in self.headers.get("Accept-Encoding", ""):
            body, packed = gzip.decompress(body), False
        self.send_response_only(200)
        self.send_header("Content-Type", "application/json;charset=UTF-8")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


class Cluster(ThreadingHTTPServer):
    """The server with its lists."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, count: int, simulator: Simulator, *, still: bool, churn: float) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.counts: Counter[str] = Counter()
        self.gate = threading.Lock()
        self._simulator = simulator
        others = json.loads(self.ask_simulator(f"{API}/cluster/resources", self._authorization()))["data"]
        nodes = [row for row in others if row["type"] in ("node", "storage")]
        forms = [rows(count, 0)] if still else [rows(count, 0), rows(count, 1)]
        if churn:
            # A window of stopped guests that moves on: half of the changes are stops, half are starts.
            step = max(1, round(count * churn / 2))
            forms = [rows(count, form % 2, range(form * step, (form + 5) * step)) for form in range(CHURNING_FORMS)]
        self._lists = [gzip.compress(json.dumps({"data": nodes + form}).encode(), compresslevel=1) for form in forms]
        self._turn = 0

    def next_list(self) -> bytes:
        """Return the list in the other form than last time."""
        with self.gate:
            self._turn += 1
            return self._lists[self._turn % len(self._lists)]

    def ask_simulator(self, path: str, authorization: str) -> bytes:
        """Return the simulator's answer to any other request."""
        host = self._simulator.url.removeprefix("https://")
        connection = http.client.HTTPSConnection(host, context=ssl._create_unverified_context())
        connection.request("GET", path, headers={"Authorization": authorization})
        with connection.getresponse() as answer:
            return answer.read()

    def _authorization(self) -> str:
        return f"PVEAPIToken={self._simulator.token_id}={self._simulator.token_secret}"


def main() -> None:
    """Serve until standard input ends; the first line of output says where, as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--churn", type=float, default=0.0, help="share of the guests that start or stop for each list")
    parser.add_argument("--still", action="store_true", help="always the same list")
    arguments = parser.parse_args()
    with Simulator("empty") as simulator:
        for number in range(2, NODES + 1):
            simulator.world.add_node(f"pve{number}")
        simulator.world.broadcast()
        root = certificate.make_root()
        leaf = certificate.make_leaf(root, "localhost", ["127.0.0.1", "localhost"])
        cluster = Cluster(arguments.count, simulator, still=arguments.still, churn=arguments.churn)
        cluster.socket = certificate.server_context(leaf, root).wrap_socket(
            cluster.socket, server_side=True, do_handshake_on_connect=False
        )
        threading.Thread(target=cluster.serve_forever, daemon=True).start()
        access = {
            "url": f"https://127.0.0.1:{cluster.server_address[1]}",
            "fingerprint": leaf.fingerprint,
            "token_id": simulator.token_id,
            "token_secret": simulator.token_secret,
        }
        print(json.dumps(access), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
