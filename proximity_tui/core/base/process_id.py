"""The signature of a process on a lease or an operation: `host:pid:random`, with the role of a daemon in it, and behind
a dot the namespace in which it has that pid.

It knows only the form; whether such a process still runs is checked elsewhere.
"""

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path

from proximity_tui.core.base.value_object import value_object

DAEMON = "daemon"
"""The role of a process without a screen that runs the jobs."""

NAMESPACE = Path("/proc/self/ns/pid")
"""The link to the namespace of our pids: in a container, another process has a pid that is also one of the host."""


@value_object
class Owner:
    """The process behind a signature. A signature that does not have our form has no pid."""

    host: str
    pid: int | None
    daemon: bool
    namespace: str | None = None
    """The namespace of its pid; None where it did not say, as earlier versions."""

    @property
    def process(self) -> str:
        """`host:pid`, to look for the process."""
        return self.host if self.pid is None else f"{self.host}:{self.pid}"

    def __str__(self) -> str:
        return f"{self.process} (daemon)" if self.daemon else self.process


def sign(role: str = "") -> str:
    """Return a new signature of this process: `host:pid:random.namespace`, or `host:pid:role-random.namespace`."""
    random = uuid.uuid4().hex[:8]
    own = namespace()
    where = f".{own}" if own is not None else ""
    return f"{socket.gethostname()}:{os.getpid()}:{f'{role}-{random}' if role else random}{where}"


def namespace() -> str | None:
    """Return the number of the namespace of our pids; None where the kernel does not tell."""
    try:
        return os.readlink(NAMESPACE).removeprefix("pid:[").removesuffix("]")
    except OSError:
        return None


def read(signature: str) -> Owner:
    """Return the process behind a signature."""
    host, _, rest = signature.partition(":")
    pid, _, random = rest.partition(":")
    number = int(pid) if pid.isascii() and pid.isdecimal() else None
    return Owner(host, number, random.startswith(f"{DAEMON}-"), random.partition(".")[2] or None)
