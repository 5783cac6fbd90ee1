"""The faults between a client and the simulated API. A fault is a rule: the requests it applies to, how often, and its
effect. Times here are real seconds, because it is a real client that waits.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal[
    "latency", "status", "drop", "lose-answer", "truncate", "html", "no-data", "partial", "hang", "unauthorized",
    "pvestatd-down", "pmxcfs-down", "rewrite", "trickle",
]  # fmt: skip

PMXCFS_DOWN = "RPCEnvironment init request failed: Unable to load access control list: Connection refused"


@dataclass(eq=False)
class Fault:
    """One rule. `path` is a regular expression searched for in the path without `/api2/json`; None means any.

    kinds: `latency` waits `seconds` and goes on; `status` answers `status reason` (JSON body with the reason for
    400, 403 and 500, else none); `drop` closes before anything happens; `lose-answer` does the work and closes
    without a word; `truncate` sends half of the body; `html` answers a page of a proxy or a login portal with
    `status`; `no-data` answers `{}`; `partial` leaves `vmids` out of `cluster/resources`; `hang` never answers;
    `unauthorized` answers 401; `pvestatd-down` stops the broadcasts; `pmxcfs-down` fails every request as a dead
    cluster file system does;
    `rewrite` answers what `change` makes of the `data` of the true answer;
    `trickle` sends a byte of the true answer every `seconds`.
    """

    kind: Kind
    method: str | None = None
    path: str | None = None
    times: int | None = None
    seconds: float = 0.0
    status: int = 500
    reason: str = ""
    vmids: frozenset[int] = field(default_factory=frozenset)
    change: Callable[[Any], Any] = field(default=lambda data: data)

    def meets(self, method: str, path: str) -> bool:
        if self.kind == "pvestatd-down":
            return False
        return (self.method is None or self.method == method) and (
            self.path is None or self.path in path or re.search(self.path, path) is not None
        )


class Faults:
    """The rules in force, in the order in which they were added. Every method may be called from any thread."""

    def __init__(self, changed: Callable[[bool], None] = lambda silenced: None) -> None:
        self._rules: list[Fault] = []
        self._lock = threading.Lock()
        self._changed = changed

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._rules.append(fault)
        self._announce()
        return fault

    def remove(self, fault: Fault) -> None:
        with self._lock:
            if fault in self._rules:
                self._rules.remove(fault)
        self._announce()

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()
        self._announce()

    def rules(self) -> list[Fault]:
        with self._lock:
            return list(self._rules)

    def take(self, method: str, path: str) -> list[Fault]:
        """Return the rules for a request: all latencies and the first of any other kind. Uses up their `times`."""
        met: list[Fault] = []
        with self._lock:
            for rule in self._rules:
                if rule.meets(method, path) and (rule.kind == "latency" or all(f.kind == "latency" for f in met)):
                    met.append(rule)
            for rule in met:
                if rule.times is not None:
                    rule.times -= 1
                    if rule.times <= 0:
                        self._rules.remove(rule)
        return met

    def latency(self, seconds: float, path: str | None = None, *, method: str | None = None) -> Fault:
        return self.add(Fault("latency", method, path, seconds=seconds))

    def answer(
        self, status: int, reason: str, path: str | None = None, *, method: str | None = None, times: int | None = None
    ) -> Fault:
        return self.add(Fault("status", method, path, times, status=status, reason=reason))

    def drop(self, path: str | None = None, *, method: str | None = None, times: int | None = None) -> Fault:
        return self.add(Fault("drop", method, path, times))

    def lose_answer(self, path: str | None = None, *, method: str | None = None, times: int | None = 1) -> Fault:
        return self.add(Fault("lose-answer", method, path, times))

    def truncate(self, path: str | None = None, *, method: str | None = None, times: int | None = None) -> Fault:
        return self.add(Fault("truncate", method, path, times))

    def html(
        self, path: str | None = None, *, method: str | None = None, times: int | None = None, status: int = 200
    ) -> Fault:
        return self.add(Fault("html", method, path, times, status=status))

    def no_data(self, path: str | None = None, *, method: str | None = None, times: int | None = None) -> Fault:
        return self.add(Fault("no-data", method, path, times))

    def partial(self, vmids: Iterable[int], *, times: int | None = None) -> Fault:
        return self.add(Fault("partial", "GET", "/cluster/resources", times, vmids=frozenset(vmids)))

    def trickle(self, seconds: float = 1.0, path: str | None = None, *, times: int | None = None) -> Fault:
        return self.add(Fault("trickle", None, path, times, seconds=seconds))

    def rewrite(self, change: Callable[[Any], Any], path: str | None = None, *, times: int | None = None) -> Fault:
        return self.add(Fault("rewrite", "GET", path, times, change=change))

    def hang(self, path: str | None = None, *, method: str | None = None, times: int | None = None) -> Fault:
        return self.add(Fault("hang", method, path, times))

    def unauthorized(self, path: str | None = None, *, times: int | None = None) -> Fault:
        return self.add(Fault("unauthorized", None, path, times))

    def pvestatd_down(self) -> Fault:
        return self.add(Fault("pvestatd-down"))

    def pmxcfs_down(self) -> Fault:
        return self.add(Fault("pmxcfs-down"))

    def _announce(self) -> None:
        self._changed(any(rule.kind == "pvestatd-down" for rule in self.rules()))
