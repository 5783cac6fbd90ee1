"""Servers to speak to, and sessions and gateways that trust them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest

from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.http import HttpSession
from proximity_tui.core.proxmox.transport.trust import Trust
from proximity_tui.simulator.simulator import Simulator
from proximity_tui.simulator.world.timeline import ManualClock
from tests.core.proxmox.scripted import Reply, Scripted, in_turn, ok
from tests.support.timing.waiting import LONGEST

TOKEN_ID = "labadmin@pve!full"
SOUND_STATUS = {"status": "running", "vmid": 101, "type": "lxc", "name": "web1", "ha": {"managed": 0}}
TOKEN_SECRET = "6f1c2d3e-aaaa-4bbb-8ccc-0123456789ab"


class Leaping(SystemClock):
    """A clock that a test pushes forward, and that nobody has to wait for; what else lives by it moves along."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.set_ahead = 0.0
        """How far the wall clock alone was set, as by a suspend."""
        self.slept: list[float] = []
        self.moves_along: list[Callable[[float], None]] = []

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.set_ahead)

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.ahead += seconds
        for advance in self.moves_along:
            advance(seconds)


def settings_for(*servers: Scripted, **changes: Any) -> ClusterSettings:
    """Settings for a cluster whose nodes are `servers`, each pinned; `changes` replace what is given."""
    given: dict[str, Any] = {
        "name": "lab",
        "urls": tuple(server.url for server in servers),
        "token_id": TOKEN_ID,
        "token_secret": Secret(TOKEN_SECRET, "the test"),
        "trust": Trust(fingerprints=tuple(server.leaf.fingerprint for server in servers)),
        "connect_timeout": LONGEST,
        "read_timeout": LONGEST,
        "write_timeout": LONGEST,
    }
    return ClusterSettings(**{**given, **changes})


@pytest.fixture
def clock() -> Leaping:
    return Leaping()


@pytest.fixture
def serve() -> Iterator[Callable[..., Scripted]]:
    """Start a server that answers with the given replies."""
    with ExitStack() as stack:
        yield lambda *replies: stack.enter_context(Scripted(in_turn(*replies)))


@pytest.fixture
def session_to(clock: Leaping) -> Iterator[Callable[..., HttpSession]]:
    """A session with a cluster of the given servers."""
    with ExitStack() as stack:

        def make(*servers: Scripted, read_only: bool = False, **changes: Any) -> HttpSession:
            session = HttpSession(settings_for(*servers, **changes), clock, read_only=read_only)
            stack.callback(session.close)
            return session

        yield make


@pytest.fixture
def answered(serve: Callable[..., Scripted], session_to: Callable[..., HttpSession]) -> Callable[..., HttpSession]:
    """A session with a server that answers with the given replies."""

    def make(*replies: Reply) -> HttpSession:
        return session_to(serve(*replies))

    return make


@pytest.fixture
def gateway_to(clock: Leaping) -> Iterator[Callable[..., PveClient]]:
    """A gateway to a cluster of the given servers."""
    with ExitStack() as stack:

        def make(*servers: Scripted, read_only: bool = False, **changes: Any) -> PveClient:
            client = PveClient(settings_for(*servers, **changes), clock, read_only=read_only)
            stack.callback(client.close)
            return client

        yield make


@pytest.fixture
def lab(clock: Leaping) -> Iterator[Simulator]:
    """A simulated cluster of two nodes: web1 (101) runs on pve1, db1 (102) is stopped on pve2."""
    time = ManualClock()
    clock.moves_along.append(time.advance)
    with Simulator("empty", clock=time) as simulator:
        simulator.world.add_node("pve2")
        simulator.world.add_container(101, node="pve1", hostname="web1", tags="prod;web")
        simulator.world.add_container(102, node="pve2", hostname="db1", status="stopped")
        yield simulator


@pytest.fixture
def gateway_of(clock: Leaping) -> Iterator[Callable[..., PveClient]]:
    """A gateway to a simulated cluster, with its own token or that of another."""
    with ExitStack() as stack:

        def make(simulator: Simulator, *, token: str | None = None, secret: str = "", **changes: Any) -> PveClient:
            read_only = changes.pop("read_only", False)
            settings = ClusterSettings(
                name="lab",
                urls=(simulator.url,),
                token_id=token or simulator.token_id,
                token_secret=Secret(secret or simulator.token_secret, "the test"),
                trust=Trust(fingerprints=(simulator.fingerprint,)),
                **changes,
            )
            client = PveClient(settings, clock, read_only=read_only)
            stack.callback(client.close)
            return client

        yield make


@pytest.fixture
def client(lab: Simulator, gateway_of: Callable[..., PveClient]) -> PveClient:
    """A gateway to the lab that may do everything."""
    return gateway_of(lab)


@pytest.fixture
def scripted_guest(gateway_to: Callable[..., PveClient]) -> Iterator[Callable[..., tuple[PveClient, Scripted]]]:
    """A gateway to a server that knows one guest, with a status, a config and a row of digests of the test's."""
    with ExitStack() as stack:

        def make(
            status: object = SOUND_STATUS,
            config: Mapping[str, Any] | None = None,
            digests: Sequence[str] = ("one",),
            ha_resources: object = (),
        ) -> tuple[PveClient, Scripted]:
            remaining = deque(digests)

            def answer(line: str) -> Reply:
                if "/status/current" in line:
                    return ok(status)
                if "/config" in line:
                    digest = remaining.popleft() if len(remaining) > 1 else remaining[0]
                    return ok({"hostname": "web1", "rootfs": "local:101/x.raw", "digest": digest, **(config or {})})
                if "/cluster/status" in line:
                    return ok([{"type": "node", "name": "pve1", "online": 1}])
                if "/access/permissions" in line:
                    return ok({"/vms/101": {"VM.Audit": 1}})
                return ok(ha_resources if "/ha/resources" in line else [])

            server = stack.enter_context(Scripted(answer))
            return gateway_to(server), server

        yield make
