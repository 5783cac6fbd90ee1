"""An open store for each test: a real SQLite file, and a database of a real PostgreSQL where one is installed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from proximity_tui.core import store
from tests.core.store import server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server with a database `ready`, which has our tables already."""
    folder = server.programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed")
    with server.running(folder) as host:
        create_database(host, "ready")
        store.open_store(f"{host}/ready")
        store.close_store()
        yield host


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """The database that a test runs on: each in turn."""
    return str(request.param)


@pytest.fixture
def url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that has no tables yet."""
    if backend == "sqlite":
        return f"sqlite:///{tmp_path}/proximity.db"
    host: str = request.getfixturevalue("postgresql")
    name = f"test_{uuid.uuid4().hex}"
    create_database(host, name)
    return f"{host}/{name}"


@pytest.fixture
def opened(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of the store that is open during the test, with nothing in it."""
    if backend == "sqlite":
        url = f"sqlite:///{tmp_path}/proximity.db"
    else:
        url = f"{request.getfixturevalue('postgresql')}/ready"
        empty(url)
    store.open_store(url)
    yield url
    store.close_store()


def create_database(host: str, name: str) -> None:
    with psycopg.connect(f"{host}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())


def empty(url: str) -> None:
    """Empty every table of ours: many times as fast as a new database for each test."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        tables = {row[0] for row in found} - {"schema_history", "store_change"}
        # In this role no trigger fires, also none of those that refuse to.
        connection.execute("SET session_replication_role = replica")
        connection.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE".encode())


@pytest.fixture
def db_file(tmp_path: Path) -> Path:
    """Where a test of SQLite alone keeps its file."""
    return tmp_path / "proximity.db"


@pytest.fixture
def closed_after() -> Iterator[None]:
    """For tests that open the store themselves."""
    yield
    store.close_store()
