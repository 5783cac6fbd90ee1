"""What somebody broke with sqlite3's own shell reads as the careful word, and nothing moves on from it (law 1)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from proximity_tui.core import store
from proximity_tui.core.doctrine.reconciliation.janitor_diagnosis import stuck_in
from proximity_tui.core.model import Action, Kind, Presence, State, Status
from proximity_tui.core.model.alert import Severity
from proximity_tui.core.model.database_changes import ChangeKind
from proximity_tui.core.model.job import JobOutcome, JobTrigger
from proximity_tui.core.store import changes, safe_modes
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.clock_readings import clock_reading
from proximity_tui.core.store.db.fields import UNREADABLE, now
from proximity_tui.core.store.db.store_errors import LostRace
from proximity_tui.core.store.figures import counting
from proximity_tui.core.store.jobs import job_runs
from proximity_tui.core.store.records import operations, record_reads, records
from proximity_tui.core.store.records.known import KnownRecords
from proximity_tui.core.store.records.records import StatusUpdate
from tests.core.store.making import a_container, begun, close, move


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


@pytest.mark.parametrize("column", ["state", "status", "presence"])
def test_what_cannot_be_read_is_counted_as_the_careful_word_with_the_others(db_file: Path, column: str) -> None:
    web = a_container(vmid=101)
    a_container(vmid=102)
    by_hand(db_file, column, "'?'", web.id)
    assert sum(counting.active_by_state().values()) == sum(counting.active_by_presence().values()) == 2
    careful = State.ERROR if column == "state" else Status.UNKNOWN if column == "status" else Presence.UNKNOWN
    assert [number for words, number in counting.active_by_state().items() if careful in words] == [1]


def shell(file: Path, statement: str) -> None:
    """Write with sqlite3's own shell."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(statement)


@pytest.mark.parametrize("value", ["", "the day before yesterday", "20x6-11-30"])
@pytest.mark.parametrize(
    "column",
    [
        "state_since", "created_at", "observed_at", "missing_since", "half_destroyed_since", "identity_seen_at",
        "identity_due_since",
    ],
)  # fmt: skip
def test_law_9_a_time_that_cannot_be_read_is_the_careful_one_and_hides_no_other_record(
    db_file: Path, column: str, value: str
) -> None:
    """No age follows from it: nothing is stuck, nothing was missed before, and what is due stays due."""
    web, untouched = a_container(vmid=101), a_container(vmid=102)
    shell(db_file, f"UPDATE container SET {column} = '{value}' WHERE id = {web.id}")
    began = now()
    broken, other = records.active()
    assert other == untouched
    assert broken.vmid == web.vmid
    careful = getattr(broken, column)
    if column in ("state_since", "created_at"):
        assert began <= careful <= now()
        waits = stuck_in(replace(broken, state=State.DEPLOYING), False, clock_reading())
        assert waits is not None
        assert waits > timedelta(minutes=59)
    elif column in ("observed_at", "identity_due_since"):
        assert careful == UNREADABLE
    else:
        assert careful is None
    assert {one.vmid for one in record_reads.facts("prod")} == {101, 102}
    assert KnownRecords().since("prod", began).records
    records.observe([StatusUpdate(one.id, Status.STOPPED, Presence.PRESENT, observed_at=now()) for one in (web, other)])
    assert [one.status for one in records.active()] == [Status.STOPPED, Status.STOPPED]


def test_a_tombstone_stays_one_whatever_its_time_says(db_file: Path) -> None:
    web = close(a_container())
    shell(db_file, "DROP TRIGGER container_tombstone")
    shell(db_file, f"UPDATE container SET closed_at = 'once' WHERE id = {web.id}")
    assert records.get(web.id).is_tombstone


def test_a_time_as_the_database_itself_writes_it_is_utc(db_file: Path) -> None:
    web = a_container()
    shell(db_file, f"UPDATE container SET missing_since = datetime('2026-11-30 02:40:09') WHERE id = {web.id}")
    assert records.get(web.id).missing_since == datetime(2026, 11, 30, 2, 40, 9, tzinfo=UTC)


def test_law_9_times_and_words_of_operations_runs_and_alerts_hide_no_others(db_file: Path) -> None:
    """An older process goes on with a database in which a newer version does what it has no word for."""
    operation = begun(a_container(vmid=101))
    other = begun(a_container(vmid=102))
    run, alert = (
        job_runs.start("reconciler", "prod", "jump1:1:aa", JobTrigger.SCHEDULE),
        alerts.raise_alert("unreachable", Severity.RED, message="prod does not answer", cluster="prod"),
    )
    job_runs.finish(run, JobOutcome.COMPLETE)
    safe_modes.freeze("prod", "anna@jump1", "a move", now() + timedelta(days=1))
    seq = changes.latest()
    for statement in (
        f"UPDATE operation SET action = 'teleport', started_at = 'soon' WHERE id = {operation.id}",
        "UPDATE job_run SET outcome = 'magnificent', started_at = 'soon'",
        "UPDATE alert SET opened_at = 'soon'",
        "UPDATE change_freeze SET until = 'soon'",
        "INSERT INTO change (kind, ref) VALUES ('tide', 'low')",
    ):
        shell(db_file, statement)

    assert [one.action for one in operations.open_operations()] == [Action.UNREADABLE, other.action]
    assert [one.operation for one in records.active()] == [operation.id, other.id]
    assert [one.outcome for one in job_runs.recent()] == [JobOutcome.UNKNOWN]
    assert [one.id for one in alerts.open_alerts()] == [alert.id]
    assert [one.until for one in safe_modes.active_freezes()] == [None], "a person lifts it"
    found = changes.since(seq)
    assert found.complete
    assert found.numbers(ChangeKind.OPERATION) == {operation.id}


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
