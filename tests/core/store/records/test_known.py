"""Records that are kept in memory are always those of the database, and stay the same objects while nothing changed."""

from datetime import UTC, datetime, timedelta

import pytest

from proximity_tui.core import store
from proximity_tui.core.model import State
from proximity_tui.core.model.container import RecordFacts
from proximity_tui.core.store import changes
from proximity_tui.core.store.records import records
from proximity_tui.core.store.records.known import KnownRecords
from proximity_tui.core.store.records.records import StatusUpdate, observe
from tests.core.store.making import a_container, begun, close, move, raw
from tests.support.servers.exchanged import forgotten
from tests.support.servers.postgresql import Server

pytestmark = pytest.mark.usefixtures("opened")

AT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


def test_only_what_changed_is_another_object() -> None:
    web, other = a_container(vmid=102), a_container(vmid=101)
    a_container(vmid=101, cluster="lab")
    known = KnownRecords()
    before = known.of("prod").records
    assert before == records.active("prod") == (other, web)
    assert all(one is same for one, same in zip(before, known.of("prod").records, strict=True))
    move(web, State.STOPPED)
    after = known.of("prod").records
    assert after == records.active("prod")
    assert after[0] is before[0]


def test_a_full_reading_finds_what_changed_and_keeps_the_other_objects() -> None:
    """Rows hold the records that they were made of: another object for each would be a second copy of the fleet."""
    web, other = a_container(vmid=101), a_container(vmid=102)
    known = KnownRecords()
    before = known.of("prod").records
    observe([StatusUpdate(web.id, web.status, web.presence, observed_at=AT)])
    raw(f"UPDATE container SET name = 'unnoticed' WHERE id = {other.id}")
    raw("DELETE FROM change")
    same, changed = known.read_all_again()
    assert same is before[0]
    assert (changed.id, changed.name) == (other.id, "unnoticed")
    assert known.all() == (same, changed)
    close(web)
    raw("DELETE FROM change")
    assert known.read_all_again() == (changed,)


def test_records_that_come_go_and_are_held_are_noticed() -> None:
    web, other = a_container(vmid=101), a_container(vmid=103)
    known = KnownRecords()
    assert len(known.of("prod").records) == 2
    a_container(vmid=102)
    begun(other)
    assert known.of("prod").records == records.active("prod")
    assert [one.vmid for one in known.of("prod").records] == [101, 102, 103]
    close(web)
    assert known.of("prod").records == records.active("prod")
    raw("DELETE FROM change")
    assert known.of("prod").records == records.active("prod")


def test_a_later_observation_of_another_process_is_known_where_it_is_asked_for() -> None:
    web, other = a_container(vmid=101), a_container(vmid=102)
    known = KnownRecords()
    before = known.of("prod").records
    observe([StatusUpdate(web.id, web.status, web.presence, observed_at=AT)])
    assert known.since("prod", AT).records[0] is before[0], "as old as the moment is not later"
    seen, same = known.since("prod", AT - timedelta(seconds=1)).records
    assert (seen.observed_at, same) == (AT, other)
    assert known.of("prod").records[0] is before[0], "of whom a list asks is no second copy kept"


def test_who_judges_is_given_when_each_was_seen_and_nothing_known_is_another_object() -> None:
    web, other = a_container(vmid=101), a_container(vmid=102)
    known = KnownRecords()
    before = known.of("prod").records
    observe([StatusUpdate(web.id, web.status, web.presence, observed_at=AT)])
    both = (other.id, web.id)
    assert known.as_seen(both) == records.active("prod")
    assert known.as_seen(both)[1] is before[1]
    assert [one.observed_at for one in known.of("prod").records] == [web.observed_at, other.observed_at]
    close(web)
    assert known.as_seen([*both, 999]) == (other,)


def test_what_a_list_can_confirm_is_the_same_whether_the_records_are_known_or_not() -> None:
    web, other = a_container(vmid=101), a_container(vmid=102)
    a_container(vmid=101, cluster="lab")
    observe([StatusUpdate(web.id, web.status, web.presence, "odd", observed_at=AT, lock="backup", doubted_at=AT)])
    known, stranger = KnownRecords(), KnownRecords()
    assert known.of("prod").seq == known.facts("prod").seq == stranger.facts("prod").seq == changes.latest()
    assert known.facts("prod").records == records.active("prod")
    told = {one.id: one for one in stranger.facts("prod").records}
    assert told.keys() == {web.id, other.id}
    for one in records.active("prod"):
        assert told[one.id]._asdict() == {name: getattr(one, name) for name in RecordFacts._fields}  # type: ignore[union-attr]
    assert stranger.as_seen(told) == records.active("prod"), "whole records are read where they are asked for"
    close(other)
    assert [one.id for one in stranger.facts("prod").records] == [web.id] == [one.id for one in stranger.as_seen(told)]
    assert [one.id for one in known.facts("prod").records] == [web.id]


def test_all_clusters_are_the_same_objects_for_everyone_who_asks() -> None:
    ours, theirs = a_container(vmid=101), a_container(vmid=101, cluster="lab")
    known = KnownRecords()
    assert known.all() == records.active() == (theirs, ours)
    assert known.by_ids([ours.id, 999])[0] is known.of("prod").records[0]
    close(theirs)
    assert known.by_ids([theirs.id, ours.id]) == (ours,)
    assert known.read_all_again() == known.all() == records.active()


def test_a_database_that_lost_what_was_known_is_read_anew(opened: str, server: Server | None) -> None:
    """A copy was put back, or a standby took over. The numbers of its changes then say nothing: others wrote since."""
    web, other = a_container(vmid=101), a_container(vmid=102)
    known = KnownRecords()
    assert known.of("prod").records == (web, other)
    with forgotten(opened, server):
        close(web)
        assert known.of("prod").records == (other,)
        seq = changes.latest()
    for _ in range(20):
        raw(f"UPDATE container SET version = version + 1 WHERE id = {other.id}")
    assert not records.seen_again("prod", AT, but=(), seq=seq), "which of them changed is not known"
    assert not changes.since(seq).complete
    assert known.of("prod").records == known.all() == records.active("prod")
    assert [one.vmid for one in known.of("prod").records] == [101, 102]
    move(records.get(web.id), State.STOPPED)
    assert known.of("prod").records == records.active("prod"), "and what is written from then on is noticed"


def test_another_database_is_read_anew(opened: str) -> None:
    web = a_container()
    known = KnownRecords()
    assert known.of("prod").records == (web,)
    store.open_store(opened)
    close(web)
    assert known.of("prod").records == ()
