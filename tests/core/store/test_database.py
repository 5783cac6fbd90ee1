"""Opening, closing and using the one database of a process; each refusal is one clear sentence."""

import shutil
import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from proximity_tui.core import store
from proximity_tui.core.store import database
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.db.sqlite import files as sqlite_files
from proximity_tui.core.store.db.store_errors import StoreUnavailable
from proximity_tui.core.store.records import records
from proximity_tui.core.store.schema.container_tables import ContainerRow
from tests.core.store.making import a_container, raw
from tests.support.servers.free_ports import REFUSED_PORT
from tests.support.timing.waiting import LONGEST

pytestmark = pytest.mark.usefixtures("closed_after")


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def test_a_new_database_is_readable_by_nobody_else(tmp_path: Path) -> None:
    file = tmp_path / "new" / "deep" / "proximity.db"
    store.open_store(url_of(file))
    a_container()
    for directory in (file.parent, file.parent.parent):
        assert directory.stat().st_mode & 0o777 == 0o700
    for path in file.parent.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path


def test_what_was_written_is_there_when_the_database_is_opened_again(db_file: Path) -> None:
    store.open_store(url_of(db_file))
    web = a_container()
    store.close_store()
    store.open_store(url_of(db_file))
    assert records.active() == (web,)


def test_whoever_is_at_work_when_another_thread_closes_the_database_is_told_so(db_file: Path) -> None:
    store.open_store(url_of(db_file))
    a_container()
    with pytest.raises(StoreUnavailable, match="the database is not open"):
        write_to_what_is_closed_meanwhile()


def write_to_what_is_closed_meanwhile() -> None:
    closing = threading.Thread(target=store.close_store)
    with store.transaction():
        closing.start()
        closing.join()
        ContainerRow.update(name="other").execute()


def test_opening_another_database_closes_the_first(tmp_path: Path) -> None:
    store.open_store(url_of(tmp_path / "one.db"))
    a_container()
    store.open_store(url_of(tmp_path / "two.db"))
    assert records.active() == ()
    assert store.database_url_label() == url_of(tmp_path / "two.db")


def test_commits_are_on_the_disk_and_readers_do_not_wait(db_file: Path) -> None:
    store.open_store(url_of(db_file))
    assert [raw(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "synchronous", "foreign_keys")] == ["wal", 2, 1]


def test_a_store_that_is_not_open_says_so() -> None:
    with pytest.raises(StoreUnavailable, match="not open"):
        records.active()
    with pytest.raises(StoreUnavailable, match="not open"):
        store.data_version()


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://host/x.db", "sqlite:////x.db?mode=ro"]
)
def test_a_database_that_is_no_plain_file_is_refused(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="the SQLite URL"):
        store.open_store(url)


def test_a_database_of_another_make_is_refused() -> None:
    with pytest.raises(StoreUnavailable, match="not mysql"):
        store.open_store("mysql://localhost/x")


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="is a directory"):
        store.open_store(url_of(tmp_path))


def test_a_file_that_is_marked_read_only_is_refused(db_file: Path) -> None:
    store.open_store(url_of(db_file))
    store.close_store()
    db_file.chmod(0o400)
    with pytest.raises(StoreUnavailable, match="read-only"):
        store.open_store(url_of(db_file))


def test_a_place_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="cannot be made: Not a directory"):
        store.open_store(url_of(tmp_path / "file" / "proximity.db"))


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(db_file: Path) -> None:
    db_file.write_text("dear diary, " * 500)
    with pytest.raises(StoreUnavailable, match=f"{db_file}: the database file is not an SQLite database"):
        store.open_store(url_of(db_file))
    assert db_file.read_text().startswith("dear diary")


def test_the_database_of_another_program_is_refused_and_left_as_it_is(db_file: Path) -> None:
    with sqlite3.connect(db_file) as other:
        other.execute("CREATE TABLE recipe (name TEXT)")
    other.close()
    with pytest.raises(StoreUnavailable, match=r"another program.*recipe"):
        store.open_store(url_of(db_file))


def test_a_damaged_database_is_refused(db_file: Path) -> None:
    store.open_store(url_of(db_file))
    for vmid in range(100, 200):
        a_container(vmid=vmid)
    store.close_store()
    content = bytearray(db_file.read_bytes())
    content[len(content) // 2 :] = b"\xa5" * (len(content) - len(content) // 2)
    db_file.write_bytes(content)
    with time_machine.travel(now() + timedelta(days=1)), pytest.raises(StoreUnavailable, match="damaged"):
        store.open_store(url_of(db_file))
    with pytest.raises(StoreUnavailable, match="damaged"):  # noqa: PT012
        # Not looked through again today: whoever comes to the damage says so.
        store.open_store(url_of(db_file))
        records.active()


@pytest.mark.parametrize("why", ["a day later", "a clock that was set back", "the host was restarted", "another file"])
def test_a_file_that_was_found_whole_is_looked_through_again_when_that_is_due(
    db_file: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    for _ in range(2):
        store.open_store(url_of(db_file))
        store.close_store()
    assert not sqlite_files.is_check_due(db_file)
    passed = {"a day later": timedelta(days=1), "a clock that was set back": timedelta(days=-1)}.get(why, timedelta())
    if why == "the host was restarted":
        monkeypatch.setattr(sqlite_files, "boot_id", lambda: "another")
    elif why == "another file":
        db_file.rename(f"{db_file}.old")
        shutil.copy(f"{db_file}.old", db_file)
    with time_machine.travel(now() + passed, tick=True):
        assert sqlite_files.is_check_due(db_file)
        store.open_store(url_of(db_file))
        assert not sqlite_files.is_check_due(db_file)
    assert sqlite_files.was_made(db_file)


def test_a_database_that_stays_locked_a_full_disk_and_a_read_only_one_are_told_apart(db_file: Path) -> None:
    store.open_store(url_of(db_file))
    with database.unit():
        raw("PRAGMA busy_timeout = 20")
        rival = sqlite3.connect(db_file, isolation_level=None)
        rival.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            a_container()
        rival.close()
        raw("PRAGMA max_page_count = 1")
        with pytest.raises(StoreUnavailable, match="full"):
            a_container(name="x" * 1_000_000)
        raw("PRAGMA query_only = 1")
        with pytest.raises(StoreUnavailable, match="read-only"):
            a_container()
    assert records.active() == ()


def test_the_data_version_changes_with_every_write_and_with_nothing_else(opened: str) -> None:
    before = store.data_version()
    records.active()
    assert store.data_version() == before
    a_container()
    after = store.data_version()
    assert after != before
    assert store.data_version() == after


def test_a_write_of_another_thread_is_noticed_and_its_connection_is_closed(opened: str) -> None:
    before = store.data_version()
    thread = threading.Thread(target=a_container)
    thread.start()
    thread.join()
    assert store.data_version() != before
    assert len(records.active()) == 1


def test_what_a_thread_is_at_when_the_store_is_closed_it_finishes(opened: str) -> None:
    begun, closed = threading.Event(), threading.Event()
    answers: list[int] = []

    def work() -> None:
        db = database.opened().db
        with store.transaction():
            a_container()
            begun.set()
            closed.wait(timeout=LONGEST)
            answers.append(run_sql(db, "SELECT count(*) FROM container")[0][0])

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(timeout=LONGEST)
    store.close_store()
    closed.set()
    thread.join()
    assert answers == [1], "its connection was not closed under it"
    store.open_store(opened)
    assert len(records.active()) == 1


def test_a_transaction_that_fails_leaves_nothing_behind(opened: str) -> None:
    def fails() -> None:
        with store.transaction():
            a_container()
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        fails()
    assert records.active() == ()


def test_a_whole_database_has_nothing_to_report(opened: str) -> None:
    a_container()
    assert store.check_integrity() == ()


def test_a_password_is_not_shown() -> None:
    from proximity_tui.core.store.db.postgresql import PostgresqlBackend

    backend = PostgresqlBackend("postgresql://anna:s3cret@db.example/fleet?sslmode=verify-full")
    assert backend.label == "postgresql://anna@db.example/fleet"
    other = PostgresqlBackend("postgresql://anna:s3@cret@[::1]:5433/fleet")
    assert other.label == "postgresql://anna@[::1]:5433/fleet", "of two servers of a host each has its port"
    assert PostgresqlBackend("postgresql:///fleet").label == "postgresql://@localhost/fleet"


def test_a_database_server_that_does_not_answer_is_said_so() -> None:
    with pytest.raises(StoreUnavailable, match=r"//anna@127\.0\.0\.1:\d+/fleet: .*cannot be reached") as refused:
        store.open_store(f"postgresql://anna:s3cret@127.0.0.1:{REFUSED_PORT}/fleet")
    assert "s3cret" not in refused.value.message
