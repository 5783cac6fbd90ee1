"""The messages to the service manager: datagrams to `$NOTIFY_SOCKET`, as sd_notify(3) describes them.

Without that variable every method does nothing. A manager that does not listen stops nobody.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Mapping

log = logging.getLogger(__name__)


class SystemdNotifier:
    """The connection to the service manager, if there is one."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self._status: str | None = None
        self._owed: list[tuple[str, ...]] = []
        """The changes of state that the manager did not take yet, as it was busy."""
        self.watchdog_interval = _watchdog_interval(environ) if self._address else None
        """Seconds within which the manager wants `alive` again, halved for safety; None when it does not ask."""

    def ready(self) -> None:
        """Report that everything runs, for the first time or after `reloading`."""
        self._change("READY=1")

    def reloading(self) -> None:
        """Report that the configuration is being read again, until `ready`."""
        self._change("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self) -> None:
        """Report that we end, on purpose."""
        self._change("STOPPING=1")

    def alive(self) -> None:
        """Report that we still work: to be called every `watchdog_interval` seconds."""
        self._send("WATCHDOG=1")

    def status(self, line: str) -> None:
        """Send the line for `systemctl status`, after what the manager did not take before; the same line is sent only
        once.
        """
        self._change()
        if line != self._status and self._send(f"STATUS={line}"):
            self._status = line

    def _change(self, *lines: str) -> None:
        """Send a change of state after those that are owed; one that is lost would end the service."""
        self._owed += [lines] if lines else []
        while self._owed and self._send(*self._owed[0]):
            del self._owed[0]

    def _send(self, *lines: str) -> bool:
        """Send a datagram. Return False where the manager is too busy to take it."""
        if self._address is None:
            return True
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as out:
                out.sendto("\n".join(lines).encode(), self._address)
        except BlockingIOError:
            return False
        except OSError as error:
            log.warning("the service manager could not be told %s: %s", lines[0], error.strerror)
        return True


def _address(given: str) -> bytes | None:
    """Return the address: a path, or with @ in front a name in the abstract namespace."""
    if given.startswith("@"):
        return b"\0" + os.fsencode(given[1:])
    return os.fsencode(given) if given.startswith("/") else None


def _watchdog_interval(environ: Mapping[str, str]) -> float | None:
    wanted, process = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    if not wanted.isdecimal() or len(wanted) > 18 or int(wanted) == 0 or (process and process != str(os.getpid())):
        return None
    return int(wanted) / 2_000_000
