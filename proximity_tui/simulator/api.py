"""The processing of a request, in Proxmox's order: authentication, the existence of the call, privileges, the node, the
parameters, and only then the call itself.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from proximity_tui.simulator import parameters, routing
from proximity_tui.simulator.api_errors import Died, Refused, bare, denied, failed, not_implemented
from proximity_tui.simulator.routing import ITSELF, Busy, Call, Encoded, Listing
from proximity_tui.simulator.tls.certificate import Certificate
from proximity_tui.simulator.world.tokens import Token
from proximity_tui.simulator.world.worker_tasks import FLOCK_PATIENCE, flock_timeout
from proximity_tui.simulator.world.world import World

PREFIX = "/api2/json"
_FLOCK_POLL = 0.05


@dataclass(frozen=True)
class Request:
    """A parsed request: decoded path, parameters of query and body together, and the Authorization header."""

    method: str
    path: str
    params: Mapping[str, Any]
    authorization: str | None

    @property
    def call_path(self) -> str:
        """The path as the API knows it, without prefix, doubled or trailing slashes."""
        path = re.sub(r"/+", "/", self.path).removeprefix(PREFIX)
        return path.rstrip("/") or "/"


@dataclass(frozen=True)
class Answer:
    """Status, reason and body (None: neither body nor content type), the real seconds to hold it back, and the real
    seconds between two bytes of it (0: all at once)."""

    status: int
    reason: str
    body: bytes | None = None
    delay: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)
    pace: float = 0.0


class Api:
    """Answers requests from the state of a world."""

    def __init__(self, world: World, auth_delay: float, stopping: threading.Event) -> None:
        self.world = world
        self.auth_delay = auth_delay
        self.certificates: tuple[Certificate, Certificate] | None = None
        self._stopping = stopping

    def authenticate(self, request: Request) -> Token | None:
        header = request.authorization
        return self.world.authenticate(header) if header else None

    def unauthorized(self, request: Request) -> Answer:
        proof = (request.authorization or "").startswith("PVEAPIToken=")
        reason = "Authentication failed!" if proof else "No ticket"
        return Answer(401, reason, delay=self.auth_delay)

    def answer(self, request: Request, token: Token | None) -> Answer:
        if not request.path.startswith(PREFIX):
            return _unknown_format(request.path)
        if token is None:
            return self.unauthorized(request)
        try:
            return self._ok(self._dispatch(request, token))
        except Refused as refusal:
            body = None if refusal.body is None else _encode(refusal.body)
            delay = self.world.offline_delay if refusal.status == 595 else 0.0
            return Answer(refusal.status, refusal.reason, body, delay)

    def _dispatch(self, request: Request, token: Token) -> Any:
        found = routing.find(request.method, request.call_path)
        if found is None:
            raise not_implemented(request.method, request.call_path)
        route, names = found
        with self.world.entered() as cluster:
            if route.needs:
                path = route.needs.path.format(**names)
                if not cluster.access.allows(token, path, *route.needs.any_of):
                    raise denied(path, "|".join(route.needs.any_of))
            if route.remote and names["node"] != ITSELF:
                self._forward(names["node"])
        params = parameters.validate(route.schema, {**request.params, **names})
        assert self.certificates is not None
        give_up = self.world.clock.now() + FLOCK_PATIENCE
        while True:
            try:
                with self.world.entered() as cluster:
                    call = Call(cluster, token, params, self.certificates, self._stopping)
                    return route.handler(call)
            except Died as reason:
                raise failed(str(reason)) from None
            except Busy as busy:
                clock = self.world.clock
                if clock.now() >= give_up or not clock.pass_time(_FLOCK_POLL, self._stopping):
                    raise failed(flock_timeout(busy.vmid)) from None

    def _forward(self, name: str) -> None:
        """Forward to the node in the path: unknown names do not resolve, dead nodes have no route."""
        node = self.world.node(name)
        if node is None:
            lookup = f"failed to get address info for: {name}: Name or service not known"
            raise failed(f"hostname lookup '{name}' failed - {lookup}")
        if not node.online:
            raise bare(595, "No route to host")

    def _ok(self, data: Any) -> Answer:
        if isinstance(data, Encoded):
            return Answer(200, "OK", b'{"data":' + data.encode() + b"}")
        envelope: dict[str, Any] = {"data": data}
        if isinstance(data, Listing):
            envelope = {"data": data.data, "total": data.total} if data.total else {"data": data.data}
        return Answer(200, "OK", _encode(envelope))


def _unknown_format(path: str) -> Answer:
    match = re.match(r"/api2/(\w+)(/.*)", path)
    if match:
        return Answer(501, f"no formatter for uri {match[2]}, {match[1]}")
    return Answer(404, "no such file", None)


def _encode(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
