"""Whatever an administrator sets for a PostgreSQL database, it is used as it was meant, or refused with a sentence."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from functools import partial

import psycopg
import pytest

from proximity_tui.core import store
from proximity_tui.core.store import database, events
from proximity_tui.core.store.db import postgresql_checks
from proximity_tui.core.store.db.postgresql_checks import why_unusable
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.db.store_errors import StoreError, StoreMisconfigured
from proximity_tui.core.store.records import records
from tests.core.store.making import a_container
from tests.support.servers.postgresql import Server
from tests.support.timing.at_once import at_once

pytestmark = pytest.mark.usefixtures("closed_after")

Administrator = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture
def administrator(ready_postgresql: str, postgresql_server: Server) -> Iterator[Administrator]:
    """The hand of an administrator in the database that has our tables; afterwards it is as it was."""

    def run(statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(ready_postgresql, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    yield run
    store.close_store()
    run("ALTER DATABASE ready RESET ALL")
    for (schema,) in run("SELECT nspname FROM pg_namespace WHERE nspname IN ('tests', 'Fleet-2')"):
        run(f'DROP SCHEMA "{schema}" CASCADE')


@pytest.mark.parametrize(
    "setting",
    [
        "datestyle = 'SQL, DMY'",
        "timezone = '<+0330>-03:30'",
        "intervalstyle = 'sql_standard'",
        "default_transaction_isolation = 'repeatable read'",
        "default_transaction_isolation = 'serializable'",
        "client_encoding = 'LATIN1'",
    ],
)
@pytest.mark.parametrize("running", [False, True], ids=["before", "meanwhile"])
def test_a_usual_setting_of_the_administrator_changes_nothing(
    ready_postgresql: str, postgresql_server: Server, administrator: Administrator, setting: str, running: bool
) -> None:
    if running:
        store.open_store(ready_postgresql)
    administrator(f"ALTER DATABASE ready SET {setting}")
    postgresql_server.close_connections("ready")
    if not running:
        store.open_store(ready_postgresql)

    def work(number: int) -> None:
        for round_ in range(4):
            a_container(vmid=1000 * (number + 1) + round_, name=f"café→{number}")
            store.data_version()

    at_once(*(partial(work, number) for number in range(4)))
    assert len(records.active()) == 16
    assert database.opened().exchanges == 0
    assert events.verify().whole


@pytest.mark.parametrize(("usual", "ours"), [("off", "local"), ("on", "on"), ("remote_apply", "remote_apply")])
def test_law_5_what_was_committed_outlives_a_crash_of_the_server_whatever_its_administrator_set(
    ready_postgresql: str, postgresql_server: Server, administrator: Administrator, usual: str, ours: str
) -> None:
    administrator(f"ALTER DATABASE ready SET synchronous_commit = {usual}")
    postgresql_server.close_connections("ready")
    store.open_store(ready_postgresql)
    for _ in range(2):
        with store.transaction():
            assert run_sql(database.opened().db, "SHOW synchronous_commit") == [(ours,)]
    assert run_sql(database.opened().db, "SHOW synchronous_commit") == [(usual,)], "it is the administrator's"


def test_a_database_that_looks_at_no_text_keeps_every_text(postgresql_server: Server) -> None:
    url = _database(postgresql_server, "SQL_ASCII")
    store.open_store(url)
    a_container(name="café→")
    assert [one.name for one in records.active()] == ["café→"]
    assert events.verify().whole

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE container SET last_error = E'\\xff'")
    with pytest.raises(StoreError, match="invalid byte sequence"):
        records.active()


def test_no_tables_are_made_where_names_would_not_fit(postgresql_server: Server) -> None:
    url = _database(postgresql_server, "LATIN1")
    with pytest.raises(StoreMisconfigured, match=r"its encoding is LATIN1.*--encoding=UTF8"):
        store.open_store(url)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchall() == [(0,)]


def test_law_9_a_name_that_a_database_of_before_cannot_keep_is_refused_by_a_sentence_and_no_other_is_lost(
    postgresql_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = _database(postgresql_server, "LATIN1")
    with monkeypatch.context() as of_before:
        of_before.setattr(postgresql_checks, "_ANY_TEXT", ("LATIN1",))
        store.open_store(url)
    store.open_store(url)
    a_container(name="café")
    with pytest.raises(StoreError, match=r"of encoding LATIN1, which lacks a character of it.*db copy"):
        a_container(vmid=102, name="café→")
    a_container(vmid=103, name="web3")
    assert [one.name for one in records.active()] == ["café", "web3"]
    [told, *_] = store.weaknesses()
    assert told.message.startswith("its encoding is LATIN1, which cannot keep every name"), "the doctor says it"
    assert "db copy" in told.advice


def test_law_6_a_schema_that_comes_before_ours_is_named_and_no_empty_database_is_made_in_it(
    ready_postgresql: str, administrator: Administrator
) -> None:
    """By its usual search_path a role finds the schema of its own name first, once somebody has made one."""
    store.open_store(ready_postgresql)
    web = a_container()
    administrator("CREATE SCHEMA tests")
    assert records.active() == (web,), "who has it open goes on"

    with pytest.raises(StoreMisconfigured, match="its tables are in schema public, but search_path has tests before"):
        store.open_store(ready_postgresql)
    assert administrator("SELECT count(*) FROM pg_tables WHERE schemaname = 'tests'") == [(0,)]
    store.open_store(f"{ready_postgresql}&options=-c%20search_path%3Dpublic")
    assert records.active() == (web,)


def test_a_trigger_of_the_same_name_in_another_schema_is_not_ours(
    ready_postgresql: str, administrator: Administrator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    administrator('CREATE SCHEMA "Fleet-2"')
    url = f"{ready_postgresql}&options=-c%20search_path%3D%22Fleet-2%22"
    store.open_store(url)
    administrator('DROP TRIGGER container_kind ON "Fleet-2".container')

    store.open_store(url)

    assert "triggers of the database were missing, and were made again: container_kind" in caplog.text
    named = "tgname = 'container_kind' AND tgrelid = '\"Fleet-2\".container'::regclass"
    found = administrator(f"SELECT count(*) FROM pg_trigger WHERE {named}")
    assert found == [(1,)]


def test_law_6_what_a_pooler_keeps_from_the_server_is_not_done_without(ready_postgresql: str) -> None:
    store.open_store(ready_postgresql)
    with database.unit():
        db = database.opened().db
        assert why_unusable(db, "-c lock_timeout=0") is None, "it decides nothing"
        told = why_unusable(db, "-c search_path=fleet --default-transaction-read-only=on")
    assert told is not None
    assert "the pooler keeps default_transaction_read_only, search_path of the URL from the server" in told


def _database(server: Server, encoding: str) -> str:
    name = f"test_{uuid.uuid4().hex}"
    kind = f"ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
    with psycopg.connect(f"{server.url}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {kind}".encode())
    return f"{server.url}/{name}"
