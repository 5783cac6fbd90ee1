"""An open store for each test, on SQLite and, where it is installed, on PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from proximity_tui.core import store
from tests.support.servers.databases import BACKENDS
from tests.support.servers.postgresql import Server


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """The database that a test of the store runs on: each in turn."""
    return str(request.param)


@pytest.fixture
def url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that has no tables yet."""
    if backend == "sqlite":
        return f"sqlite:///{tmp_path}/proximity.db"
    server: Server = request.getfixturevalue("postgresql_server")
    return server.create_database(f"test_{uuid.uuid4().hex}")


@pytest.fixture
def server(backend: str, request: pytest.FixtureRequest) -> Server | None:
    """The server of the database; None where that is a file."""
    return None if backend == "sqlite" else request.getfixturevalue("postgresql_server")


@pytest.fixture
def opened(database: str) -> Iterator[str]:
    """The URL of the store that is open during the test, with nothing in it."""
    store.open_store(database)
    yield database
    store.close_store()


@pytest.fixture
def db_file(tmp_path: Path) -> Path:
    """Where a test of SQLite alone keeps its file."""
    return tmp_path / "proximity.db"


@pytest.fixture
def closed_after() -> Iterator[None]:
    """For tests that open the store themselves."""
    yield
    store.close_store()
