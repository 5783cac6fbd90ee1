"""A real HTTPS server that answers with exactly the bytes a test wrote down, also those no Proxmox would send.

The simulator answers as Proxmox does; this one is for everything in between: portals, proxies and torn connections.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from proximity_tui.simulator.tls import certificate
from tests.support.timing.waiting import LONGEST


@dataclass(frozen=True)
class Reply:
    """What is sent for one request. `close` ends the connection after it; `hang` waits for the test to be over; with
    `pace` there are so many seconds between two bytes."""

    content: bytes = b""
    pace: float = 0.0
    close: bool = False
    hang: bool = False


DROP = Reply(close=True)
HANG = Reply(hang=True)


def ok(data: object) -> Reply:
    """A 200 as Proxmox writes it, the connection stays open."""
    return raw(json.dumps({"data": data}).encode())


def raw(body: bytes, content_type: str = "application/json;charset=UTF-8") -> Reply:
    """A 200 with any body."""
    return Reply(_response(200, "OK", body, f"Content-Type: {content_type}"))


def dated(told: str) -> Reply:
    """A 200 that tells this time of the server."""
    return Reply(_response(200, "OK", b'{"data":1}', "Content-Type: application/json", f"Date: {told}"))


def refused(status: int, reason: str, body: object = None) -> Reply:
    """An error: `body` as JSON, or empty without a content type, as for 401 and 595."""
    content = b"" if body is None else json.dumps(body).encode()
    return Reply(_response(status, reason, content), close=True)


def redirect(location: str) -> Reply:
    """What a reverse proxy in front of Proxmox may answer."""
    return Reply(_response(301, "Moved Permanently", b"", f"Location: {location}"))


def in_turn(*replies: Reply) -> Callable[[str], Reply]:
    """An answering function that gives the `replies` in turn, then the last one for ever."""
    waiting = deque(replies)
    return lambda line: waiting.popleft() if len(waiting) > 1 else waiting[0]


class Scripted:
    """Answers each request with what `answer` makes of its first line. Keeps what reached it as text."""

    def __init__(self, answer: Callable[[str], Reply], names: Sequence[str] = ("127.0.0.1", "localhost")) -> None:
        self._answer = answer
        self.requests: list[str] = []
        self.connections = 0
        self.closed = threading.Event()
        self.root = certificate.make_root()
        self.leaf = certificate.make_leaf(self.root, "pve1.lab.example", names)
        self._context = certificate.server_context(self.leaf, self.root)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            open_sockets = list(self._open)
        for connection in open_sockets:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(LONGEST)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def lines(self) -> list[str]:
        """The first line of every request."""
        return [request.partition("\r\n")[0] for request in self.requests]

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(plain,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        with plain, contextlib.suppress(OSError):
            plain.settimeout(120)
            with self._context.wrap_socket(plain, server_side=True) as connection:
                with self._lock:
                    self._open.add(connection)
                    self.connections += 1
                try:
                    while self._exchange(connection):
                        pass
                finally:
                    with self._lock:
                        self._open.discard(connection)
                    self.closed.set()

    def _exchange(self, connection: ssl.SSLSocket) -> bool:
        request = _read_request(connection)
        if request is None:
            return False
        with self._lock:
            self.requests.append(request)
            reply = self._answer(request.partition("\r\n")[0])
        if reply.hang:
            self._over.wait(120)
            return False
        if reply.pace:
            for byte in reply.content:
                connection.sendall(bytes((byte,)))
                if self._over.wait(reply.pace):
                    return False
        elif reply.content:
            connection.sendall(reply.content)
        return not reply.close


def _read_request(connection: ssl.SSLSocket) -> str | None:
    """Head and body of one request, or None when there is no more."""
    content = b""
    while b"\r\n\r\n" not in content:
        piece = connection.recv(65536)
        if not piece:
            return None
        content += piece
    head, _, body = content.partition(b"\r\n\r\n")
    length = next(
        (int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return f"{head.decode('latin-1')}\r\n\r\n{body.decode()}"


def _response(status: int, reason: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} {reason}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def guest_row(vmid: Any = 101, **changes: Any) -> dict[str, Any]:
    """A row of the list of resources as 9.2 writes it for a running container."""
    row = {
        "id": f"lxc/{vmid}", "vmid": vmid, "node": "pve1", "type": "lxc", "status": "running", "name": "web1",
        "template": 0, "uptime": 56, "cpu": 0.001, "maxcpu": 1, "mem": 905216, "maxmem": 268435456, "disk": 2236416,
        "maxdisk": 1020702720, "netin": 5026, "netout": 726, "diskread": 0, "diskwrite": 0, "memhost": 0,
        "tags": "prod;web", "pool": "prod",
    }  # fmt: skip
    return {key: value for key, value in {**row, **changes}.items() if value is not None}


def node_row(name: str = "pve1", status: str = "online") -> dict[str, Any]:
    """A row of the list of resources for a node."""
    return {"id": f"node/{name}", "type": "node", "node": name, "status": status, "level": ""}
