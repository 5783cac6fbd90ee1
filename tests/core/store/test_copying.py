"""A database is copied whole or not at all, between files and servers, and counts on where the original stood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from proximity_tui.core import store
from proximity_tui.core.model import OperationStatus
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import copying, database, events, safe_modes
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import operations, public_ports, records
from tests.core.store.making import ANNA, a_container, begun, close, drop_trigger, raw
from tests.support.servers.postgresql import Server


@pytest.fixture(autouse=True)
def _a_table_takes_several_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read and write a few rows at once, as with many of them."""
    monkeypatch.setattr(copying, "_AT_ONCE", 7)
    monkeypatch.setattr(copying, "_PAGE", 20)


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes the URL of one more empty database."""
    made: list[str] = []

    def another() -> str:
        made.append("")
        name = f"copy_{tmp_path.name.lower().replace('-', '_')}_{len(made)}"
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path}/{name}.db"
        server: Server = request.getfixturevalue("postgresql_server")
        server.drop_database(name)
        return server.create_database(name)

    return another


def populate() -> None:
    """A little of everything: open and closed records, ports, a clean and a broken-off operation, freezes."""
    web = a_container()
    public_ports.allocate(web.id, 80, range(8100, 8110))
    closed = close(a_container(vmid=102, name="Ünsinn 'quoted' %s ?"))
    a_container(vmid=103, predecessor=closed.id, template=True, tags=("a", "b"))
    operation = begun(records.get(web.id))
    operations.finish(operation.id, OperationStatus.INTERRUPTED, "its process died")
    safe_modes.freeze("prod", ANNA, "storage moves")
    with store.transaction():
        for number in range(60):
            events.append(actor=ANNA, action=EventAction.OBSERVE, message=f"event {number}")


def everything() -> tuple[object, ...]:
    return (
        records.active(),
        records.last_tombstone("prod", 102),
        public_ports.used(),
        operations.open_operations(),
        safe_modes.active_freezes(),
        safe_modes.active_armings(),
        events.list_events(limit=5000),
        events.verify(),
    )


def test_a_copy_holds_everything_with_its_ids_and_hashes(opened: str, elsewhere: Callable[[], str]) -> None:
    populate()
    target = elsewhere()

    made = copying.copy_to(target, ANNA)

    before = everything()
    assert made.trail == events.verify()
    assert made.rows["container"] == 3
    assert made.rows["event"] == made.trail.events
    store.open_store(target)
    assert everything() == before
    assert store.check_integrity() == ()
    last = events.list_events(limit=1)[0]
    assert (last.action, last.actor) == ("database-copied", ANNA)


def test_a_copy_counts_on_where_the_original_stood(opened: str, elsewhere: Callable[[], str]) -> None:
    populate()
    target = elsewhere()
    copying.copy_to(target, ANNA)
    store.open_store(target)
    assert a_container(vmid=104).id == 4
    assert safe_modes.freeze(None, ANNA, "again").id == 2
    assert events.verify().whole


def test_a_copy_can_be_copied_on(opened: str, elsewhere: Callable[[], str]) -> None:
    populate()
    first, second = elsewhere(), elsewhere()
    copying.copy_to(first, ANNA)
    store.open_store(first)
    made = copying.copy_to(second, ANNA)
    before = everything()
    store.open_store(second)
    assert everything() == before
    assert made.trail.whole


def test_a_server_waits_for_a_page_of_rows_and_is_never_left_alone_for_a_whole_table(
    opened: str, elsewhere: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million events take longer than a writer may be silent who was cut off, or stopped."""
    populate()
    pages, limits, turns = copying._pages, set[object](), list[str]()

    def watched(db: Any, table: str, columns: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
        for page in pages(db, table, columns):
            if db.param != "?":
                limits.update(run_sql(db, "SELECT current_setting('idle_in_transaction_session_timeout')"))
            if table == "event":
                turns.append("source" if db is database.opened().db else "target")
            yield page

    monkeypatch.setattr(copying, "_pages", watched)
    url = elsewhere()
    copying.copy_to(url, ANNA)
    assert limits == ({("2min",)} if "postgresql" in opened + url else set())
    read, compared = turns[: len(turns) // 3], turns[len(turns) // 3 :]
    assert set(read) == {"source"}
    assert compared == ["source", "target"] * len(read)
    assert len(read) > 3


def test_an_empty_database_can_be_copied(opened: str, elsewhere: Callable[[], str]) -> None:
    made = copying.copy_to(elsewhere(), ANNA)
    assert {table: rows for table, rows in made.rows.items() if rows} == {"event": 1, "trail_head": 1}


def test_a_target_that_holds_anything_is_refused_and_left_as_it_is(opened: str, elsewhere: Callable[[], str]) -> None:
    target = elsewhere()
    store.open_store(target)
    theirs = a_container(vmid=999)
    store.open_store(opened)
    populate()
    before = everything()
    with pytest.raises(StoreError, match=r"is not empty \(it has rows in .*container"):
        copying.copy_to(target, ANNA)
    assert everything() == before, "nor does the original say that it was copied"
    store.open_store(target)
    assert records.active() == (theirs,)


def test_rows_that_the_new_database_refuses_are_named_and_nothing_is_copied(
    opened: str, elsewhere: Callable[[], str]
) -> None:
    populate()
    before = everything()
    drop_trigger("container_identity", "container")
    raw("UPDATE container SET identity_event = 'gone' WHERE vmid IN (101, 103)")
    target = elsewhere()
    with pytest.raises(StoreError) as refused:
        copying.copy_to(target, ANNA)
    told = str(refused.value)
    assert told.startswith("nothing was copied: the new database refuses ")
    assert ": container id 1 (the database refused the change: " in told
    assert "; container id 3 (the database refused the change: " in told
    assert told.endswith(" by hand, or start from a backup without them, and copy again")
    assert "web101" not in told, "rows are named by their numbers, and not shown"
    store.open_store(target)
    assert records.active() == ()
    store.open_store(opened)
    assert records.active() == before[0], "the original is as it was"


def test_a_copy_onto_itself_is_refused(opened: str) -> None:
    a_container()
    with pytest.raises(StoreError):
        copying.copy_to(opened, ANNA)
    assert len(records.active()) == 1


def test_a_trail_that_is_not_whole_is_copied_as_it_is_and_said_so(opened: str, elsewhere: Callable[[], str]) -> None:
    populate()
    is_sqlite = opened.startswith("sqlite")
    raw("DROP TRIGGER event_unchanged" if is_sqlite else "DROP TRIGGER event_unchanged ON event")
    raw("UPDATE event SET message = 'nothing happened' WHERE seq = 3")
    target = elsewhere()
    made = copying.copy_to(target, ANNA)
    store.open_store(opened)
    assert (made.trail.whole, made.trail.broken_at) == (False, 3)
    store.open_store(target)
    assert events.verify() == made.trail
