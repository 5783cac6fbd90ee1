"""The connections of an SQLite file that are kept between two units: quick, and never a look at what is no more."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from proximity_tui.core.store.db.sqlite import connections as sqlite_connections
from proximity_tui.core.store.db.sqlite.connections import KeptConnections
from tests.support.timing.waiting import LONGEST


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with one table of two rows."""
    return made(tmp_path / "one.db", "a", "b")


@pytest.fixture
def db(file: Path) -> Iterator[KeptConnections]:
    opened = KeptConnections(file, f"file:{file}?mode=rw", pragmas=[("journal_mode", "wal")])
    yield opened
    opened.end()


def made(file: Path, *words: str) -> Path:
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE word (word TEXT)")
    connection.executemany("INSERT INTO word VALUES (?)", [(word,) for word in words])
    connection.commit()
    connection.close()
    return file


def borrowed(db: KeptConnections) -> object:
    with db.connection_context():
        return db.connection()


def words(db: KeptConnections) -> list[str]:
    with db.connection_context():
        return [row[0] for row in db.execute_sql("SELECT word FROM word")]


def test_the_next_unit_uses_the_same_connection_also_on_another_thread(db: KeptConnections) -> None:
    first = borrowed(db)
    others: list[object] = []
    thread = threading.Thread(target=lambda: others.append(borrowed(db)))
    thread.start()
    thread.join()
    assert others == [first]
    assert borrowed(db) is first


def test_a_file_that_was_exchanged_is_read_anew(db: KeptConnections, file: Path) -> None:
    assert words(db) == ["a", "b"]
    for old in file.parent.glob("one.db*"):
        old.unlink()
    made(file.with_name("two.db"), "other").rename(file)
    assert words(db) == ["other"]


def test_a_file_that_is_gone_is_not_read_from_what_was_open(db: KeptConnections, file: Path) -> None:
    assert words(db) == ["a", "b"]
    file.unlink()
    with pytest.raises(Exception, match="unable to open"):
        words(db)


def test_what_was_not_read_to_its_end_keeps_no_old_view(db: KeptConnections, file: Path) -> None:
    with db.connection_context():
        unread = db.execute_sql("SELECT word FROM word")
        assert unread.fetchone() == ("a",)
    writer = sqlite3.connect(file)
    writer.execute("INSERT INTO word VALUES ('c')")
    writer.commit()
    writer.close()
    assert words(db) == ["a", "b", "c"]
    with pytest.raises(sqlite3.ProgrammingError):
        unread.fetchone()


def test_a_connection_in_the_middle_of_a_transaction_is_not_used_again(db: KeptConnections) -> None:
    with db.connection_context():
        left = db.connection()
        left.execute("BEGIN IMMEDIATE")
        left.execute("INSERT INTO word VALUES ('half')")
    assert borrowed(db) is not left
    assert words(db) == ["a", "b"]


def test_only_a_few_rest_and_none_after_the_end(db: KeptConnections) -> None:
    together = threading.Barrier(sqlite_connections.MAX_IDLE + 2)

    def unit() -> None:
        with db.connection_context():
            together.wait(LONGEST)

    threads = [threading.Thread(target=unit) for _ in range(together.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(db._idle) == sqlite_connections.MAX_IDLE
    with db.connection_context():
        db.end()
        assert db.execute_sql("SELECT count(*) FROM word").fetchone() == (2,)
    assert not db._idle
