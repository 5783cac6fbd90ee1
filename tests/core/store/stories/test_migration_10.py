"""A database of schema 9 opens with all its records, and each gets the event that says who it is, once."""

import hashlib
from collections.abc import Iterator

import peewee
import pytest

from proximity_tui.core import store
from proximity_tui.core.store import database, events, migrations, verification
from proximity_tui.core.store.db.fields import canonical, time_from_text
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.records import identity_trail, records
from tests.core.store.making import schema_of_before

AT = "2026-11-23T12:00:00.000000Z"
NEW_TRIGGERS = {"container_identity", "container_made", "cluster_named", "cluster_renamed"}
COLUMNS = (
    "cluster, vmid, name, kind, state, state_since, version, status, presence, created_at, template, tags,"
    " closed_at, closed_reason"
)


@pytest.fixture
def old(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """As version 9 left it: two records, of which somebody pointed the second at 205 by hand, and a tombstone."""
    with monkeypatch.context() as patch:
        schema_of_before(patch, 9, without=NEW_TRIGGERS)
        backend = database.backend_for(url)
        backend.prepare()
        with backend.exclusive(), backend.db.connection_context():
            migrations.migrate(backend)
            fill(backend.db)
        backend.close()
    yield url
    store.close_store()


def fill(db: peewee.Database) -> None:
    previous = events.GENESIS
    for number, (vmid, closed) in enumerate(((101, "NULL, NULL"), (102, "NULL, NULL"), (103, f"'{AT}', 'gone'")), 1):
        row = {
            "seq": number,
            "at": time_from_text(AT),
            "actor": "anna",
            "action": "create",
            "container_id": number,
            "cluster": "prod",
            "vmid": vmid,
            "message": "made",
            "evidence": {"kind": "native"},
        }
        previous = hashlib.sha256(canonical({**row, "previous": previous}).encode()).hexdigest()
        run_sql(
            db,
            f"INSERT INTO event VALUES ({number}, '{AT}', 'anna', 'create', {number}, 'prod', {vmid}, 'made',"
            f" '{{\"kind\":\"native\"}}', '{previous}')",
        )
        run_sql(
            db,
            f"INSERT INTO container ({COLUMNS}) VALUES ('prod', {vmid}, 'web{vmid}', 'native', 'running', '{AT}', 1,"
            f" 'running', 'present', '{AT}', false, '[]', {closed})",
        )
    run_sql(db, "UPDATE container SET vmid = 205 WHERE vmid = 102")


def test_records_of_before_are_kept_and_vouched_for_by_their_first_event(old: str) -> None:
    for _ in range(2):
        store.open_store(old)
        web, turned = records.active()
        assert (web.vmid, turned.vmid) == (101, 205)
        assert identity_trail.provenance(web.id).disagreement is None
        assert identity_trail.provenance(records.tombstones_called("web103", None, None)[0].id).disagreement is None
        assert events.verify().events == 4, "three of before, and one baseline"


def test_a_record_that_was_turned_before_is_not_vouched_for(old: str) -> None:
    store.open_store(old)
    [(container, sentence)] = verification.verify().altered
    assert records.get(container).vmid == 205
    assert "no event records its identity" in sentence
