"""A web server on the loopback that takes whatever is posted to it, as a webhook, ntfy and Gotify do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.servers.serving import serving
from tests.support.timing.waiting import LONGEST

PATIENCE = LONGEST


@dataclass(frozen=True)
class Post:
    """One request, as it came over the wire."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.body)


class HttpReceiver:
    """What was received. `status` is what is answered; while `mute` is set nothing is answered at all. Whoever only
    asks for a page gets one.
    """

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        """What is answered besides."""
        self.mute = threading.Event()
        self.closing = threading.Event()
        self.posts: list[Post] = []
        self.taken: list[Post] = []
        """Those that were answered with a 2xx."""
        self.changed = threading.Condition()
        self.port = 0

    def wait_for(self, posts: int) -> None:
        """Wait until so many requests came; fails after a while."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.posts) >= posts, PATIENCE), f"{len(self.posts)} came"

    def take(self, post: Post) -> int:
        """Keep a request and return the status to answer with."""
        with self.changed:
            self.posts.append(post)
            if 200 <= self.status < 300 and not self.mute.is_set():
                self.taken.append(post)
            self.changed.notify_all()
        return self.status


@contextmanager
def http_receiver() -> Iterator[HttpReceiver]:
    """A receiver that listens on a free port of the loopback."""
    receiver = HttpReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status = receiver.take(Post(self.path, dict(self.headers.items()), body))
            if receiver.mute.is_set():
                receiver.closing.wait()
                return
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:
            """Be quiet: the receiver remembers everything already."""

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler), receiver.closing.set) as receiver.port:
        yield receiver
