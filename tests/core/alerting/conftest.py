"""The store in which the alerts of these tests are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from proximity_tui.core import store
from tests.support.servers.databases import ready_sqlite


@pytest.fixture(autouse=True)
def url(tmp_path: Path) -> Iterator[str]:
    """The URL of an open SQLite file."""
    where = ready_sqlite(tmp_path / "proximity.db")
    store.open_store(where)
    yield where
    store.close_store()
