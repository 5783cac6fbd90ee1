"""What a database holds and will hold in a year: every table, by its own count, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proximity_tui.core import store
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import database, events, statistics
from proximity_tui.core.store.db.fields import now, time_to_text
from proximity_tui.core.store.jobs import run_days
from proximity_tui.core.store.migrations import HISTORY
from proximity_tui.core.store.schema.job_tables import JobRunRow
from proximity_tui.core.store.statistics import TableSize
from tests.core.store.making import a_container, raw

pytestmark = pytest.mark.usefixtures("opened")


def measured() -> dict[str, TableSize]:
    return {one.table: one for one in statistics.measure().tables}


def a_year_old() -> None:
    """The database was made a year ago, so that a whole week can be measured."""
    raw(f"UPDATE {HISTORY} SET applied_at = '{time_to_text(now() - timedelta(days=365))}'")


def runs(age: timedelta, number: int) -> None:
    text = {"counters": {}, "reasons": [], "errors": [], "run_by": "jump1:10:aa", "trigger": "schedule"}
    at = now() - age
    with store.transaction():
        for _ in range(number):
            row = {"job": "janitor", "cluster": "prod", "started_at": at, "finished_at": at, "outcome": "complete"}
            JobRunRow.insert({**row, **text}).execute()


def test_every_table_is_there_with_its_rows_and_bytes() -> None:
    a_container()
    a_container(vmid=102)
    size = statistics.measure()
    with database.unit():
        assert {one.table for one in size.tables} == set(database.proxy.obj.get_tables())
    assert measured()["container"].rows == 2
    assert all(one.bytes is not None and one.bytes >= 0 for one in size.tables)
    assert size.bytes == sum(one.bytes or 0 for one in size.tables)
    assert [one.bytes for one in size.tables] == sorted((one.bytes or 0 for one in size.tables), reverse=True)


def test_a_table_grows_on_as_in_the_last_week() -> None:
    for number in range(14):
        events.append(actor="anna", action=EventAction.OBSERVE, message=f"event {number}")
    assert measured()["event"].rows_in_a_year == 14 + 14 * 365, "a young database: as much as today each day"
    a_year_old()
    event = measured()["event"]
    assert (event.rows, event.rows_a_day, event.rows_in_a_year) == (14, 2.0, 14 + 2 * 365)
    assert event.bytes is not None
    assert event.bytes_in_a_year == pytest.approx(event.bytes * (14 + 730) / 14, abs=1)
    assert measured()["trail_head"].rows_in_a_year == 1


def test_runs_are_thinned_so_a_year_of_them_is_little_more_than_a_week() -> None:
    a_year_old()
    runs(timedelta(days=1), 70)
    runs(timedelta(days=20), 5)
    week_then_one_a_day = 70 + 1 + (365 - 7)
    assert measured()["job_run"].rows_in_a_year == week_then_one_a_day
    assert measured()["job_run_day"].rows_in_a_year == 365
    run_days.thin("prod", now())
    assert measured()["job_run"].rows == 71
    assert measured()["job_run"].rows_in_a_year == week_then_one_a_day
