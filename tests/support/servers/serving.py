"""A server of `socketserver` that answers on a thread of its own until a test is over."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def serving(server: socketserver.BaseServer, before_the_end: Callable[[], object] = lambda: None) -> Iterator[int]:
    """Serve, and yield the port. `before_the_end` lets those go that still wait for an answer."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield int(server.server_address[1])  # type: ignore[index]
        finally:
            before_the_end()
            server.shutdown()
            thread.join()
