"""How a process signs what it holds, a lease or an operation: `host:pid:random`, with the role of a daemon in it.

It knows the form alone; whether such a process still lives is asked elsewhere.
"""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass

DAEMON = "daemon"
"""The role of a process without a screen that runs the jobs."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who signed. A signature that is not ours by its form has no pid."""

    host: str
    pid: int | None
    daemon: bool

    @property
    def process(self) -> str:
        """`host:pid`, as a person may look for it."""
        return self.host if self.pid is None else f"{self.host}:{self.pid}"

    def __str__(self) -> str:
        return f"{self.process} (daemon)" if self.daemon else self.process


def sign(role: str = "") -> str:
    """A new signature of this process: `host:pid:random`, or `host:pid:role-random`."""
    random = uuid.uuid4().hex[:8]
    return f"{socket.gethostname()}:{os.getpid()}:{f'{role}-{random}' if role else random}"


def read(signature: str) -> Owner:
    """Who a signature is of."""
    host, _, rest = signature.partition(":")
    pid, _, random = rest.partition(":")
    return Owner(host, int(pid) if pid.isascii() and pid.isdecimal() else None, random.startswith(f"{DAEMON}-"))
