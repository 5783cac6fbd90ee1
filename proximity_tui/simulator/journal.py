"""The requests to the simulated API, in order. Tests prove with it that a request was, or was not, sent."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass


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
