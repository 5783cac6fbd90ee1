"""A web server that begins to answer and never ends: it sends a byte now and then, so no silence is ever long."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.servers.serving import serving

PAUSE = 0.02
"""Seconds between two bytes."""


class Trickle:
    """How many requests came, and its port."""

    def __init__(self) -> None:
        self.requests = 0
        self.closing = threading.Event()
        self.port = 0


@contextmanager
def trickle() -> Iterator[Trickle]:
    """A server on a free port of the loopback that answers for as long as it is there."""
    server = Trickle()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            server.requests += 1
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            while not server.closing.wait(PAUSE):
                self.wfile.write(b" ")

        def log_message(self, format: str, *args: object) -> None:
            """Be quiet."""

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler), server.closing.set) as server.port:
        yield server
