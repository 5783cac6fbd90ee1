"""The gate between the wire and the API: it applies the faults in force, parses requests, and writes the journal.

The journal has the requests in order. Tests prove with it that a request was, or was not, sent.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from proximity_tui.simulator.api import Answer, Api, Request
from proximity_tui.simulator.faults import PMXCFS_DOWN, Fault, Faults
from proximity_tui.simulator.server.transport import Hangup, render
from proximity_tui.simulator.server.wire import BadBody, Message
from proximity_tui.simulator.world.tokens import Token

_PORTAL = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in to continue</h1></body></html>"
_HTML = {"Content-Type": "text/html; charset=utf-8", "Server": "nginx/1.22.1"}


@dataclass(frozen=True)
class Entry:
    """One request. `path` lacks `/api2/json`; `status` is 0 where no answer was ever sent; `at` is simulated time."""

    method: str
    path: str
    params: Mapping[str, object]
    token_id: str | None
    status: int
    at: float


class Journal:
    """Appended to before the answer leaves, so that a client with its answer in hand finds its own entry."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def record(self, entry: Entry) -> None:
        with self._lock:
            self._entries.append(entry)

    def entries(self) -> list[Entry]:
        with self._lock:
            return list(self._entries)

    def writes(self) -> list[Entry]:
        """Return every request that could have changed something."""
        return [entry for entry in self.entries() if entry.method in ("POST", "PUT", "DELETE")]

    def count(self, method: str | None = None, path_contains: str | None = None) -> int:
        return sum(
            1
            for entry in self.entries()
            if (method is None or entry.method == method) and (path_contains is None or path_contains in entry.path)
        )

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


class Gate:
    """The handler that the server calls for every message."""

    def __init__(self, api: Api, faults: Faults, journal: Journal, stopping: threading.Event) -> None:
        self._api = api
        self._faults = faults
        self._journal = journal
        self._stopping = stopping

    def handle(self, message: Message) -> Answer:
        try:
            return self._handled(message)
        except Hangup:
            raise
        except Exception as error:
            # A mistake of ours must neither print over a screen nor pass for a lost connection.
            reason = " ".join(f"the simulator failed: {error!r}".split())
            return _failed(500, reason)

    def _handled(self, message: Message) -> Answer:
        try:
            params = message.parameters()
        except BadBody as reason:
            return Answer(500, str(reason))
        request = Request(message.method, message.path, params, message.headers.get("authorization"))
        token = self._api.authenticate(request)
        met = self._faults.take(request.method, request.call_path)
        for fault in met:
            if fault.kind == "latency":
                self._stopping.wait(fault.seconds)
        other = next((fault for fault in met if fault.kind != "latency"), None)
        if other is None:
            answer = self._api.answer(request, token)
            self._note(request, token, answer.status)
            return answer
        return self._disturbed(other, message, request, token)

    def _disturbed(self, fault: Fault, message: Message, request: Request, token: Token | None) -> Answer:
        if fault.kind in ("drop", "hang"):
            self._note(request, token, 0)
            if fault.kind == "hang":
                self._stopping.wait()
            raise Hangup
        if fault.kind in ("lose-answer", "truncate", "partial", "rewrite", "trickle"):
            answer = self._api.answer(request, token)
            if fault.kind == "lose-answer":
                self._note(request, token, 0)
                raise Hangup
            if fault.kind == "truncate":
                self._note(request, token, answer.status)
                whole = render(answer, replace(message, headers={}))
                raise Hangup(whole[: len(whole) - len(answer.body or b"") // 2])
            trickles = fault.kind == "trickle"
            answer = replace(answer, pace=fault.seconds) if trickles else _rewritten(answer, fault)
        else:
            answer = self._instead(fault, request)
        self._note(request, token, answer.status)
        return answer

    def _instead(self, fault: Fault, request: Request) -> Answer:
        """Return the answer of a fault that keeps the request from ever reaching the API."""
        if fault.kind == "html":
            return Answer(fault.status, HTTPStatus(fault.status).phrase, _PORTAL, headers=_HTML)
        if fault.kind == "no-data":
            return Answer(200, "OK", b"{}")
        if fault.kind == "unauthorized":
            return Answer(401, "Authentication failed!", delay=self._api.auth_delay)
        if fault.kind == "pmxcfs-down":
            return Answer(500, PMXCFS_DOWN)
        if fault.status in (400, 403, 500):
            return _failed(fault.status, fault.reason)
        return Answer(fault.status, fault.reason)

    def _note(self, request: Request, token: Token | None, status: int) -> None:
        token_id = token.id if token else None
        now = self._api.world.clock.now()
        self._journal.record(Entry(request.method, request.call_path, dict(request.params), token_id, status, now))


def _failed(status: int, reason: str) -> Answer:
    return Answer(status, reason, json.dumps({"data": None, "message": reason + "\n"}).encode())


def _rewritten(answer: Answer, fault: Fault) -> Answer:
    """Return the answer as a fault changes it: with some guests left out of its list, or with data of its own."""
    if answer.status != 200 or answer.body is None:
        return answer
    envelope = json.loads(answer.body)
    if fault.kind == "partial":
        envelope["data"] = [row for row in envelope["data"] if row.get("vmid") not in fault.vmids]
    else:
        envelope["data"] = fault.change(envelope["data"])
    return replace(answer, body=json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode())
