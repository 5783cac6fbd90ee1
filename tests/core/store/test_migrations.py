"""A database reaches the schema of the program step by step, with a copy kept before, or stays as it was."""

import importlib
import pkgutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from playhouse.schema_diff import diff_models  # type: ignore[import-untyped]

from proximity_tui.core import store
from proximity_tui.core.model import Membership, OperationStatus
from proximity_tui.core.model.alert import Severity
from proximity_tui.core.store import clusters, database, migrations, opening, schema
from proximity_tui.core.store.alerts import alerts, notifications
from proximity_tui.core.store.db.store_errors import StoreError, StoreUnavailable
from proximity_tui.core.store.jobs import leases
from proximity_tui.core.store.records import operations, records
from proximity_tui.core.store.schema.base import ModelBase
from tests.core.store.making import a_container, begun, drop_trigger, raw, schema_of_before
from tests.support.timing.meddling import full_disk

pytestmark = pytest.mark.usefixtures("closed_after")

MODELS = [
    table
    for module in pkgutil.iter_modules(schema.__path__, f"{schema.__name__}.")
    for table in vars(importlib.import_module(module.name)).values()
    if isinstance(table, type) and issubclass(table, ModelBase) and table.__module__ == module.name
]
MODELS.remove(ModelBase)

RULES = {
    "alert_one_unresolved",
    "breaker_one_open",
    "container_one_active_record",
    "operation_one_for_a_guest",
    "operation_one_for_a_record",
    "port_one_holder",
}
"""The partial unique indexes that laws rest on."""


KNOWN = [number for number, _ in migrations.MIGRATIONS]
NEXT = KNOWN[-1] + 1


def one_more(tables: str) -> tuple[tuple[int, str], ...]:
    """The migrations of a later version of the program."""
    return (*migrations.MIGRATIONS, (NEXT, tables))


def history() -> list[int]:
    return [row[0] for row in raw(f"SELECT number FROM {migrations.HISTORY} ORDER BY number")]


def test_a_fresh_database_has_what_the_models_say(opened: str) -> None:
    with database.unit():
        difference = diff_models(database.proxy.obj, MODELS)
    assert (difference.create_tables, difference.add_columns, difference.drop_columns) == ([], [], [])
    assert {index.name for index in difference.drop_indexes} >= RULES
    assert history() == KNOWN


@pytest.fixture
def old_url(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with a record in it, of the version before the one that runs now."""
    store.open_store(url)
    a_container()
    store.close_store()
    monkeypatch.setattr(migrations, "MIGRATIONS", one_more("ALTER TABLE event ADD COLUMN extra TEXT DEFAULT ''"))
    return url


def test_the_numbers_of_the_migrations_have_no_gap() -> None:
    assert list(range(1, len(KNOWN) + 1)) == KNOWN


def test_an_old_database_is_brought_up_with_all_its_records_and_triggers(old_url: str) -> None:
    store.open_store(old_url)
    assert history() == [*KNOWN, NEXT]
    assert len(records.active()) == 1
    with pytest.raises(StoreError, match="an event never changes"):
        raw("UPDATE event SET message = ''")


def test_an_sqlite_file_is_copied_before_it_is_changed(db_file: Path, old_url: str) -> None:
    if not old_url.startswith("sqlite"):
        pytest.skip("who runs a server backs it up")
    copy = Path(f"{db_file}-before-{NEXT:04d}.db")
    store.open_store(old_url)
    assert copy.stat().st_mode & 0o777 == 0o600
    backup = sqlite3.connect(copy)
    assert backup.execute("SELECT vmid FROM container").fetchall() == [(101,)]
    assert backup.execute(f"SELECT MAX(number) FROM {migrations.HISTORY}").fetchone() == (KNOWN[-1],)
    backup.close()


def test_an_earlier_copy_is_never_overwritten(db_file: Path, old_url: str) -> None:
    if not old_url.startswith("sqlite"):
        pytest.skip("who runs a server backs it up")
    copy = Path(f"{db_file}-before-{NEXT:04d}.db")
    copy.write_text("the copy of an attempt that failed")
    store.open_store(old_url)
    assert copy.read_text() == "the copy of an attempt that failed"
    assert Path(f"{db_file}-before-{NEXT:04d}-2.db").exists()


def test_a_new_database_and_one_that_is_up_to_date_are_not_copied(db_file: Path) -> None:
    for _ in range(2):
        store.open_store(f"sqlite:///{db_file}")
        store.close_store()
    assert list(db_file.parent.glob("*before*")) == []


def test_a_migration_that_fails_leaves_the_database_as_it_was(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store.open_store(url)
    a_container()
    with monkeypatch.context() as patch:
        broken = one_more("ALTER TABLE container ADD COLUMN extra TEXT; CREATE TABLE container (x TEXT)")
        patch.setattr(migrations, "MIGRATIONS", broken)
        with pytest.raises(StoreError, match="already exists"):
            store.open_store(url)
        with pytest.raises(StoreUnavailable, match="not open"):
            records.active()
    store.open_store(url)
    assert history() == KNOWN
    assert len(records.active()) == 1


@pytest.mark.parametrize("is_new", [True, False], ids=["new", "old"])
@pytest.mark.parametrize("dies_in", ["install_triggers", "install_change_triggers", "check"])
def test_a_process_that_dies_while_it_upgrades_leaves_nothing_half_done_and_nobody_to_blame(
    url: str, backend: str, monkeypatch: pytest.MonkeyPatch, *, is_new: bool, dies_in: str
) -> None:
    """Whatever of its triggers was missing or made by then, nobody has tampered with it."""
    if not is_new:
        store.open_store(url)
        a_container()
        store.close_store()
        monkeypatch.setattr(migrations, "MIGRATIONS", one_more("CREATE TABLE later (x TEXT)"))
    kind = type(database.backend_for(url))
    with monkeypatch.context() as patch:
        patch.setattr(kind, dies_in, die)
        with pytest.raises(KeyboardInterrupt):
            store.open_store(url)

    store.open_store(url)
    assert history() == (KNOWN if is_new else [*KNOWN, NEXT])
    assert len(records.active()) == (0 if is_new else 1)
    assert alerts.all_alerts() == ()
    a_container(vmid=102)
    with pytest.raises(StoreError, match="an event never changes"):
        raw("UPDATE event SET message = ''")


def test_a_process_that_dies_after_it_upgraded_leaves_nobody_to_blame(
    old_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(opening, "write_due_identities", die)
        with pytest.raises(KeyboardInterrupt):
            store.open_store(old_url)
    store.open_store(old_url)
    assert history() == [*KNOWN, NEXT]
    assert alerts.all_alerts() == ()

    drop_trigger("event_unchanged", "event")
    store.open_store(old_url)
    (told,) = alerts.all_alerts()
    assert told.kind == "database_altered", "what somebody does later is told, also to Sentry"
    assert alerts.pending_notifications() == (told,)


def test_an_upgrade_that_finds_damage_is_refused_each_time(db_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{db_file}"
    store.open_store(url)
    store.close_store()
    shell = sqlite3.connect(db_file, isolation_level=None)
    shell.execute("INSERT INTO drift VALUES (7, 1, '', '')")
    shell.close()
    monkeypatch.setattr(migrations, "MIGRATIONS", one_more("CREATE TABLE later (x TEXT)"))
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="row 1 of drift refers to a missing row of container"):
            store.open_store(url)


def test_a_copy_that_could_not_be_finished_is_none(db_file: Path, old_url: str) -> None:
    if not old_url.startswith("sqlite"):
        pytest.skip("who runs a server backs it up")
    for _ in range(2):
        with full_disk(room=2**16), pytest.raises(StoreUnavailable, match="disk") as refused:
            store.open_store(old_url)
        assert "--read-only" not in str(refused.value), "that would refuse it as well"
    assert list(db_file.parent.glob("*before*")) == []
    store.open_store(old_url)
    assert [one.name for one in db_file.parent.glob("*before*")] == [f"{db_file.name}-before-{NEXT:04d}.db"]


def die(*_: object, **__: object) -> None:
    """What Ctrl-C does in the middle of it."""
    raise KeyboardInterrupt


def test_a_database_of_a_newer_program_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", one_more("CREATE TABLE later (x TEXT)"))
        store.open_store(url)
        store.close_store()
    with pytest.raises(StoreUnavailable, match=f"schema {NEXT}, written by a newer version"):
        store.open_store(url)


def test_in_a_database_that_a_newer_program_upgraded_meanwhile_nothing_is_begun_and_what_is_there_is_read(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.open_store(url)
    web, db = a_container(vmid=101), a_container(vmid=102)
    under_way = begun(web)
    lease = leases.acquire("prod", "jump1:1:aa", timedelta(seconds=30))
    assert lease is not None
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", one_more("CREATE TABLE later (x TEXT)"))
        store.open_again(url)
    for begin in (
        lambda: begun(db),
        lambda: leases.acquire("lab", "jump1:1:aa", timedelta(seconds=30)),
        lambda: leases.renew(lease),
        lambda: operations.take_over(under_way.id, "jump1:2:bb"),
    ):
        with pytest.raises(StoreUnavailable, match=f"upgraded .* to schema {NEXT}: .* and begins nothing"):
            begin()
    assert [one.id for one in records.active()] == [web.id, db.id]
    assert operations.finish(under_way.id, OperationStatus.DONE).status is OperationStatus.DONE


def test_a_database_that_knows_no_nodes_keeps_its_clusters_and_learns_their_nodes(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        schema_of_before(patch, 20)
        store.open_store(url)
        clusters.remember("prod", "AA:BB")
        store.close_store()
    store.open_store(url)
    assert (clusters.known_identity("prod"), clusters.known_members("prod")) == ("AA:BB", None)
    lab = Membership("lab", frozenset({"pve1", "pve2"}))
    clusters.note_members("prod", lab)
    assert clusters.known_members("prod") == lab


@pytest.mark.parametrize(
    ("state", "error", "may_have_arrived"),
    [
        ("failed", "it did not answer within 30 s", True),
        ("failed", "it did not answer: the connection ended", True),
        ("failed", "it could not be reached", False),
        ("delivered", None, False),
        ("claimed", None, False),
        ("claimed", "it did not answer within 30 s", False),
    ],
)
def test_a_message_of_before_may_have_arrived_where_its_error_said_so(
    url: str, monkeypatch: pytest.MonkeyPatch, state: str, error: str | None, *, may_have_arrived: bool
) -> None:
    """One that is claimed is known when it is claimed again."""
    said = "NULL" if error is None else f"'{error}'"
    with monkeypatch.context() as patch:
        schema_of_before(patch, 21)
        store.open_store(url)
        alert = alerts.raise_alert("test", Severity.RED, message="red")
        raw(
            "INSERT INTO notification (alert_id, channel, state, attempts, claimed_at, claimed_by, error) VALUES"
            f" ({alert.id}, 'oncall', '{state}', 1, '2026-11-23T14:30:00.000000Z', 'jump1:10:aa', {said})"
        )
        store.close_store()
    store.open_store(url)
    delivery = notifications.deliveries(alert.id)["oncall"]
    assert delivery.unanswered_at == (delivery.claimed_at if may_have_arrived else None)
