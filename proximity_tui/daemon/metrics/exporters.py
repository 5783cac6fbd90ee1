"""The exporters of metrics: a loopback endpoint, or a file for node_exporter. The metrics come from elsewhere.

Neither ever stops the daemon: a port in use is tried again, a file that cannot be written is logged.
"""

from __future__ import annotations

import logging
import os
import socket
import socketserver
import tempfile
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from proximity_tui.core.base.daemon_threads import spawn
from proximity_tui.core.base.secret import redact

log = logging.getLogger(__name__)

Render = Callable[[], str]
"""Gives the whole text; may block for as long as the database does."""

EVERY = 15.0
"""Seconds between two versions of the file: as often as Prometheus usually asks."""
AGAIN = 5.0
"""Seconds until a port that was taken is tried again: a daemon that waits for another one may have its port."""
PATIENCE = 5.0
"""Seconds that a request may send nothing, or wait for another one that asks the same."""


class MetricsEndpoint:
    """An HTTP server for `GET /metrics` on a loopback address."""

    def __init__(self, address: tuple[str, int], render: Render) -> None:
        self.address = address
        self._render = render
        self._rendering = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="metrics", daemon=True)

    def start(self) -> None:
        """Start to listen, now or as soon as the port is free. Returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, so that the port is free. Does not wait for an answer under way."""
        self._stopping.set()
        self._thread.join(2 * _MetricsServer.timeout)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                server = _MetricsServer(self.address, self._handler())
            except OSError as error:
                log.warning("metrics cannot be served at %s port %d: %s", *self.address, error.strerror)
                self._stopping.wait(AGAIN)
                continue
            with server:
                log.info("metrics are served at http://%s:%d/metrics", _in_url(self.address[0]), self.address[1])
                while not self._stopping.is_set():
                    server.handle_request()
            return

    def text(self) -> str | None:
        """Return the text, or None while the database keeps an earlier request waiting: requests must not pile up."""
        if not self._rendering.acquire(timeout=PATIENCE):
            return None
        try:
            return self._render()
        finally:
            self._rendering.release()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            timeout = PATIENCE
            server_version = "proximity-tui"
            sys_version = ""

            def do_GET(self) -> None:
                if self.path.partition("?")[0] != "/metrics":
                    self._answer(404, "only /metrics is here\n", "text/plain")
                    return
                try:
                    text = endpoint.text()
                except Exception as error:
                    log.warning("metrics could not be collected: %s", redact(f"{type(error).__name__}: {error}"))
                    text = None
                if text is None:
                    self._answer(503, "the records could not be read\n", "text/plain")
                else:
                    self._answer(200, text, CONTENT_TYPE_PLAIN_0_0_4)

            def _answer(self, status: int, text: str, kind: str) -> None:
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Log nothing: a request for metrics is not worth a line."""

        return Handler


class TextFile:
    """A file that is replaced every few seconds, so that a reader finds a whole one or none."""

    def __init__(self, path: Path, render: Render) -> None:
        self.path = path
        self._render = render
        self._stopping = threading.Event()
        self._writing = threading.Lock()

    def start(self) -> None:
        """Start to write. Returns at once."""
        spawn("metrics-file", self._work)

    def stop(self) -> None:
        """Stop writing, and remove the file: the figures of an ended daemon are wrong."""
        self._stopping.set()
        with self._writing:
            _remove(self.path)

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._write(self._render())
            except Exception as error:
                log.warning("metrics cannot be written to %s: %s", self.path, redact(f"{error}"))
            self._stopping.wait(EVERY)

    def _write(self, text: str) -> None:
        with self._writing:
            if not self._stopping.is_set():
                _replace(self.path, text)


class _MetricsServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    timeout = 0.2
    """Seconds until `handle_request` returns when nobody asks."""

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, handler)

    def server_bind(self) -> None:
        # Not HTTPServer's own, which asks the name service who we are.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Do nothing: the client has disconnected."""


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _replace(path: Path, text: str) -> None:
    """Put a new file in the place of `path`. Neither a link in that place nor one beside it is ever followed."""
    opened, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(opened, "w", encoding="utf-8") as file:
            file.write(text)
            # Whoever collects files is another user than we are, and there is no secret in this one.
            os.fchmod(file.fileno(), 0o644)
        os.replace(name, path)
    except BaseException:
        _remove(Path(name))
        raise


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s could not be removed: %s", path, error.strerror)
