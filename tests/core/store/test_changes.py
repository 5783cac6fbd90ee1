"""What anybody wrote is told by id, whoever it was; what no screen shows is not told."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from proximity_tui.core import store
from proximity_tui.core.model import OperationStatus, State
from proximity_tui.core.model.alert import Severity
from proximity_tui.core.model.database_changes import ChangeKind, Changes
from proximity_tui.core.model.job import JobOutcome, JobTrigger
from proximity_tui.core.store import changes, clusters, database, safe_modes
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db import change_triggers
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.db.store_errors import StoreUnavailable
from proximity_tui.core.store.jobs import breakers, job_runs, leases
from proximity_tui.core.store.records import clinical_records, operations, public_ports, records
from proximity_tui.core.store.records.records import StatusUpdate
from proximity_tui.core.store.revisions.drifts import Drifts
from proximity_tui.core.store.schema.container_tables import ContainerRow
from tests.core.store.making import (
    ANNA,
    OWNER,
    a_container,
    begun,
    captured,
    close,
    drop_trigger,
    raw,
    schema_of_before,
)
from tests.support.servers.exchanged import forgotten

MINUTE = timedelta(minutes=1)


def by_hand(url: str, *statements: str) -> None:
    """What somebody writes who uses no program of ours."""
    if url.startswith("sqlite"):
        shell = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for statement in statements:
            shell.execute(statement)
        shell.close()
        return
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def told(seq: int) -> dict[str, set[int | str]]:
    """The changes since a number, without the lines of the trail."""
    found = changes.since(seq)
    assert found.complete
    return {kind.value: set(ids) for kind, ids in found.ids.items() if kind is not ChangeKind.EVENT}


def test_what_another_process_wrote_is_told_by_id_and_nothing_else(opened: str) -> None:
    web, other = a_container(vmid=101), a_container(vmid=102)
    seq = changes.latest()
    assert changes.since(seq) == Changes(seq, {})
    work = (
        "import sys; from proximity_tui.core import store; from tests.core.store.making import *;"
        "store.open_store(sys.argv[1]); move(records.get(int(sys.argv[2])), State.STOPPED)"
    )
    subprocess.run([sys.executable, "-c", work, opened, str(other.id)], check=True, cwd=Path(__file__).parents[3])
    found = changes.since(seq)
    assert (found.ids, found.complete) == (
        {ChangeKind.CONTAINER: frozenset({other.id}), ChangeKind.EVENT: frozenset({other.id})},
        True,
    )
    assert [one.state for one in records.by_ids(found.numbers(ChangeKind.CONTAINER))] == [State.STOPPED]
    assert not changes.since(found.seq)
    assert web.id not in found.of(ChangeKind.CONTAINER)


def test_a_change_by_hand_is_told_and_seen_as_a_write(opened: str) -> None:
    web = a_container()
    seq, version = changes.latest(), store.data_version()
    assert not changes.since(seq)
    by_hand(opened, f"UPDATE container SET last_error = 'looked at' WHERE id = {web.id}")
    assert store.data_version() != version
    assert told(seq) == {"container": {web.id}}


def test_what_is_written_while_the_changes_are_read_is_told_the_next_time(
    opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody writes after each statement of a reading that found nothing."""
    web = a_container()
    lease = leases.acquire("prod", OWNER, MINUTE)
    assert lease is not None
    seq = changes.latest()
    leases.renew(lease)

    def written_after(*statement: Any) -> list[tuple[Any, ...]]:
        rows = run_sql(*statement)
        by_hand(opened, f"UPDATE container SET status = 'stopped' WHERE id = {web.id}")
        return rows

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(changes, "run_sql", written_after)
        assert changes.since(seq) == Changes(seq, {})
    assert told(seq) == {"container": {web.id}}


def test_what_no_screen_shows_is_no_change(opened: str) -> None:
    operation = begun()
    assert operation.container is not None
    lease = leases.acquire("prod", OWNER, MINUTE)
    assert lease is not None
    seq = changes.latest()
    leases.renew(lease)
    with leases.fenced(lease):
        pass
    operations.heartbeat(operation.id, OWNER)
    seen = records.get(operation.container)
    records.observe([StatusUpdate(seen.id, seen.status, seen.presence, observed_at=now())])
    by_hand(
        opened, "UPDATE container SET observed_at = '2026-11-23T12:00:00.000000Z'", "UPDATE container SET name = name"
    )
    assert records.get(seen.id).observed_at != seen.observed_at
    assert changes.since(seq) == Changes(seq, {})


def test_everything_that_a_screen_shows_is_told_under_its_kind(opened: str) -> None:
    web = a_container()
    operation = begun(a_container(vmid=102))
    alert = alerts.raise_alert("unreachable", Severity.RED, message="prod does not answer", cluster="prod")
    lease = leases.acquire("prod", OWNER, MINUTE)
    assert lease is not None
    run = job_runs.start("reconciler", "prod", OWNER, JobTrigger.SCHEDULE)

    def telling(act: object) -> dict[str, set[int | str]]:
        seq = changes.latest()
        act()  # type: ignore[operator]
        return told(seq)

    held = {"container": {operation.container}, "operation": {operation.id}}
    assert telling(lambda: public_ports.allocate(web.id, 80, range(8100, 8200))) == {"container": {web.id}}
    assert telling(lambda: clinical_records.add_revision(web.id, captured(), "adopted")) == {
        "container": {web.id}, "drift": {web.id},
    }  # fmt: skip
    assert telling(lambda: operations.intend(operation.id, 1, owner=OWNER)) == {"operation": {operation.id}}
    assert telling(lambda: operations.finish(operation.id, OperationStatus.FAILED)) == held
    assert telling(lambda: alerts.acknowledge(alert.id, ANNA)) == {"alert": {alert.id}}
    assert telling(lambda: leases.release(lease)) == {"job": {f"{leases.JOBS}/prod"}}
    assert telling(lambda: job_runs.finish(run, JobOutcome.COMPLETE)) == {"job": {"reconciler/prod"}}
    assert telling(lambda: job_runs.pause("janitor", "prod", ANNA)) == {"job": {"janitor/prod"}}
    assert telling(lambda: job_runs.resume("janitor", "prod", ANNA)) == {"job": {"janitor/prod"}}
    assert telling(lambda: breakers.open_breaker("prod", [web.id], 12)) == {"breaker": {"prod"}}
    assert telling(lambda: safe_modes.freeze(None, ANNA, "a move")) == {"safe_mode": {""}}
    assert telling(lambda: clusters.remember("lab", "AA:BB")) == {"cluster": {"lab"}}
    assert telling(lambda: close(records.get(web.id))) == {"container": {web.id}}
    assert telling(lambda: raw("INSERT INTO job_pause SELECT 'a', 'b', 'c', 'd', 'e', 'f' WHERE false")) == {}


def test_what_changed_is_read_by_its_ids(opened: str) -> None:
    web, other, operation = a_container(vmid=101), a_container(vmid=102), begun(a_container(vmid=103))
    alert = alerts.raise_alert("unreachable", Severity.RED, message="prod does not answer", cluster="prod")
    clinical_records.add_revision(web.id, captured(), "adopted")
    closed = close(other)
    assert records.by_ids([closed.id, web.id, 999]) == (records.get(web.id), closed)
    assert operations.by_ids([operation.id, 999]) == (operations.get(operation.id),)
    assert alerts.by_ids([alert.id, 999]) == (alert,)
    drifts = Drifts()
    assert drifts.by_ids([web.id, closed.id, 999]) == drifts.known() == Drifts().known()
    assert records.by_ids(()) == operations.by_ids(()) == alerts.by_ids(()) == ()


def test_the_table_has_one_row_for_a_thing_however_often_it_changes(opened: str) -> None:
    web = a_container()
    rows = len(raw("SELECT * FROM change"))
    seqs = []
    for _ in range(20):
        raw(f"UPDATE container SET version = version + 1 WHERE id = {web.id}")
        seqs.append(changes.latest())
    assert seqs == sorted(set(seqs))
    assert len(raw("SELECT * FROM change")) == rows


def test_whoever_missed_something_is_told_to_read_everything(opened: str) -> None:
    a_container()
    seq = changes.latest()
    assert not changes.since(seq + 1_000_000).complete, "a number that this database never gave"
    raw("DELETE FROM change")
    cut = changes.since(seq)
    assert not cut.complete
    assert changes.since(cut.seq).complete
    drop_trigger("report_container_container_updated", "container")
    raw("UPDATE container SET last_error = 'unseen'")
    assert changes.since(cut.seq).complete
    store.open_store(opened)
    assert not changes.since(cut.seq).complete, "it was not told of what was written meanwhile"
    again = changes.latest()
    raw("UPDATE container SET last_error = 'seen'")
    assert told(again) == {"container": {1}}


@pytest.fixture
def before_changes(url: str, monkeypatch: pytest.MonkeyPatch, closed_after: None) -> str:
    """A database of the version before, with a record."""
    with monkeypatch.context() as patch:
        schema_of_before(patch, 12)
        store.open_store(url)
        a_container()
        assert "change" not in database.proxy.obj.get_tables()
        store.close_store()
    return url


def test_a_database_of_the_version_before_opens_and_tells_from_then_on(before_changes: str) -> None:
    store.open_store(before_changes)
    assert not changes.since(0).complete
    seq, (web,) = changes.latest(), records.active()
    by_hand(before_changes, f"UPDATE container SET status = 'stopped' WHERE id = {web.id}")
    assert told(seq) == {"container": {web.id}}


def test_a_read_only_look_is_told_too(opened: str, db_file: Path, request: pytest.FixtureRequest) -> None:
    web = a_container()
    look = opened
    if opened.startswith("postgresql"):
        by_hand(
            opened,
            "DROP ROLE IF EXISTS onlooker",
            "CREATE ROLE onlooker LOGIN",
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO onlooker",
        )
        request.addfinalizer(lambda: by_hand(opened, "DROP OWNED BY onlooker", "DROP ROLE onlooker"))
        look = opened.replace("tests@", "onlooker@")
    store.open_store(look, select_only=opened.startswith("sqlite"))
    assert not database.is_writable()
    seq = changes.latest()
    assert not changes.since(seq)
    by_hand(opened, f"UPDATE container SET status = 'stopped' WHERE id = {web.id}")
    assert told(seq) == {"container": {web.id}}
    with pytest.raises(StoreUnavailable):
        raw("DELETE FROM change")


@pytest.mark.parametrize("mode", [0o600, 0o400], ids=["changing", "still"])
def test_a_read_only_look_notices_that_a_copy_was_put_back(db_file: Path, mode: int, closed_after: None) -> None:
    url = f"sqlite:///{db_file}"
    store.open_store(url, make_new=True)
    web = a_container()
    store.close_store()
    db_file.chmod(mode)
    store.open_store(url, select_only=True)
    seq = changes.latest()
    with forgotten(url, None):
        by_hand(url, f"UPDATE container SET status = 'stopped' WHERE id = {web.id}")
        seq = changes.since(seq).seq
    by_hand(url, *[f"UPDATE container SET version = version + 1 WHERE id = {web.id}"] * 9)
    assert not (found := changes.since(seq)).complete
    assert found.seq == changes.latest()
    by_hand(url, f"UPDATE container SET status = 'stopped' WHERE id = {web.id}")
    assert told(found.seq) == {"container": {web.id}}


def test_a_role_that_may_write_records_reports_without_more_rights(
    postgresql_server: object, ready_postgresql: str, closed_after: None
) -> None:
    store.open_store(ready_postgresql)
    web = a_container()
    by_hand(
        ready_postgresql,
        "DROP ROLE IF EXISTS clerk",
        "CREATE ROLE clerk LOGIN",
        "GRANT SELECT, UPDATE ON container TO clerk",
    )
    try:
        seq = changes.latest()
        by_hand(
            ready_postgresql.replace("tests@", "clerk@"), f"UPDATE container SET status = 'stopped' WHERE id = {web.id}"
        )
        assert told(seq) == {"container": {web.id}}
    finally:
        by_hand(ready_postgresql, "DROP OWNED BY clerk", "DROP ROLE clerk")


def test_the_numbers_follow_the_order_of_the_commits_also_by_hand(ready_postgresql: str, closed_after: None) -> None:
    """One who writes by hand in a long transaction is waited for, so that its number is not passed by a later one."""
    store.open_store(ready_postgresql)
    web, other = a_container(vmid=101), a_container(vmid=102)
    seq = changes.latest()
    with psycopg.connect(ready_postgresql, autocommit=True) as second:
        second.execute("SET lock_timeout = 50")
        with psycopg.connect(ready_postgresql) as first:
            first.execute(f"UPDATE container SET status = 'stopped' WHERE id = {web.id}".encode())
            assert not changes.since(seq)
            with pytest.raises(psycopg.errors.LockNotAvailable):
                second.execute(f"UPDATE container SET status = 'stopped' WHERE id = {other.id}".encode())
    assert told(seq) == {"container": {web.id}}


def test_every_column_that_is_reported_is_a_column_of_its_table(opened: str) -> None:
    with database.unit():
        for report in change_triggers.REPORTS:
            known = {column.name for column in database.proxy.obj.get_columns(report.table)}
            assert set(report.columns.split()) <= known, report.name
    silent = {"id", "observed_at", "state_clock", "doubt_clock", "identity_event"}
    told_of = next(one for one in change_triggers.REPORTS if one.table == "container").columns.split()
    assert {field.column_name for field in ContainerRow._meta.sorted_fields} - set(told_of) == silent
