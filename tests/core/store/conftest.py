"""An open store for each test: a real SQLite file, and a database of a real PostgreSQL where one is installed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
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
        with psycopg.connect(f"{host}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE ready")
        store.open_store(f"{host}/ready")
        store.close_store()
        yield host


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """The database that a test runs on: each in turn."""
    return str(request.param)


@pytest.fixture
def url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that has no tables yet."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path}/proximity.db"
    else:
        with database_on(request.getfixturevalue("postgresql"), "template1") as made:
            yield made


@pytest.fixture
def opened(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of the store that is open during the test."""
    if backend == "sqlite":
        yield from opening(f"sqlite:///{tmp_path}/proximity.db")
    else:
        with database_on(request.getfixturevalue("postgresql"), "ready") as made:
            yield from opening(made)


def opening(url: str) -> Iterator[str]:
    store.open_store(url)
    yield url
    store.close_store()


@contextmanager
def database_on(host: str, template: str) -> Iterator[str]:
    """The URL of a new database, made from a template and removed again."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(f"{host}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        yield f"{host}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def db_file(tmp_path: Path) -> Path:
    """Where a test of SQLite alone keeps its file."""
    return tmp_path / "proximity.db"


@pytest.fixture
def closed_after() -> Iterator[None]:
    """For tests that open the store themselves."""
    yield
    store.close_store()
