"""The SQL that a test runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from proximity_tui.core.store import database


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL that is run meanwhile."""
    run: list[str] = []
    hooks = database.proxy.obj.query_hooks
    hooks.append(lambda event: run.append(event.sql))
    yield run
    hooks.clear()
