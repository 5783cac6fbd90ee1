"""Servers to speak to, and sessions and gateways that trust them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from proximity_tui.core.clock import SystemClock
from proximity_tui.core.proxmox.gateway import Gateway
from proximity_tui.core.proxmox.session import Session
from proximity_tui.core.proxmox.settings import ClusterSettings
from proximity_tui.core.proxmox.trust import Trust
from proximity_tui.core.secret import Secret
from tests.core.proxmox.scripted import Reply, Scripted

TOKEN_ID = "labadmin@pve!full"
TOKEN_SECRET = "6f1c2d3e-aaaa-4bbb-8ccc-0123456789ab"


class Leaping(SystemClock):
    """A clock that a test pushes forward, and that nobody has to wait for."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.ahead += seconds


def settings_for(*servers: Scripted, **changes: Any) -> ClusterSettings:
    """Settings for a cluster whose nodes are `servers`, each pinned; `changes` replace what is given."""
    given: dict[str, Any] = {
        "name": "lab",
        "urls": tuple(server.url for server in servers),
        "token_id": TOKEN_ID,
        "token_secret": Secret(TOKEN_SECRET, "the test"),
        "trust": Trust(fingerprints=tuple(server.leaf.fingerprint for server in servers)),
        "connect_timeout": 5.0,
        "read_timeout": 5.0,
        "write_timeout": 5.0,
    }
    return ClusterSettings(**{**given, **changes})


@pytest.fixture
def clock() -> Leaping:
    return Leaping()


@pytest.fixture
def serve() -> Iterator[Callable[..., Scripted]]:
    """Start a server that answers with the given replies."""
    with ExitStack() as stack:
        yield lambda *replies, **options: stack.enter_context(Scripted(replies, **options))


@pytest.fixture
def session_to(clock: Leaping) -> Iterator[Callable[..., Session]]:
    """A session with a cluster of the given servers."""
    with ExitStack() as stack:

        def make(*servers: Scripted, read_only: bool = False, **changes: Any) -> Session:
            session = Session(settings_for(*servers, **changes), clock, read_only=read_only)
            stack.callback(session.close)
            return session

        yield make


@pytest.fixture
def answered(serve: Callable[..., Scripted], session_to: Callable[..., Session]) -> Callable[..., Session]:
    """A session with a server that answers with the given replies."""

    def make(*replies: Reply) -> Session:
        return session_to(serve(*replies))

    return make


@pytest.fixture
def gateway_to(clock: Leaping) -> Iterator[Callable[..., Gateway]]:
    """A gateway to a cluster of the given servers."""
    with ExitStack() as stack:

        def make(*servers: Scripted, read_only: bool = False, **changes: Any) -> Gateway:
            gateway = Gateway(settings_for(*servers, **changes), clock, read_only=read_only)
            stack.callback(gateway.close)
            return gateway

        yield make
