"""Who prepares an SQLite database is waited for, but not for ever."""

from __future__ import annotations

import fcntl
import os
from contextlib import closing
from pathlib import Path

import pytest

from proximity_tui.core.store.db import waits
from proximity_tui.core.store.db.sqlite import files as sqlite_files
from proximity_tui.core.store.db.store_errors import StoreUnavailable
from tests.support.timing.meddling import full_disk


def lock_file(path: Path) -> int:
    return os.open(sqlite_files.lock_of(path), os.O_CREAT | os.O_RDWR, 0o600)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(waits, "PREPARED", 0.0)
    path = tmp_path / "fleet.db"
    path.write_bytes(b"something")
    return path


@pytest.mark.parametrize(
    ("held", "wanted"),
    [(fcntl.LOCK_EX, fcntl.LOCK_EX), (fcntl.LOCK_EX, fcntl.LOCK_SH), (fcntl.LOCK_SH, fcntl.LOCK_EX)],
    ids=["two prepare", "one prepares, one looks", "one looks, one prepares"],
)
def test_a_database_that_is_being_prepared_is_refused_in_the_end(path: Path, held: int, wanted: int) -> None:
    with (
        sqlite_files.locked(path, lock_file(path), held),
        pytest.raises(StoreUnavailable, match="another process has been preparing"),
        sqlite_files.locked(path, lock_file(path), wanted),
    ):
        pytest.fail("both have it")


def test_two_that_only_look_do_not_wait_for_each_other(path: Path) -> None:
    with (
        sqlite_files.locked(path, lock_file(path), fcntl.LOCK_SH),
        sqlite_files.locked(path, lock_file(path), fcntl.LOCK_SH),
    ):
        pass
    with sqlite_files.locked(path, lock_file(path), fcntl.LOCK_EX):
        assert path.exists(), "and both let go of it"


def test_law_6_that_a_file_has_to_be_looked_through_is_also_noted_where_nothing_can_be_written(path: Path) -> None:
    """The lock was emptied first: an emptied database beside it then counted as a first start."""
    sqlite_files.note_made(path)
    sqlite_files.note_checked(path)
    assert not sqlite_files.is_check_due(path)
    with full_disk():
        sqlite_files.forget_checked(path)
    assert sqlite_files.was_made(path)
    assert sqlite_files.is_check_due(path)


def test_the_lock_file_is_closed_also_after_a_refusal(path: Path) -> None:
    sqlite_files.note_made(path)
    path.write_bytes(b"")
    handle = lock_file(path)
    with pytest.raises(StoreUnavailable, match="is empty"), sqlite_files.locked(path, handle, fcntl.LOCK_EX):
        pytest.fail("an emptied database")
    with closing(os.fdopen(lock_file(path), "rb")) as again:
        fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)
