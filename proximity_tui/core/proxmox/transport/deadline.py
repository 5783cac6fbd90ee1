"""The deadline of every wait for an answer, for the whole of it.

A timeout of a socket starts again with every byte, so a server that sends one byte a second would be waited for for
ever. Here a request has one deadline from when it is sent to the last byte of its answer, and an inspection of several
requests may have one for all of them (law 10).
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.proxmox.errors import Unreachable

SHORTEST = 0.001
"""Seconds: a socket takes 0 for "do not wait at all", which is another thing than "time is up"."""


class Deadline:
    """The deadline of the current answer. One request at a time: each connection has its own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seconds: float | None = None
        self._until: float | None = None
        self._asked_at = clock.monotonic(), clock.now()
        self._to_connect: float | None = None

    def grant(self, seconds: float, to_connect: float | None = None) -> None:
        """Give the next request so many seconds from when it is sent, and `to_connect` seconds from now to be sent."""
        self._seconds, self._until = seconds, None
        self._asked_at, self._to_connect = (self._clock.monotonic(), self._clock.now()), to_connect

    @property
    def is_too_late_to_send(self) -> bool:
        """Whether the time to connect is over, by either clock: the monotonic one stands still in a suspend."""
        monotonic, now = self._asked_at
        passed = max(self._clock.monotonic() - monotonic, (self._clock.now() - now).total_seconds())
        return self._to_connect is not None and passed > self._to_connect

    def begin(self) -> None:
        """Start the time: the request is sent now."""
        self._until = None if self._seconds is None else self._clock.monotonic() + self._seconds

    def remaining(self) -> float | None:
        """Return the seconds that are left; None where nothing was granted. Raises TimeoutError when none are."""
        if self._until is None:
            return None
        left = self._until - self._clock.monotonic()
        if left <= 0:
            raise TimeoutError("the whole answer took too long")
        return max(left, SHORTEST)


class DeadlineSocket(ssl.SSLSocket):
    """A socket that waits for each piece only as long as is left for the whole."""

    deadline: Deadline | None = None

    def read(self, len: int = 1024, buffer: bytearray | None = None) -> bytes | int:  # type: ignore[override]
        """Read as `ssl.SSLSocket` does. Raises TimeoutError at the deadline."""
        left = self.deadline.remaining() if self.deadline is not None else None
        if left is not None:
            self.settimeout(left)
        return super().read(len, buffer)

    def __del__(self) -> None:
        # Nobody waits for a thread that asks while the program or a screen ends: its connection is dropped with it.
        self.close()


class Patience:
    """The time that a thread may use, over all its requests. It nests: the shorter one counts."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._local = threading.local()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Limit everything that this thread requests in here to end `seconds` from now at the latest."""
        before: float | None = getattr(self._local, "until", None)
        until = self._monotonic() + seconds
        self._local.until = until if before is None else min(before, until)
        try:
            yield
        finally:
            self._local.until = before

    def shortened(self, seconds: float, subject: str) -> float:
        """Return the seconds that a request may take: no more than are left to this thread. Raises Unreachable, about
        the `subject`, when none are.
        """
        left = self.left()
        if left is None:
            return seconds
        if left <= 0:
            raise Unreachable("it was not sent, because earlier requests took too long", about=f"{subject}: ")
        return min(seconds, max(0.1, round(left, 1)))

    def left(self) -> float | None:
        """Return the seconds that are left to this thread, not below 0; None without a limit."""
        until: float | None = getattr(self._local, "until", None)
        return None if until is None else max(0.0, until - self._monotonic())
