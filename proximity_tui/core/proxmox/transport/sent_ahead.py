"""The reads that are sent ahead of their turn, each on a thread and a connection of its own. What is made of them comes
in its turn: after the server has shown its cluster.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from proximity_tui.core.base.daemon_threads import call_alone
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.proxmox.paths import ApiPath
from proximity_tui.core.proxmox.transport.thread_connections import SentRead


class SentAhead:
    """The reads of one session that are sent ahead. Safe to share between threads: each takes only its own."""

    def __init__(self, cluster: str) -> None:
        self._cluster = cluster
        self._local = threading.local()

    @contextmanager
    def wanting(self, paths: Collection[ApiPath]) -> Iterator[None]:
        """Have `send` send these for the calling thread; what it did not take in the context is dropped."""
        self._local.wanted, self._local.sent = set(paths), {}
        try:
            yield
        finally:
            del self._local.wanted, self._local.sent

    def send(self, position: int, read: Callable[[ApiPath], SentRead]) -> None:
        """Send what the calling thread wants ahead, if anything, and has not taken yet, to the URL at a position."""
        for path in getattr(self._local, "wanted", ()):
            self._local.sent[position, path] = call_alone(f"ahead-{self._cluster}", read, path)

    def taken(self, position: int, path: ApiPath) -> SentRead | None:
        """Return a read that was sent ahead, once it has its answer. None where it was not, or has none: then it is
        sent in its turn.
        """
        sent: Future[SentRead] | None = getattr(self._local, "sent", {}).pop((position, path), None)
        if sent is None:
            return None
        self._local.wanted.discard(path)
        try:
            read = sent.result()
        except ProxmoxError:
            return None
        return read if read.failure is None or read.connection.answer is not None else None
