"""A database that is gone or emptied is not replaced by an empty one, a new one is told, and others cannot read it."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from proximity_tui.core import store
from proximity_tui.core.store import database
from proximity_tui.core.store.db.sqlite import files
from proximity_tui.core.store.db.store_errors import StoreUnavailable
from proximity_tui.core.store.migrations import HISTORY
from proximity_tui.core.store.records import records
from tests.core.store.making import a_container

pytestmark = pytest.mark.usefixtures("closed_after")


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def test_law_6_a_database_that_is_gone_is_not_replaced_by_an_empty_one(db_file: Path) -> None:
    store.open_store(url_of(db_file))
    store.close_store()
    db_file.unlink()
    with pytest.raises(StoreUnavailable, match="is gone: there was a database here"):
        store.open_store(url_of(db_file))
    assert not db_file.exists()
    store.make_new_store(url_of(db_file))
    assert records.active() == ()
    store.close_store()
    with pytest.raises(StoreUnavailable, match="is there already"):
        store.make_new_store(url_of(db_file))


def test_law_6_a_database_that_was_emptied_is_not_filled_anew(db_file: Path) -> None:
    store.open_store(url_of(db_file))
    store.close_store()
    db_file.write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="is empty: there was a database in it"):
        store.open_store(url_of(db_file))
    assert db_file.stat().st_size == 0
    store.make_new_store(url_of(db_file))
    assert records.active() == ()


def test_an_empty_file_in_which_there_was_no_database_yet_is_a_first_start(db_file: Path) -> None:
    db_file.touch()
    store.open_store(url_of(db_file))
    assert records.active() == ()


def test_a_file_that_vanishes_under_the_program_is_not_made_again(db_file: Path) -> None:
    store.open_store(url_of(db_file))
    db_file.unlink()
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        records.active()
    assert not db_file.exists()


@pytest.mark.parametrize("replaced", [False, True])
def test_law_5_nothing_is_written_into_a_log_that_was_removed(db_file: Path, *, replaced: bool) -> None:
    """SQLite goes on writing into the removed one: no other process sees that, and a kill loses it."""
    store.open_store(url_of(db_file))
    kept = a_container()
    log = Path(f"{db_file}-wal")
    log.unlink()
    if replaced:
        log.touch()
    for work in (lambda: a_container(vmid=102), records.active):
        with pytest.raises(StoreUnavailable, match=r"proximity\.db-wal was removed while the database was open"):
            work()
    store.close_store()
    store.open_store(url_of(db_file))
    assert [one.id for one in records.active()] == [kept.id], "whoever ends the program loses nothing"


@pytest.mark.parametrize("checkpointed", [False, True], ids=["log is left", "log is empty"])
def test_law_6_a_file_that_was_written_over_in_place_is_neither_read_nor_mixed_with_what_was_known(
    db_file: Path, *, checkpointed: bool
) -> None:
    """It stays the same file, so SQLite goes on with its log and with what it has in memory of the former content."""
    store.open_store(url_of(db_file))
    kept = a_container()
    copy = copied(db_file)
    a_container(vmid=102)
    if checkpointed:
        emptied_log(db_file)
    assert len(records.active()) == 2

    overwritten(db_file, copy)

    for work in (lambda: a_container(vmid=103), records.active, store.data_version):
        with pytest.raises(StoreUnavailable, match=r"proximity\.db was written over by another program while"):
            work()
    assert db_file.read_bytes() == copy.read_bytes()
    assert files.is_check_due(db_file), "whoever opens it next looks through it"
    store.close_store()
    overwritten(db_file, copy)
    for left in ("-wal", "-shm"):
        Path(f"{db_file}{left}").unlink(missing_ok=True)
    store.open_store(url_of(db_file))
    assert [one.id for one in records.active()] == [kept.id], "as docs/one-host.md says"


def test_a_copy_that_takes_the_place_of_a_file_that_was_written_over_is_used(db_file: Path) -> None:
    store.open_store(url_of(db_file))
    kept = a_container()
    copy = copied(db_file)
    a_container(vmid=102)
    overwritten(db_file, copy)
    with pytest.raises(StoreUnavailable, match="was written over"):
        records.active()
    for left in ("-wal", "-shm"):
        Path(f"{db_file}{left}").unlink()
    copy.rename(db_file)
    assert [one.id for one in records.active()] == [kept.id]


def test_law_6_a_copy_of_the_same_size_and_with_the_same_header_is_told_from_the_file(db_file: Path) -> None:
    """So a change of its time alone, as by `touch`, counts as well: docs/one-host.md."""
    store.open_store(url_of(db_file))
    a_container()
    emptied_log(db_file)
    copy = db_file.with_name("copy.db")
    copy.write_bytes(db_file.read_bytes())
    a_container(vmid=102)
    emptied_log(db_file)
    assert db_file.read_bytes() != copy.read_bytes()
    assert db_file.read_bytes()[:100] == copy.read_bytes()[:100]
    assert len(records.active()) == 2

    db_file.write_bytes(copy.read_bytes())

    with pytest.raises(StoreUnavailable, match="was written over"):
        records.active()


def test_law_6_a_file_that_was_written_over_is_not_read_either_by_a_read_only_look_which_writes_nothing(
    db_file: Path,
) -> None:
    store.open_store(url_of(db_file))
    a_container()
    copy = copied(db_file)
    a_container(vmid=102)
    store.close_store()
    store.open_store(url_of(db_file), select_only=True)
    assert len(records.active()) == 2
    lock = files.lock_of(db_file)
    before = (lock.read_bytes(), lock.stat().st_mtime_ns)

    overwritten(db_file, copy)

    for work in (records.active, store.data_version, records.active):
        with pytest.raises(StoreUnavailable, match=r"proximity\.db was written over by another program while"):
            work()
    assert (lock.read_bytes(), lock.stat().st_mtime_ns) == before


def test_what_sqlite_writes_itself_into_the_file_is_nothing_of_another_program(db_file: Path) -> None:
    store.open_store(url_of(db_file))
    changed = set()
    with closing(sqlite3.connect(db_file, isolation_level=None)) as shell:
        for number in range(40):
            a_container(vmid=101 + number)
            if number % 3 == 0:
                shell.execute(f"PRAGMA wal_checkpoint({('PASSIVE', 'FULL', 'RESTART', 'TRUNCATE')[number % 4]})")
            if number % 7 == 0:
                shell.execute("VACUUM")
            changed.add(db_file.stat().st_mtime_ns)
            store.data_version()
            assert len(records.active()) == number + 1
    assert len(changed) > 5, "it was written again and again"


def emptied_log(file: Path) -> None:
    """Write all that stands in the log into the file."""
    with closing(sqlite3.connect(file)) as shell:
        assert shell.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0


def copied(file: Path) -> Path:
    """Return a copy of a database, an hour old."""
    copy = file.with_name("copy.db")
    with closing(sqlite3.connect(file)) as shell:
        shell.execute("VACUUM INTO ?", (str(copy),))
    an_hour_ago = file.stat().st_mtime_ns - 3600 * 10**9
    os.utime(copy, ns=(an_hour_ago, an_hour_ago))
    return copy


def overwritten(file: Path, copy: Path) -> None:
    """Put a copy into the file itself, as `cp -p copy.db proximity.db` does."""
    shutil.copy2(copy, file)


def dropped(url: str, tables: list[str]) -> None:
    """Let another program drop tables of the database."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as file:
            for table in tables:
                file.execute(f"DROP TABLE {table}")
        return
    with psycopg.connect(url) as connection:
        for table in tables:
            connection.execute(f"DROP TABLE {table} CASCADE".encode())


@pytest.mark.parametrize(
    ("lost", "told"), [("event", "the tables event"), (HISTORY, "all of its records"), ("all", "all of its records")]
)
def test_law_6_a_database_that_lost_tables_is_not_given_empty_ones(url: str, lost: str, told: str) -> None:
    store.open_store(url)
    a_container()
    ours = [table for table in database.opened().db.get_tables() if not table.startswith("sqlite_")]
    store.close_store()
    dropped(url, ours if lost == "all" else [lost])
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match=f"has lost {told}: there was a database here"):
            store.open_store(url)


def test_a_first_start_says_that_it_made_a_database(url: str, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        store.open_store(url)
    assert caplog.text.count("a new, empty one was made") == 1


def test_files_that_others_may_read_are_made_private_and_named(db_file: Path, caplog: pytest.LogCaptureFixture) -> None:
    store.open_store(url_of(db_file))
    store.close_store()
    stranger = db_file.with_name("stranger")
    stranger.touch(0o644)
    copy = Path(f"{db_file}-before-0007.db")
    copy.touch(0o640)
    Path(f"{db_file}-before-0008.db").symlink_to(stranger)
    lock = Path(f"{db_file}.lock")
    for file in (db_file, lock):
        file.chmod(0o644)
    store.open_store(url_of(db_file))
    assert [file.stat().st_mode & 0o777 for file in (db_file, lock, copy)] == [0o600] * 3
    assert stranger.stat().st_mode & 0o777 == 0o644
    assert all(str(file) in caplog.text for file in (db_file, lock, copy))


def test_a_file_of_another_program_keeps_its_mode(db_file: Path) -> None:
    with sqlite3.connect(db_file) as other:
        other.execute("CREATE TABLE recipe (name TEXT)")
    other.close()
    db_file.chmod(0o644)
    with pytest.raises(StoreUnavailable, match="another program"):
        store.open_store(url_of(db_file))
    assert db_file.stat().st_mode & 0o777 == 0o644


def test_a_file_that_only_its_owner_can_make_private_is_refused(db_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.open_store(url_of(db_file))
    store.close_store()
    db_file.chmod(0o644)

    def refuse(file: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    with pytest.raises(StoreUnavailable, match=r"mode 0644.*only its owner.*chmod 600"):
        store.open_store(url_of(db_file))
