"""Sentry's side of the wire over loopback HTTP: takes real envelopes, keeps their bytes, and can be in any mood."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.servers.free_ports import REFUSED_PORT
from tests.support.servers.serving import serving
from tests.support.timing.waiting import LONGEST

PATIENCE = LONGEST


class SentryReceiver:
    """What was received. `status` is what is answered; while `mute` is set nothing is answered at all."""

    def __init__(self) -> None:
        self.status = 200
        self.answer: bytes | None = None
        """What is answered; None for the event's id, as Sentry does."""
        self.headers: dict[str, str] = {}
        self.mute = threading.Event()
        self.closing = threading.Event()
        self.requests: list[bytes] = []
        """The heads and the unpacked bodies, as they came over the wire."""
        self.bodies: list[bytes] = []
        self.accepted: list[bytes] = []
        """The bodies that were answered with a 2xx."""
        self.changed = threading.Condition()
        self.port = 0

    @property
    def dsn(self) -> str:
        """The address to send to, with a key in it."""
        return f"http://0123456789abcdef0123456789abcdef@127.0.0.1:{self.port}/7"

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that were accepted, in the order of their arrival."""
        return [event for body in self.accepted for event in events_in(body)]

    def wait_for(self, requests: int) -> None:
        """Wait until so many requests came; fails after a while."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.bodies) >= requests, PATIENCE), (
                f"{len(self.bodies)} requests came, not {requests}"
            )

    def take(self, head: bytes, body: bytes) -> int:
        """Keep a request and return the status to answer with."""
        with self.changed:
            self.requests.append(head + body)
            self.bodies.append(body)
            status = self.status
            if 200 <= status < 300 and not self.mute.is_set():
                self.accepted.append(body)
            self.changed.notify_all()
        return status


def events_in(envelope: bytes) -> list[dict[str, Any]]:
    """The events in the bytes of an envelope: a head, then items, each a head and a payload of so many bytes."""
    head, _, rest = envelope.partition(b"\n")
    assert "event_id" in json.loads(head)
    events = []
    while rest:
        line, _, rest = rest.partition(b"\n")
        item = json.loads(line)
        payload, rest = rest[: item["length"]], rest[item["length"] :].lstrip(b"\n")
        if item["type"] == "event":
            events.append(json.loads(payload))
    return events


@contextmanager
def sentry_receiver() -> Iterator[SentryReceiver]:
    """A receiver that listens on a free port of the loopback."""
    receiver = SentryReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            status = receiver.take(f"{self.requestline}\n{self.headers}".encode(), body)
            if receiver.mute.is_set():
                receiver.closing.wait()
                return
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            answer = receiver.answer
            if answer is None:
                answer = json.dumps({"id": json.loads(body.partition(b"\n")[0])["event_id"]}).encode()
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Be quiet: the receiver remembers everything already."""

    class Server(ThreadingHTTPServer):
        daemon_threads = False

    with serving(Server(("127.0.0.1", 0), Handler), receiver.closing.set) as receiver.port:
        yield receiver


def nobody_listens() -> str:
    """A DSN whose port refuses connections."""
    return f"http://0123456789abcdef0123456789abcdef@127.0.0.1:{REFUSED_PORT}/7"
