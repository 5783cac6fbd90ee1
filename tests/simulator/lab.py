"""A simulator with a clock driven by hand, and the shortest way to ask it something over real HTTPS."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from proximity_tui.simulator import ManualClock, Simulator
from tests.support.timing.waiting import LONGEST

DEBIAN = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"


@dataclass(frozen=True)
class Reply:
    """One answer; `body` is the parsed JSON, or None where there was none."""

    status: int
    reason: str
    body: Any
    headers: Mapping[str, str]

    @property
    def data(self) -> Any:
        assert self.status == 200, f"{self.status} {self.reason}"
        return self.body["data"]

    @property
    def failure(self) -> str:
        """Status and reason of an answer that is none."""
        assert self.status != 200, f"answered {self.body}"
        return f"{self.status} {self.reason}"


class Lab:
    """Asks with the full-rights token unless told otherwise. A new connection for each question."""

    def __init__(self, scenario: str = "empty") -> None:
        self.clock = ManualClock()
        self.simulator = Simulator(scenario, clock=self.clock, task_seconds=1.0)
        self.world = self.simulator.world
        self.authorization: str | None = f"PVEAPIToken={self.simulator.token_id}={self.simulator.token_secret}"

    def __enter__(self) -> Lab:
        self.simulator.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.simulator.stop()

    def connection(self, timeout: float = LONGEST) -> http.client.HTTPSConnection:
        url = urlsplit(self.simulator.url)
        context = ssl.create_default_context(cadata=self.simulator.ca_pem)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return http.client.HTTPSConnection(str(url.hostname), url.port, timeout=timeout, context=context)

    def ask(
        self, method: str, path: str, params: Mapping[str, Any] | None = None, *, timeout: float = LONGEST
    ) -> Reply:
        connection = self.connection(timeout)
        try:
            return self.ask_on(connection, method, path, params)
        finally:
            connection.close()

    def ask_on(
        self,
        connection: http.client.HTTPSConnection,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        sent = {} if self.authorization is None else {"Authorization": self.authorization}
        target, body = f"/api2/json{path}", None
        if params and method in ("GET", "DELETE"):
            target += f"?{urlencode(params)}"
        elif params:
            body = urlencode(params)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, target, body, {**sent, **(headers or {})})
        response = connection.getresponse()
        raw = response.read()
        parsed = json.loads(raw) if raw and "json" in response.headers.get("Content-Type", "") else None
        return Reply(response.status, response.reason, parsed, dict(response.headers))

    def get(self, path: str, /, **params: Any) -> Any:
        """The data of a GET that must succeed."""
        return self.ask("GET", path, params).data

    def rows(self, **params: Any) -> dict[int, dict[str, Any]]:
        """The guests of `cluster/resources` by VMID."""
        return {row["vmid"]: row for row in self.get("/cluster/resources", **{"type": "vm", **params})}

    def task(self, upid: str) -> dict[str, Any]:
        node = upid.split(":")[1]
        status = self.get(f"/nodes/{node}/tasks/{quote(upid, safe='')}/status")
        assert isinstance(status, dict)
        return status

    def log(self, upid: str, **params: Any) -> list[str]:
        node = upid.split(":")[1]
        return [line["t"] for line in self.get(f"/nodes/{node}/tasks/{quote(upid, safe='')}/log", **params)]

    def begin(self, method: str, path: str, params: Mapping[str, Any] | None = None) -> str:
        """Start a task; its UPID."""
        return str(self.ask(method, path, params).data)

    def run(self, method: str, path: str, params: Mapping[str, Any] | None = None) -> str:
        """Start a task, let it end, and say how."""
        upid = self.begin(method, path, params)
        self.clock.advance(15)
        return str(self.task(upid)["exitstatus"])

    def act_as(self, token_id: str, acl: Mapping[str, list[str]]) -> None:
        """From now on ask with a token of these rights."""
        secret = self.simulator.add_token(token_id, acl)
        self.authorization = f"PVEAPIToken={token_id}={secret}"


def asking(lab: Lab, path: str) -> threading.Thread:
    """A thread, not started yet, that asks and is alive until it is answered or the simulator is gone."""

    def ask() -> None:
        with suppress(OSError, http.client.HTTPException):
            lab.ask("GET", path, timeout=3600.0)

    return threading.Thread(target=ask, daemon=True)
