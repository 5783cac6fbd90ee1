"""Fixtures of the databases that tests run on: an SQLite file, and a real PostgreSQL where one is installed.

What the store does is tested on both. A story that only uses the store runs on SQLite, and one of each kind on both.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import time_machine

from proximity_tui.core.store.database import backend_for
from proximity_tui.core.store.migrations import migrate
from tests.support import memory
from tests.support.servers import postgresql as server
from tests.support.timing.waiting import LONGEST


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[server.Server]:
    """A PostgreSQL server with a database `ready`, which has our tables already."""
    folder = server.programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed")
    with server.running(folder) as running:
        # Not by `open_store`: a test may have opened the store before it first asks for the server.
        _prepare(running.create_database("ready"))
        yield running


@pytest.fixture
def ready_postgresql(postgresql_server: server.Server) -> str:
    """The URL of a PostgreSQL database that has our tables, with nothing in them. Also for processes of ours, which are
    as patient as these tests: a busy machine may take seconds to answer a connect.
    """
    url = f"{postgresql_server.url}/ready?connect_timeout={LONGEST:.0f}"
    if postgresql_server.empty("ready") != postgresql_server.whole:
        # A test before has dropped triggers, and nobody is to be told of that.
        _prepare(url)
        postgresql_server.whole = postgresql_server.empty("ready")
    return url


@cache
def _template() -> bytes:
    """An SQLite file that has our tables, with nothing in them."""
    with tempfile.TemporaryDirectory(dir=memory.folder()) as folder:
        file = Path(folder) / "ready.db"
        file.touch(0o600)
        _prepare(f"sqlite:///{file}")
        return file.read_bytes()


def ready_sqlite(file: Path) -> str:
    """The URL of an SQLite file that is made here, with our tables: five times as fast as the migrations."""
    file.touch(0o600)
    file.write_bytes(_template())
    return f"sqlite:///{file}"


BACKENDS = ("sqlite", "postgresql")
both_databases = pytest.mark.parametrize("backend", BACKENDS, indirect=True)
"""For a test in which it matters which one it is: transactions, locks, clocks, triggers, what text survives."""


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    """The database that a test runs on: SQLite, and PostgreSQL too with `both_databases`."""
    return str(getattr(request, "param", BACKENDS[0]))


@pytest.fixture
def database(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it, for a test that opens the store itself."""
    if backend == "sqlite":
        return ready_sqlite(tmp_path / "proximity.db")
    return str(request.getfixturevalue("ready_postgresql"))


def _prepare(url: str) -> None:
    """Give a database our tables and triggers, where it has them not. It is made now: the first test that needs one may
    have moved the clock, and all others get the same.
    """
    backend = backend_for(url)
    moved = time_machine.escape_hatch.is_travelling()
    today = (time_machine.escape_hatch.datetime.datetime if moved else datetime).now(UTC)
    try:
        with time_machine.travel(today), backend.exclusive(), backend.db.connection_context():
            migrate(backend)
    finally:
        backend.close()
