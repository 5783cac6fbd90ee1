"""The triggers: what may never change or go is refused by the database itself (laws 1 and 6)."""

import pytest

from proximity_tui.core import store
from proximity_tui.core.model import ClinicalRecord, Kind, Status
from proximity_tui.core.store import database
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import clinical_records, public_ports, records
from tests.core.store.making import a_container, begun, close, drop_trigger, raw


@pytest.fixture(autouse=True)
def one_of_each(opened: str) -> None:
    web = a_container()
    public_ports.allocate(web.id, 80, range(8100, 8200))
    record = ClinicalRecord(now(), Status.RUNNING, "running", {}, None, {}, (), (), ())
    clinical_records.add_revision(web.id, record, "adoption")
    begun(records.get(web.id))


@pytest.mark.parametrize("kind", ["'native'", "'adopted'", "NULL", "'unknown'", "''"])
def test_the_kind_of_a_container_never_changes(kind: str) -> None:
    with pytest.raises(StoreError, match="kind of a container never changes"):
        raw(f"UPDATE container SET kind = {kind}")
    assert records.active()[0].kind is Kind.ADOPTED


@pytest.mark.parametrize("kind", ["NULL", "'unknown'", "''", "'NATIVE'"])
def test_a_record_without_a_known_kind_cannot_be_made(kind: str) -> None:
    columns = "cluster, vmid, name, state, state_since, version, status, presence, created_at, template, tags"
    values = columns.replace("vmid", "vmid + 1")
    with pytest.raises(StoreError, match="refused"):
        raw(f"INSERT INTO container ({columns}, kind) SELECT {values}, {kind} FROM container")
    assert len(records.active()) == 1


@pytest.mark.parametrize("table", ["event", "clinical_record"])
def test_history_is_never_edited(table: str) -> None:
    column = {"event": "message", "clinical_record": "data"}[table]
    with pytest.raises(StoreError, match="never changes"):
        raw(f"UPDATE {table} SET {column} = ''")


@pytest.mark.parametrize("table", ["container", "event", "clinical_record", "operation", "operation_step", "port"])
def test_nothing_is_ever_deleted(table: str) -> None:
    with pytest.raises(StoreError, match="never deleted"):
        raw(f"DELETE FROM {table}")
    if not database.database_url_label().startswith("sqlite"):
        with pytest.raises(StoreError):
            raw(f"TRUNCATE {table} CASCADE")
    assert raw(f"SELECT COUNT(*) FROM {table}")[0][0] >= 1


@pytest.mark.parametrize("table", ["container", "event", "clinical_record"])
def test_a_row_is_not_replaced_either(table: str) -> None:
    if not database.database_url_label().startswith("sqlite"):
        pytest.skip("only SQLite can replace rows")
    with pytest.raises(StoreError, match="never changes"):
        raw(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")


def test_a_tombstone_never_changes() -> None:
    tombstone = close(records.active()[0])
    with pytest.raises(StoreError, match="tombstone never changes"):
        raw("UPDATE container SET closed_at = NULL, closed_reason = NULL")
    assert records.get(tombstone.id) == tombstone


def test_a_trigger_that_was_dropped_is_made_again_when_the_store_opens(opened: str) -> None:
    drop_trigger("container_kind", "container")
    store.open_store(opened)
    with pytest.raises(StoreError, match="kind of a container never changes"):
        raw("UPDATE container SET kind = 'native'")
