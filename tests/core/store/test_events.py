"""The audit trail: append-only, in one chain, and no tampering goes unseen (law 6)."""

from datetime import UTC, datetime

import pytest

from proximity_tui.core.model import Action, Kind
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import database, events
from proximity_tui.core.store.db.store_errors import StoreError
from tests.core.store.making import FINGERPRINT, drop_trigger, raw

pytestmark = pytest.mark.usefixtures("opened")


def three_events() -> None:
    for number in (1, 2, 3):
        events.append(actor="anna", action=EventAction.OBSERVE, message=f"event {number}", evidence={"n": number})


def test_an_event_comes_back_as_it_was_written() -> None:
    written = events.append(
        actor="anna@jump1",
        action=Action.ADOPT,
        message="web1 was adopted",
        container=1,
        cluster="prod",
        vmid=101,
        evidence={"kind": Kind.ADOPTED, "at": datetime(2026, 11, 23, tzinfo=UTC), "was": FINGERPRINT, "ö": None},
    )
    assert events.list_events() == (written,)
    assert written.seq == 1
    assert written.evidence["kind"] == "adopted"
    assert written.evidence["at"] == "2026-11-23T00:00:00.000000Z"
    assert written.evidence["was"]["hwaddrs"] == sorted(FINGERPRINT.hwaddrs)


def test_events_are_listed_newest_first_and_page_by_page() -> None:
    three_events()
    newest, middle = events.list_events(limit=2)
    assert (newest.seq, middle.seq) == (3, 2)
    assert [event.seq for event in events.list_events(limit=2, before=middle.seq)] == [1]


def test_events_are_found_by_container_cluster_and_guest() -> None:
    events.append(actor="a", action=EventAction.OBSERVE, message="1", container=1, cluster="prod", vmid=101)
    events.append(actor="a", action=EventAction.OBSERVE, message="2", container=2, cluster="prod", vmid=102)
    events.append(actor="a", action=EventAction.OBSERVE, message="3", cluster="lab", vmid=101)
    assert [event.message for event in events.list_events(container=2)] == ["2"]
    assert [event.message for event in events.list_events(cluster="prod")] == ["2", "1"]
    assert [event.message for event in events.list_events(cluster="lab", vmid=101)] == ["3"]


def test_an_untouched_chain_is_whole() -> None:
    assert events.verify() == events.ChainReport(True, 0, events.GENESIS)
    three_events()
    report = events.verify()
    assert (report.whole, report.events, report.broken_at) == (True, 3, None)
    assert events.head() == (3, report.head)


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'eve'",
        "message = 'nothing happened'",
        "evidence = '{}'",
        "evidence = 'not json'",
        "at = '2020-01-01T00:00:00.000000Z'",
        "vmid = 999",
        "cluster = 'lab'",
        "container_id = 7",
        "action = 'other'",
        "hash = 'f00'",
    ],
)
def test_an_edited_event_is_found_where_it_stands(change: str) -> None:
    three_events()
    drop_trigger("event_unchanged", "event")
    raw(f"UPDATE event SET {change} WHERE seq = 2")
    report = events.verify()
    assert (report.whole, report.broken_at, report.events) == (False, 2, 1)


def test_a_removed_event_is_found_where_it_is_missing() -> None:
    three_events()
    drop_trigger("event_kept", "event")
    raw("DELETE FROM event WHERE seq = 2")
    assert events.verify().broken_at == 2


def test_a_cut_tail_is_found_and_found_still_when_it_was_written_on() -> None:
    three_events()
    drop_trigger("event_kept", "event")
    raw("DELETE FROM event WHERE seq > 1")
    cut = events.verify()
    assert (cut.whole, cut.events, cut.broken_at, cut.lost) == (False, 1, 2, 3)
    three_events()
    assert events.list_events()[0].seq == 6, "what was lost is never counted again"
    assert events.verify() == cut


def test_an_event_of_a_transaction_that_failed_never_was() -> None:
    def fails() -> None:
        with database.transaction():
            events.append(actor="a", action=EventAction.OBSERVE, message="lost")
            raise StoreError("changed my mind")

    with pytest.raises(StoreError, match="changed my mind"):
        fails()
    three_events()
    assert events.verify().events == 3


def test_an_event_is_one_plain_line_whatever_the_message_holds() -> None:
    event = events.append(actor="a\nb", action=EventAction.OBSERVE, message="two\nlines \x1b[31m and \udcff")
    assert event.message.isprintable()
    assert event.actor.isprintable()
    assert events.verify().whole
