"""Tells the tests that need nothing outside their process from those that need a socket, a process or a server.

`make check` runs the first kind. A test is of the second kind, marked `connected`, by the fixtures it uses and by what
its module brings in; nobody marks one by hand. In `make check`, whatever connects, listens or starts a process fails.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ALONE = "not connected"
"""The expression of markers that chooses the first kind."""

CONNECTING_FIXTURES = frozenset(
    ["postgresql_server", "ready_postgresql", "serve", "scripted_guest", "receiver", "simulator", "lab", "demo"]
)
CONNECTING_NAMES = frozenset(
    [
        "Cli",
        "Contender",
        "House",
        "Lab",
        "Scripted",
        "Server",
        "Simulator",
        "Site",
        "Stage",
        "Terminal",
        "resolve_secret",
        "socket",
        "subprocess",
    ]
)
"""What a test module brings in to start or to reach something outside its process."""

_IMPORTED = re.compile(r"^(?:from [\w.]+ )?import (\([^)]*\)|[^\n]*)", re.MULTILINE)

_CONNECTING_EVENTS = frozenset({"socket.connect", "socket.bind", "subprocess.Popen", "os.fork", "os.forkpty"})


def mark_connected(items: list[pytest.Item]) -> None:
    """Mark every test that needs a socket, a process or a database server."""
    for item in items:
        if _is_connected(item):
            item.add_marker("connected")


def _is_connected(item: pytest.Item) -> bool:
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    if "postgresql" in parameters.values() or not CONNECTING_FIXTURES.isdisjoint(getattr(item, "fixturenames", ())):
        return True
    return not CONNECTING_NAMES.isdisjoint(vars(getattr(item, "module", object)))


def is_connected_throughout(path: Path) -> bool:
    """Return whether every test of a module is of the second kind, by its text: to import it takes far longer."""
    if not path.name.startswith("test_"):
        return False
    imported = (name for names in _IMPORTED.findall(path.read_text()) for name in names.strip("()").split(","))
    return not CONNECTING_NAMES.isdisjoint(name.strip() for name in imported)


class ConnectionWatch:
    """Watches over the tests of a run that is to stay within its process."""

    def __init__(self) -> None:
        self._watching = False
        self._seen: list[str] = []
        # An audit hook cannot be taken away again: there is one for the whole run.
        sys.addaudithook(self._heard)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Fail with AssertionError if anything connects, listens or starts a process meanwhile."""
        self._seen.clear()
        self._watching = True
        try:
            yield
        finally:
            self._watching = False
        assert not self._seen, f"not marked as connected, and yet it did {self._seen[0]}: see tests/support/alone.py"

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._watching and event in _CONNECTING_EVENTS:
            self._seen.append(event)
            raise PermissionError(f"{event} in a test that is not marked as connected")
