"""Who a record is changes only together with an event that says so, and whatever got around that is found (law 1)."""

import pytest

from proximity_tui.core import store
from proximity_tui.core.model import Kind
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import events, verification
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import identity_trail, records
from tests.core.store.making import ANNA, FINGERPRINT, a_container, close, drop_trigger, raw
from tests.support.records.make import fingerprint

MINE = fingerprint()
HANDS = [
    "UPDATE container SET vmid = 102",
    "UPDATE container SET cluster = 'lab'",
    "UPDATE container SET fingerprint = '{}'",
    "UPDATE container SET marker = 'm'",
    "UPDATE container SET marker = NULL",
    "UPDATE container SET identity_event = NULL",
    "UPDATE container SET vmid = 102, identity_event = 'f00'",
    "UPDATE container SET vmid = 102, identity_event = (SELECT hash FROM event WHERE seq = 2)",
]
COLUMNS = "cluster, name, kind, state, state_since, version, status, presence, created_at, template, tags"


@pytest.fixture
def native(opened: str) -> int:
    """The id of a native record, made in event 1; event 2 is about it, too, but does not say who it is."""
    made = a_container(kind=Kind.NATIVE, fingerprint=MINE)
    events.append(actor=ANNA, action=EventAction.OBSERVE, message="looked at", container=made.id)
    return made.id


@pytest.mark.parametrize("statement", HANDS)
def test_nobody_turns_a_record_into_another(native: int, statement: str) -> None:
    before = records.get(native)
    with pytest.raises(StoreError, match="identity of a container changes only with an event"):
        raw(statement)
    assert records.get(native) == before


@pytest.mark.parametrize("column", ["fingerprint", "marker", "identity_event"])
def test_nobody_makes_a_record_with_an_identity(native: int, column: str) -> None:
    with pytest.raises(StoreError, match="made without an identity"):
        raw(f"INSERT INTO container (vmid, {column}, {COLUMNS}) SELECT 205, 'x', {COLUMNS} FROM container")


def test_a_record_without_an_identity_is_not_vouched_for(native: int) -> None:
    raw(f"INSERT INTO container (vmid, {COLUMNS}) SELECT 205, {COLUMNS} FROM container")
    forged = records.find_active("prod", 205)
    assert forged is not None
    assert "no event records it" in str(identity_trail.provenance(forged.id).disagreement)
    assert [container for container, _ in verification.verify().altered] == [forged.id]


def test_what_the_program_does_itself_leaves_its_event(native: int) -> None:
    again = records.set_fingerprint(records.get(native), fingerprint(hostname="web2"), actor=ANNA, message="pinned")
    close(a_container(vmid=102))
    assert identity_trail.provenance(again.id).disagreement is None
    assert verification.verify().whole


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("vmid = 205", "its VMID is 205, and event 1 says 101"),
        ("cluster = 'lab', vmid = 7", "its cluster is lab, and event 1 says prod and its VMID is 7"),
        ("fingerprint = '{}'", "its fingerprint is not the one that event 1 says"),
        ("marker = NULL", "its marker is None, and event 1 says"),
        ("kind = 'adopted'", "its kind is adopted, and event 1 says native"),
        ("identity_event = NULL", "the record does not refer to it"),
    ],
)
def test_a_change_without_the_trigger_is_found(native: int, change: str, told: str) -> None:
    for name in ("container_identity", "container_kind"):
        drop_trigger(name, "container")
    raw(f"UPDATE container SET {change}")
    assert told in str(identity_trail.provenance(native).disagreement)
    verdict = verification.verify()
    assert verdict.chain.whole
    assert told in verdict.flaws[0]


def test_an_event_written_by_hand_vouches_for_nothing(native: int) -> None:
    said = '{"record_identity":{"kind":"native","cluster":"prod","vmid":205}}'
    columns = "seq, at, actor, action, container_id, message, evidence, hash"
    raw(f"INSERT INTO event ({columns}) SELECT 3, at, actor, action, {native}, '', '{said}', 'f00' FROM event LIMIT 1")
    raw("UPDATE container SET vmid = 205, identity_event = 'f00'")
    assert "event 3, which records its identity, was changed" in str(identity_trail.provenance(native).disagreement)
    assert verification.verify().chain.broken_at == 3
    assert events.append(actor=ANNA, action=EventAction.OBSERVE, message="life goes on").seq == 4


def test_provenance_tells_of_every_guest_that_was_ever_adopted(native: int) -> None:
    a_container(vmid=102, fingerprint=FINGERPRINT)
    close(a_container(vmid=103, fingerprint=fingerprint(hostname="db1")))
    adopted = dict(identity_trail.provenance(native).adopted)
    assert adopted == {102: FINGERPRINT, 103: fingerprint(hostname="db1")}


def test_a_missing_trigger_is_told_until_a_person_answers(native: int, opened: str) -> None:
    drop_trigger("container_kind", "container")
    store.open_store(opened)
    [alert] = alerts.open_alerts()
    assert "container_kind" in alert.message
    assert not verification.verify().whole
    alerts.acknowledge(alert.id, ANNA, "compared with the backup of yesterday")
    assert verification.verify().whole
    store.open_store(opened)
    assert verification.times_without_triggers() == ()
    drop_trigger("event_kept", "event")
    store.open_store(opened)
    assert [alert.message for alert in alerts.open_alerts()] != []
    assert not verification.verify().whole


def test_an_answer_that_was_taken_back_answers_nothing(native: int, opened: str) -> None:
    drop_trigger("container_kind", "container")
    store.open_store(opened)
    [alert] = alerts.open_alerts()
    seen = alerts.acknowledge(alert.id, ANNA, "compared").acknowledged
    assert seen is not None
    alerts.reopen(alert.id, ANNA, seen)
    assert not verification.verify().whole
    alerts.acknowledge(alert.id, ANNA, "compared once more")
    assert verification.verify().whole


def test_a_trigger_that_was_dropped_and_made_again_is_told(opened: str) -> None:
    a_container()
    sqlite = opened.startswith("sqlite")
    [text] = raw(
        "SELECT sql FROM sqlite_master WHERE name = 'container_kind'"
        if sqlite
        else "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'container_kind'"
    )
    drop_trigger("container_kind", "container")
    raw(text[0])
    store.open_store(opened)
    assert "made again by another program" in verification.verify().flaws[0]


def test_a_trigger_that_is_switched_off_is_a_missing_one(opened: str) -> None:
    if opened.startswith("sqlite"):
        pytest.skip("only PostgreSQL switches triggers off")
    raw("ALTER TABLE container DISABLE TRIGGER container_kind")
    store.open_store(opened)
    assert "container_kind" in verification.verify().flaws[0]
    a_container()
    with pytest.raises(StoreError, match="kind of a container never changes"):
        raw("UPDATE container SET kind = 'native'")
