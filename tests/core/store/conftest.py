"""An open store for each test: a real SQLite file, and a real PostgreSQL too where one is offered.

`PROXIMITY_TUI_TEST_POSTGRESQL` may hold the URL of a server where databases can be made, without a database name.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from proximity_tui.core import store

POSTGRESQL = os.environ.get("PROXIMITY_TUI_TEST_POSTGRESQL")


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRESQL else [])])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that does not exist yet, or has no tables yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/proximity.db"
        return
    import psycopg

    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield f"{POSTGRESQL}/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def opened(url: str) -> Iterator[str]:
    """The URL of the store that is open during the test."""
    store.open_store(url)
    yield url
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
