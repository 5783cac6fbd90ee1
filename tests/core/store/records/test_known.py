"""Records that are kept in memory are always those of the database, and stay the same objects while nothing changed."""

from datetime import UTC, datetime, timedelta

import pytest

from proximity_tui.core import store
from proximity_tui.core.model import State
from proximity_tui.core.store.records import records
from proximity_tui.core.store.records.known import KnownRecords
from proximity_tui.core.store.records.records import StatusUpdate, observe
from tests.core.store.making import a_container, begun, close, move, raw

pytestmark = pytest.mark.usefixtures("opened")

AT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


def test_only_what_changed_is_another_object() -> None:
    web, other = a_container(vmid=102), a_container(vmid=101)
    a_container(vmid=101, cluster="lab")
    known = KnownRecords("prod")
    before = known.read()
    assert before == records.active("prod") == (other, web)
    assert all(one is same for one, same in zip(before, known.read(), strict=True))
    move(web, State.STOPPED)
    after = known.read()
    assert after == records.active("prod")
    assert after[0] is before[0]


def test_records_that_come_go_and_are_held_are_noticed() -> None:
    web, other = a_container(vmid=101), a_container(vmid=103)
    known = KnownRecords("prod")
    known.read()
    a_container(vmid=102)
    begun(other)
    assert known.read() == records.active("prod")
    assert [one.vmid for one in known.read()] == [101, 102, 103]
    close(web)
    assert known.read() == records.active("prod")
    raw("DELETE FROM change")
    assert known.read() == records.active("prod")


def test_a_later_observation_of_another_process_is_known_where_it_is_asked_for() -> None:
    web, other = a_container(vmid=101), a_container(vmid=102)
    known = KnownRecords("prod")
    before = known.read()
    observe([StatusUpdate(web.id, web.status, web.presence, observed_at=AT)])
    assert known.read_since(AT)[0] is before[0], "as old as the moment is not later"
    seen, same = known.read_since(AT - timedelta(seconds=1))
    assert (seen.observed_at, same) == (AT, other)


def test_another_database_is_read_anew(opened: str) -> None:
    web = a_container()
    known = KnownRecords("prod")
    known.read()
    store.open_store(opened)
    close(web)
    assert known.read() == ()
