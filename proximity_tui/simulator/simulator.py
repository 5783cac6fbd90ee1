"""An embedded Proxmox VE: a stateful cluster of LXC containers behind a real HTTPS port of this machine. It assembles
the parts and owns their lifetime.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from select import select
from types import FrameType, TracebackType
from typing import Self

from proximity_tui.simulator import routes
from proximity_tui.simulator.api import Api
from proximity_tui.simulator.faults import Faults
from proximity_tui.simulator.gate import Gate, Journal
from proximity_tui.simulator.scenarios import SCENARIOS
from proximity_tui.simulator.server.transport import Server
from proximity_tui.simulator.tls import certificate
from proximity_tui.simulator.vocabulary import PRIVILEGES
from proximity_tui.simulator.world.listeners import Listeners
from proximity_tui.simulator.world.simulated_cluster import DOMAIN, Cluster
from proximity_tui.simulator.world.timeline import Clock, RealClock
from proximity_tui.simulator.world.world import World

routes.register()


class Simulator:
    """One simulated cluster. Use it as a context manager, or call `start` and `stop`.

    `scenario` names an entry of `SCENARIOS`; `seed` fixes names of hardware, figures and the like; `auth_delay` is
    how many real seconds a 401 is held back (Proxmox takes 3); `task_seconds` is how long a task takes by the clock.
    With `services` its containers also have addresses in 127.0.0.0/8, with real listeners behind some of them.
    """

    world: World
    clock: Clock
    journal: Journal
    faults: Faults
    token_id: str
    token_secret: str

    def __init__(
        self,
        scenario: str = "demo",
        *,
        seed: int = 1,
        clock: Clock | None = None,
        listen: tuple[str, int] = ("127.0.0.1", 0),
        auth_delay: float = 0.0,
        task_seconds: float = 0.3,
        services: bool = False,
    ) -> None:
        self.clock = clock or RealClock()
        cluster = Cluster("lab", seed, self.clock, task_seconds)
        cluster.services = Listeners() if services else None
        self.world = World(cluster)
        self.journal = Journal()
        self.faults = Faults(self._silence)
        self._cluster = cluster
        self.token_id = "proximity@pve!tui"
        self.token_secret = self.add_token(self.token_id, {"/": PRIVILEGES})
        if scenario not in SCENARIOS:
            raise ValueError(f"no scenario {scenario!r}; there are {', '.join(SCENARIOS)}")
        SCENARIOS[scenario].prepare(self)
        self.world.broadcast()
        self._root = certificate.make_root()
        self._host = listen[0]
        self._leaf = self._new_leaf()
        self._server = Server(
            listen, certificate.server_context(self._leaf, self._root), lambda m: self._gate.handle(m)
        )
        self._api = Api(self.world, auth_delay, self._server.stopping)
        self._api.certificates = (self._root, self._leaf)
        self._gate = Gate(self._api, self.faults, self.journal, self._server.stopping)

    def __repr__(self) -> str:
        return f"<Simulator {self.url}>"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Answer requests from now on."""
        self._server.start()

    def stop(self) -> None:
        """Close the port and every connection; returns when the last thread is done."""
        self._server.stop()
        if self._cluster.services is not None:
            self._cluster.services.stop()

    @property
    def url(self) -> str:
        """`https://127.0.0.1:PORT` or `https://[::1]:PORT`, without the path of the API."""
        return self._server.url

    @property
    def connections(self) -> int:
        """The number of connections that were ever made."""
        return self._server.accepted

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the server certificate, as `AA:BB:…`."""
        return self._leaf.fingerprint

    @property
    def ca_pem(self) -> str:
        """The root CA that signed the server certificate."""
        return self._root.pem

    @property
    def ca_fingerprint(self) -> str:
        """SHA-256 of the root CA: the identity of the cluster."""
        return self._root.fingerprint

    def renew_certificate(self) -> None:
        """Take a new server certificate from the same root into use for connections made from now on."""
        self._leaf = self._new_leaf()
        self._server.context = certificate.server_context(self._leaf, self._root)
        self._api.certificates = (self._root, self._leaf)

    def add_token(self, token_id: str, acl: Mapping[str, Iterable[str]]) -> str:
        """Add a token `USER@REALM!NAME` with privileges per path; return its secret."""
        with self.world.entered() as cluster:
            return cluster.access.add(token_id, acl)

    def set_acl(self, token_id: str, acl: Mapping[str, Iterable[str]]) -> None:
        """Replace all privileges of a token."""
        with self.world.entered() as cluster:
            cluster.access.set_acl(token_id, acl)

    def remove_token(self, token_id: str) -> None:
        """Revoke a token: from now on it is answered with 401."""
        with self.world.entered() as cluster:
            del cluster.access.tokens[token_id]

    def schedule(self, seconds: float, happening: Callable[[World], object]) -> None:
        """Let something happen to the world that many simulated seconds from now."""
        self.world.schedule(seconds, happening)

    def _new_leaf(self) -> certificate.Certificate:
        node = self._cluster.local.name
        names = ["127.0.0.1", "::1", "localhost", node, f"{node}.{DOMAIN}", self._host.partition("%")[0]]
        return certificate.make_leaf(self._root, f"{node}.{DOMAIN}", tuple(dict.fromkeys(names)))

    def _silence(self, silenced: bool) -> None:
        with self.world.entered() as cluster:
            cluster.broadcast.silenced = silenced


class CannotListen(Exception):
    """Raised when the address cannot be listened on; the text is the reason."""


def serve(listen: tuple[str, int], scenario: str, seed: int, speed: float) -> int:
    """Run until SIGINT or SIGTERM; the first line on stdout is one JSON object that tells how to connect.

    Raises CannotListen.
    """
    # Not an Event: a handler may come where the main thread holds the lock of one, and would wait for itself.
    told, teller = os.pipe()

    def end(number: int, frame: FrameType | None) -> None:
        os.write(teller, b"x")

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    try:
        made = Simulator(scenario, seed=seed, clock=RealClock(speed), listen=listen, auth_delay=3.0, services=True)
    except (OSError, UnicodeError) as error:
        raise CannotListen((getattr(error, "strerror", None) or str(error)).partition(" (while")[0].lower()) from error
    with made as simulator:
        access = {
            "url": simulator.url,
            "token_id": simulator.token_id,
            "token_secret": simulator.token_secret,
            "fingerprint": simulator.fingerprint,
        }
        # Whoever reads it may never do so, and a write that waits is not ended by a signal.
        if told not in select([told], [sys.stdout], [])[0]:
            sys.stdout.write(json.dumps(access) + "\n")
            sys.stdout.flush()
            os.read(told, 1)
    return 0
