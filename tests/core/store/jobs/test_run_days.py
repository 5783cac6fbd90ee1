"""Old runs are thinned: one a day stays, with the sums of its day; what is young or not summed cannot be deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from proximity_tui.core import store
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.core.store import database, events, verification
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.jobs import job_runs, run_days
from proximity_tui.core.store.records import renaming
from proximity_tui.core.store.schema.job_tables import JobRunRow
from tests.core.store.making import ANNA, a_container, raw

pytestmark = pytest.mark.usefixtures("opened")

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def a_run(at: datetime, *, job: str = "reconciler", cluster: str = "prod", ended: bool = True, closed: int = 0) -> int:
    """A run that began at that time and took two seconds, with the present head of the trail."""
    seq, head = events.append(actor="reconciler", action=EventAction.OBSERVE, message="run"), events.head()[1]
    with database.transaction():
        new: int = JobRunRow.insert(
            job=job,
            cluster=cluster,
            started_at=at,
            finished_at=at + timedelta(seconds=2) if ended else None,
            outcome=(JobOutcome.FAILED if closed else JobOutcome.COMPLETE).value if ended else None,
            counters={"total_apps": 10, "orphans_purged": closed},
            reasons=[],
            errors=[],
            run_by="jump1:10:aa",
            trigger="schedule",
            head_seq=seq.seq if ended else None,
            head_hash=head if ended else None,
        ).execute()
    return new


@pytest.fixture(autouse=True)
def ran_yesterday(opened: str) -> int:
    """The run of a day before today: the clock has told the present time for a while."""
    return a_run(NOW - timedelta(days=1), cluster="attic")


def left(cluster: str = "prod") -> list[int]:
    return sorted(run.id for run in job_runs.recent(cluster=cluster))


def test_of_an_old_day_the_last_run_stays_with_the_sums_of_all() -> None:
    old = NOW - timedelta(days=9)
    _, _, last = a_run(old), a_run(old + timedelta(hours=1), closed=2), a_run(old + timedelta(hours=2))
    janitor = a_run(old, job="janitor")
    elsewhere = [a_run(old, cluster="lab"), a_run(old, cluster="lab")]
    assert run_days.thin("prod", NOW) == 2
    assert left() == [last, janitor]
    assert left("lab") == elsewhere
    (day,) = run_days.latest("reconciler", "prod")
    assert (day.day, day.runs, day.duration) == (old.date(), 3, timedelta(seconds=6))
    assert (day.outcomes, day.counters) == ({"complete": 2, "failed": 1}, {"total_apps": 30, "orphans_purged": 2})
    assert run_days.latest("janitor", "prod") == ()
    assert run_days.thin("prod", NOW) == 0
    assert verification.verify().whole


def test_every_run_of_the_last_week_and_every_open_one_stays() -> None:
    first_of_week = NOW - run_days.KEPT_WHOLE
    young = [a_run(first_of_week), a_run(first_of_week + timedelta(minutes=1)), a_run(NOW), a_run(NOW)]
    # The day of the limit is thinned only when all of it is a week old.
    same_day = [a_run(first_of_week.replace(hour=0)), a_run(first_of_week.replace(hour=1))]
    long_open = [a_run(NOW - timedelta(days=30), ended=False), a_run(NOW - timedelta(days=30), ended=False)]
    assert run_days.thin("prod", NOW) == 0
    assert left() == sorted([*young, *same_day, *long_open])


def test_a_clock_that_was_set_years_ahead_thins_nothing_on_its_first_day() -> None:
    """It is set back, or what it says is true: the next day tells."""
    kept = [a_run(NOW), a_run(NOW)]
    in_a_year = NOW + timedelta(days=365)
    a_run(in_a_year), a_run(in_a_year)
    assert run_days.thin("prod", in_a_year) == 0
    assert set(kept) < set(left())
    assert run_days.thin("prod", in_a_year + timedelta(days=1)) == 1


def test_where_jobs_run_on_one_day_of_the_week_the_days_before_the_last_are_thinned() -> None:
    """Nothing ran yesterday, and the run of a week ago says that the one before it is old."""
    today = NOW + timedelta(days=20)
    for age in (21, 14, 7):
        a_run(today - timedelta(days=age)), a_run(today - timedelta(days=age))
    a_run(today)
    assert [run_days.thin("prod", today) for _ in range(3)] == [1, 1, 0]
    assert len(left()) == 5, "the day of a week ago is not known to be over by anything but the present clock"


def test_after_a_pause_what_was_old_before_it_is_thinned_at_once() -> None:
    old, at_last = [a_run(NOW - timedelta(days=9)) for _ in range(3)], [a_run(NOW - timedelta(days=1)) for _ in "ab"]
    later = NOW + timedelta(days=40)
    assert [run_days.thin("prod", later) for _ in range(2)] == [2, 0]
    assert left() == [old[-1], *at_last]
    a_run(later)
    assert run_days.thin("prod", later + timedelta(days=3)) == 1, "the second day on which something ran"
    assert verification.verify().whole


def test_years_are_thinned_a_day_at_a_time_the_oldest_first() -> None:
    for runs, age in ((2, 10), (3, 11), (4, 12)):
        for _ in range(runs):
            a_run(NOW - timedelta(days=age))
    assert [run_days.thin("prod", NOW) for _ in range(4)] == [3, 2, 1, 0]
    assert [day.runs for day in run_days.latest("reconciler", "prod")] == [2, 3, 4]


def test_a_run_is_deleted_only_when_its_day_was_summed() -> None:
    old = NOW - timedelta(days=9)
    _, last = a_run(old), a_run(old)
    with pytest.raises(StoreError, match="only when its day was summed"):
        raw("DELETE FROM job_run")
    run_days.thin("prod", NOW)
    with pytest.raises(StoreError, match="only when its day was summed"):
        raw(f"DELETE FROM job_run WHERE id = {last}")
    with pytest.raises(StoreError, match="never deleted"):
        raw("DELETE FROM job_run_day")
    with pytest.raises(StoreError, match="never changes"):
        raw("UPDATE job_run_day SET runs = 1")
    if not store.database_url_label().startswith("sqlite"):
        with pytest.raises(StoreError):
            raw("TRUNCATE job_run")
    assert left() == [last]


def test_sums_follow_a_cluster_to_its_new_name_and_are_not_summed_again() -> None:
    a_container()
    old = NOW - timedelta(days=9)
    for cluster in ("prod", "main"):
        a_run(old, cluster=cluster)
        a_run(old, cluster=cluster)
        assert run_days.thin(cluster, NOW) == 1
    renaming.rename("prod", "main", ANNA)
    assert run_days.thin("main", NOW) == 0
    assert [day.runs for day in run_days.latest("reconciler", "main")] == [2, 2]


def test_all_runs_since_a_moment_are_counted_also_those_of_thinned_days() -> None:
    old = datetime(2026, 11, 19, tzinfo=UTC)
    for hour in range(4):
        a_run(old + timedelta(hours=hour), closed=hour % 2)
    a_run(old, cluster="lab")
    a_run(NOW), a_run(NOW, ended=False)
    whole = {"complete": 3, "failed": 2, None: 1}
    assert run_days.outcomes_since("reconciler", "prod", old) == whole
    assert run_days.thin("prod", NOW) == 3
    assert run_days.outcomes_since("reconciler", "prod", old) == whole
    late = run_days.outcomes_since("reconciler", "prod", old + timedelta(hours=2))
    assert late == {"complete": 1, "failed": 1, None: 1}, "of a day that began before, what stays is known"
    assert run_days.outcomes_since("reconciler", "prod", NOW) == {"complete": 1, None: 1}
