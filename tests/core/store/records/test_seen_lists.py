"""One row for the last list of a cluster says of each record what a write into each record would have said."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from proximity_tui.core.store import changes
from proximity_tui.core.store.records import records, renaming
from proximity_tui.core.store.records.known import KnownRecords
from proximity_tui.core.store.records.record_reads import last_seen_times
from proximity_tui.core.store.records.records import StatusUpdate, observe
from tests.core.store.making import ANNA, a_container, close, raw

pytestmark = pytest.mark.usefixtures("opened")

START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)


def at(seconds: int) -> datetime:
    """A moment of a history."""
    return START + timedelta(seconds=seconds)


def listed(seconds: int, but: Collection[int] = ()) -> None:
    """A list of the cluster confirms all records but some."""
    assert records.seen_again("prod", at(seconds), but=but, seq=changes.latest())


def seen(container: int) -> datetime | None:
    return records.get(container).observed_at


def test_a_list_speaks_of_the_records_that_it_knew_and_did_not_leave_out() -> None:
    first, second = (a_container(vmid=vmid, observed_at=at(0)).id for vmid in (101, 102))
    never = a_container(vmid=103).id
    listed(10)
    added = a_container(vmid=104, observed_at=at(5)).id
    assert [seen(one) for one in (first, second, never, added)] == [at(10), at(10), None, at(5)]
    listed(20, but=(second,))
    assert [seen(one) for one in (first, second, never, added)] == [at(20), at(10), None, at(20)]
    assert last_seen_times((first, second, never)) == {first: at(20), second: at(10), never: None}
    assert [one.observed_at for one in records.active()] == [at(20), at(10), None, at(20)]


def test_an_older_list_of_another_process_adds_only_what_the_newer_one_left_out() -> None:
    first, second = (a_container(vmid=vmid, observed_at=at(0)).id for vmid in (101, 102))
    listed(20, but=(second,))
    late = a_container(vmid=103, observed_at=at(0)).id
    listed(10, but=(first,))
    assert [seen(one) for one in (first, second, late)] == [at(20), at(10), at(10)]


def test_a_tombstone_and_a_renamed_cluster_keep_when_they_were_seen() -> None:
    gone, stays = (a_container(vmid=vmid, observed_at=at(0)) for vmid in (101, 102))
    listed(10)
    assert close(gone).observed_at == at(10)
    listed(20)
    assert seen(gone.id) == at(10)
    renaming.rename("prod", "lab", ANNA)
    assert seen(stays.id) == at(20)
    assert raw("SELECT * FROM seen_list") == []


def test_n68_a_list_that_is_yet_to_come_keeps_nobody_from_seeing() -> None:
    now = datetime.now(UTC)
    first, second = (a_container(vmid=vmid, observed_at=at(0)) for vmid in (101, 102))
    ahead = now + timedelta(hours=1)
    assert records.seen_again("prod", ahead, but=(), seq=changes.latest())
    assert not records.seen_since(first.id, now)
    observe([StatusUpdate(first.id, first.status, first.presence, observed_at=now)])
    assert [seen(one.id) for one in (first, second)] == [now, ahead]
    assert records.seen_again("prod", now + timedelta(seconds=1), but=(), seq=changes.latest())
    assert seen(first.id) == now + timedelta(seconds=1)


@pytest.mark.parametrize("left_out", ["", "not JSON", "7", "null"])
def test_law_9_a_damaged_row_says_nothing(left_out: str) -> None:
    web = a_container(observed_at=at(0))
    listed(10)
    raw(f"UPDATE seen_list SET left_out = '{left_out}'")
    assert seen(web.id) == at(0)
    listed(20)
    assert seen(web.id) == at(20)


def test_records_in_memory_learn_of_a_later_list_of_another_process() -> None:
    first, second = (a_container(vmid=vmid, observed_at=at(0)) for vmid in (101, 102))
    known = KnownRecords()
    before = known.of("prod").records
    listed(10, but=(second.id,))
    assert all(map(lambda one, same: one is same, known.since("prod", at(10)).records, before))
    later, same = known.since("prod", at(5)).records
    assert (later.id, later.observed_at, same) == (first.id, at(10), second)


@pytest.mark.parametrize("seed", range(4))
def test_any_history_is_what_a_write_into_each_record_would_have_made(seed: int) -> None:
    """Lists of two processes that overtake each other, single observations, new records and closed ones."""
    random = Random(seed)
    model = {a_container(vmid=vmid, observed_at=at(0)).id: at(0) for vmid in range(100, 104)}
    closed: set[int] = set()
    for step in range(1, 40):
        moment = at(10 * step - random.choice((0, 0, 15)))
        open_ = sorted(model.keys() - closed)
        some = random.sample(open_, random.randrange(len(open_) + 1))
        what = random.random()
        if what < 0.6:
            assert records.seen_again("prod", moment, but=some, seq=changes.latest())
            model |= {one: max(model[one], moment) for one in open_ if one not in some}
        elif what < 0.8:
            observe([StatusUpdate(one, None, records.get(one).presence, observed_at=moment) for one in some])
            model |= {one: max(model[one], moment) for one in some}
        elif what < 0.9 and len(open_) > 1:
            close(records.get(open_[0]))
            closed.add(open_[0])
        else:
            model[a_container(vmid=200 + step, observed_at=moment).id] = moment
        assert {one: seen(one) for one in model} == model
