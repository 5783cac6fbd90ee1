"""The services inside simulated containers: real TCP listeners on addresses in 127.0.0.0/8, one address a container.

They accept and close. A port that cannot be bound (taken, or privileged) is left out. All of it ends with it.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import selectors
import socket
import threading

from proximity_tui.simulator.world.simulated_guest import Guest

_BY_NAME: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("web", (80, 8080)),
    ("shop", (80, 8080)),
    ("app", (8000, 9100)),
    ("proxy", (80, 443, 8443)),
    ("postgres", (5432, 9100)),
    ("redis", (6379,)),
    ("rabbitmq", (5672,)),
    ("gitea", (22, 3000)),
    ("dns", (53,)),
    ("prometheus", (9090, 9100)),
    ("grafana", (3000,)),
    ("mail", (25, 143, 993)),
    ("nextcloud", (80, 443, 8080)),
)
"""What listens in a container, by the beginning of its name."""

_instances = itertools.count(os.getpid())


class Listeners:
    """The listeners of one cluster. Nothing listens before a container's address was asked for."""

    def __init__(self) -> None:
        # Two clusters on one machine must not answer for each other.
        self._octet = 64 + next(_instances) % 128
        self._selector = selectors.DefaultSelector()
        self._waker, self._woken = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._opened: dict[int, list[socket.socket]] = {}
        self._lock = threading.Lock()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def open_for(self, guest: Guest) -> str:
        """Return the address of a container, and listen on what its services have."""
        address = f"127.{self._octet}.{guest.vmid // 256 % 256}.{guest.vmid % 256}"
        with self._lock:
            if guest.vmid not in self._opened and not self._stopped:
                self._opened[guest.vmid] = self._listen(address, _ports_of(guest.name))
        return address

    def stop(self) -> None:
        """Close every listener, and wait for the thread that accepts."""
        with self._lock:
            self._stopped = True
            thread = self._thread
        self._waker.send(b"x")
        if thread is not None:
            thread.join(5)
        for listener in itertools.chain(*self._opened.values()):
            listener.close()
        self._selector.close()
        self._waker.close()
        self._woken.close()

    def _listen(self, address: str, ports: tuple[int, ...]) -> list[socket.socket]:
        made: list[socket.socket] = []
        for port in ports:
            with contextlib.suppress(OSError):
                made.append(socket.create_server((address, port)))
        for listener in made:
            listener.setblocking(False)
            self._selector.register(listener, selectors.EVENT_READ)
        if made and self._thread is None:
            self._thread = threading.Thread(target=self._accept, name="simulator-services", daemon=True)
            self._thread.start()
        return made

    def _accept(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._woken:
                    return
                with contextlib.suppress(OSError):
                    connection, _ = key.fileobj.accept()  # type: ignore[union-attr]
                    connection.close()


def _ports_of(name: str) -> tuple[int, ...]:
    return next((ports for begin, ports in _BY_NAME if name.startswith(begin)), ())
