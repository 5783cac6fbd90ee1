"""Ports that a test counts on: one for a program that is told where to listen, and one where nobody listens."""

from __future__ import annotations

import itertools
import os
import socket

FIRST, SPAN = 12_000, 18_000
"""Below the ports that a kernel chooses, for listeners and for its end of every connection: it gives none of these away
between the moment that one is found free and the moment that the program listens."""

_numbers = itertools.count(os.getpid() * 8)


def free_port() -> int:
    """Return a port on 127.0.0.1 that nobody has, another one at each call; processes beside this one get others."""
    for number in itertools.islice(_numbers, SPAN):
        port = FIRST + number % SPAN
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")


def kept_from_others(port: int) -> socket.socket:
    """A socket that has the port on 127.0.0.1 until it is closed, and refuses every connection."""
    keeper = socket.socket()
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    keeper.bind(("127.0.0.1", port))
    return keeper


_keeper = kept_from_others(0)

REFUSED_PORT: int = _keeper.getsockname()[1]
"""A port on 127.0.0.1 that refuses every connection. It is another one in each process, so it stands in no name of a
test."""
