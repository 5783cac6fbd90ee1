"""The errors of the store say which database they are about, and what may be wrong with it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.core.store.db import waits
from proximity_tui.core.store.db.store_errors import StoreDamaged, StoreMisconfigured, StoreUnavailable
from tests.core.store.making import a_container
from tests.support.timing.meddling import full_disk, held_by_another

pytestmark = pytest.mark.usefixtures("closed_after")


@pytest.fixture
def url(db_file: Path) -> str:
    """A database with a container."""
    store.open_store(f"sqlite:///{db_file}")
    a_container()
    store.close_store()
    return f"sqlite:///{db_file}"


def test_a_database_that_is_locked_while_it_is_opened_is_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "WRITER", 0.05)
    with held_by_another(url), pytest.raises(StoreUnavailable, match=f"^{url}: the database is locked"):
        store.open_store(url)


def test_a_database_that_is_damaged_is_named(url: str, db_file: Path) -> None:
    with sqlite3.connect(db_file) as raw:
        [size] = raw.execute("PRAGMA page_size").fetchone()
        [root] = raw.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'trail_head'").fetchone()
    raw.close()
    with db_file.open("r+b") as file:
        file.seek(size * (root - 1))
        file.write(b"x" * size)
    with pytest.raises(StoreDamaged, match=f"^{url}: the database file is damaged"):
        store.open_store(url)


def test_a_disk_without_room_is_not_only_called_broken(url: str) -> None:
    """SQLite cannot tell both apart, and nobody must restore a backup where a disk is full."""
    with (
        full_disk(),
        pytest.raises(StoreUnavailable, match="the disk that holds the database is full or"),
    ):
        store.open_store(url)


def test_a_relative_path_where_the_working_directory_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(StoreMisconfigured, match="the working directory is gone: write the whole path"):
        store.open_store("sqlite:///x.db")
