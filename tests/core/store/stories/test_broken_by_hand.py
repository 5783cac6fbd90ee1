"""What somebody broke with sqlite3's own shell reads as the careful word, and nothing moves on from it (law 1)."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proximity_tui.core import store
from proximity_tui.core.model import Kind, Presence, State, Status
from proximity_tui.core.store.db.errors import LostRace
from proximity_tui.core.store.records import records
from tests.core.store.making import a_container, close, move


@pytest.fixture(autouse=True)
def opened_file(db_file: Path) -> Iterator[None]:
    store.open_store(f"sqlite:///{db_file}")
    yield
    store.close_store()


@pytest.mark.parametrize(
    ("column", "value", "careful"),
    [
        ("kind", "NULL", Kind.UNKNOWN),
        ("kind", "'mine'", Kind.UNKNOWN),
        ("state", "'gone'", State.ERROR),
        ("status", "''", Status.UNKNOWN),
        ("presence", "'?'", Presence.UNKNOWN),
    ],
)
def test_a_word_that_cannot_be_read_is_the_careful_one_and_hides_no_other_record(
    db_file: Path, column: str, value: str, careful: Any
) -> None:
    web, untouched = a_container(vmid=101), a_container(vmid=102)
    store.close_store()
    by_hand(db_file, column, value, web.id)
    store.open_store(f"sqlite:///{db_file}")
    broken, other = records.active()
    assert getattr(broken, column) is careful
    assert other == untouched


def test_a_record_whose_state_cannot_be_read_is_neither_moved_nor_closed(db_file: Path) -> None:
    web = a_container()
    by_hand(db_file, "state", "'gone'", web.id)
    broken = records.get(web.id)
    with pytest.raises(LostRace):
        move(broken, State.RUNNING)
    with pytest.raises(LostRace):
        close(broken)


def by_hand(file: Path, column: str, value: str, container: int) -> None:
    """Break a rule of the database with the means of sqlite3's own shell."""
    shell = sqlite3.connect(file, isolation_level=None)
    schema = str(shell.execute("SELECT sql FROM sqlite_master WHERE name = 'container'").fetchone()[0])
    shell.execute("DROP TRIGGER container_kind")
    shell.execute("PRAGMA ignore_check_constraints = 1")
    shell.execute("PRAGMA writable_schema = 1")
    loose = schema.replace("kind TEXT NOT NULL", "kind TEXT")
    shell.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'container'", (loose,))
    shell.close()
    shell = sqlite3.connect(file, isolation_level=None)
    shell.execute("PRAGMA ignore_check_constraints = 1")
    shell.execute(f"UPDATE container SET {column} = {value} WHERE id = {container}")
    shell.execute("PRAGMA writable_schema = 1")
    shell.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'container'", (schema,))
    shell.close()
