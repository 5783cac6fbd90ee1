"""The errors of the store say which database they are about, and what may be wrong with it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import peewee
import pytest

from proximity_tui.core import store
from proximity_tui.core.store.db import waits
from proximity_tui.core.store.db.store_errors import (
    CommitUnknown,
    Conflict,
    StoreDamaged,
    StoreError,
    StoreMisconfigured,
    StoreUnavailable,
    translated,
)
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
        pytest.raises(StoreUnavailable, match=r"the disk that holds the database is full or .* read: --read-only"),
    ):
        store.open_store(url)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (peewee.OperationalError("database is locked"), StoreUnavailable),
        (peewee.DatabaseError("database disk image is malformed"), StoreDamaged),
        (peewee.OperationalError('FATAL: database "fleet" does not exist'), StoreMisconfigured),
        (peewee.OperationalError("connection refused"), StoreUnavailable),
        (peewee.OperationalError("server closed the connection unexpectedly"), StoreUnavailable),
        (peewee.OperationalError("out of memory"), StoreUnavailable),
        (peewee.IntegrityError("FOREIGN KEY constraint failed"), StoreError),
        (peewee.ProgrammingError("syntax error"), StoreError),
    ],
    ids=str,
)
def test_whatever_fails_while_a_database_is_opened_it_is_named_once(error: Exception, kind: type[StoreError]) -> None:
    """The innermost unit does not know that it is being opened, and the outermost is not the only one that knows."""
    with (
        pytest.raises(kind, match=r"^prod\.db: the ") as caught,
        translated("not this one"),
        translated("prod.db"),
        translated(),
    ):
        raise error
    assert type(caught.value) is kind
    assert caught.value.message == f"prod.db: {caught.value.fault}"


@pytest.mark.parametrize(
    "error",
    [
        StoreUnavailable("the database is read-only"),
        CommitUnknown(StoreUnavailable("the database is read-only")),
        Conflict("it is managed already", "web1"),
    ],
    ids=["by hand", "unknown commit", "conflict"],
)
def test_what_was_not_made_of_an_error_of_the_database_says_itself_what_it_is_about(error: StoreError) -> None:
    with pytest.raises(type(error)) as caught, translated("prod.db"):
        raise error
    assert caught.value is error


def test_a_relative_path_where_the_working_directory_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(StoreMisconfigured, match="the working directory is gone: write the whole path"):
        store.open_store("sqlite:///x.db")
