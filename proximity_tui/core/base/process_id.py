"""The signature of a process on a lease or an operation: `host:pid:random`, with the role of a daemon in it.

It knows only the form; whether such a process still runs is checked elsewhere.
"""

from __future__ import annotations

import os
import socket
import uuid

from proximity_tui.core.base.value_object import value_object

DAEMON = "daemon"
"""The role of a process without a screen that runs the jobs."""


@value_object
class Owner:
    """The process behind a signature. A signature that does not have our form has no pid."""

    host: str
    pid: int | None
    daemon: bool

    @property
    def process(self) -> str:
        """`host:pid`, to look for the process."""
        return self.host if self.pid is None else f"{self.host}:{self.pid}"

    def __str__(self) -> str:
        return f"{self.process} (daemon)" if self.daemon else self.process


def sign(role: str = "") -> str:
    """Return a new signature of this process: `host:pid:random`, or `host:pid:role-random`."""
    random = uuid.uuid4().hex[:8]
    return f"{socket.gethostname()}:{os.getpid()}:{f'{role}-{random}' if role else random}"


def read(signature: str) -> Owner:
    """Return the process behind a signature."""
    host, _, rest = signature.partition(":")
    pid, _, random = rest.partition(":")
    return Owner(host, int(pid) if pid.isascii() and pid.isdecimal() else None, random.startswith(f"{DAEMON}-"))
