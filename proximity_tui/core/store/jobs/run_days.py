"""The thinning of old runs: all of the last week stay, then the last run of each day and the sums of that day.

The database refuses to delete a run whose day was not summed (see `triggers`). Alerts and events are never thinned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import peewee

from proximity_tui.core.model.job import RunDay
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.queries import dicts, tuples
from proximity_tui.core.store.schema.job_tables import JobRunDayRow, JobRunRow

KEPT_WHOLE = timedelta(days=7)
"""The age up to which every run stays; a day is thinned as a whole once all of it is older."""
# With literals: PostgreSQL does not take two expressions with parameters for the same group.
_DAY = peewee.fn.SUBSTR(JobRunRow.started_at, peewee.SQL("1"), peewee.SQL("10")).coerce(False)


def thin(cluster: str, now: datetime) -> int:
    """Sum and thin the oldest day of one job of a cluster, if all of it is older than a week. Return the number of
    deleted runs, 0 when no day is left.

    One day, so that the transaction is short also in a database of many years: whoever holds the lease must renew it
    meanwhile. Inside an open `transaction()` it is part of that.
    """
    with transaction():
        due = _due(cluster, now)
        return _thin_day(cluster, due[0], date.fromisoformat(due[1])) if due is not None else 0


def latest(job: str, cluster: str, limit: int = 50) -> tuple[RunDay, ...]:
    """Return the sums of the last days that were thinned, the newest first."""
    mine = (JobRunDayRow.job == job) & (JobRunDayRow.cluster == cluster)
    query = JobRunDayRow.select().where(mine).order_by(JobRunDayRow.day.desc(), JobRunDayRow.id.desc()).limit(limit)
    with unit():
        return tuple(_run_day(row) for row in dicts(query))


def outcomes_since(job: str, cluster: str, since: datetime) -> Mapping[str | None, int]:
    """Return how many runs of a job began since a moment, by outcome (None: under way). Those of thinned days are taken
    from their sums; of a thinned day that began before, only the run that stays is known.
    """
    midnight = _midnight(since)
    first = midnight.date() if midnight == since else midnight.date() + timedelta(days=1)
    days = (JobRunDayRow.job == job) & (JobRunDayRow.cluster == cluster) & (JobRunDayRow.day >= first.isoformat())
    summed = JobRunDayRow.select(JobRunDayRow.kept).where(days)
    query = JobRunRow.select(JobRunRow.outcome, peewee.fn.COUNT(JobRunRow.id)).where(
        JobRunRow.job == job, JobRunRow.cluster == cluster, JobRunRow.started_at >= since, JobRunRow.id.not_in(summed)
    )
    found: Counter[str | None] = Counter()
    with unit():
        for outcome, number in tuples(query.group_by(JobRunRow.outcome)):
            found[outcome] += number
        for (outcomes,) in tuples(JobRunDayRow.select(JobRunDayRow.outcomes).where(days)):
            found.update(outcomes or {})
    return dict(found)


def _due(cluster: str, now: datetime) -> tuple[Any, ...] | None:
    """Return job and day of the oldest day that has more than one run left, apart from the ones kept for good. A day is
    over a week old only where a run of another day says so, too: the clock may have been set forward today, and is set
    back then. After a pause the days right before it wait for the second day on which something runs.
    """
    before_today = JobRunRow.select(peewee.fn.MAX(JobRunRow.started_at)).where(JobRunRow.started_at < _midnight(now))
    last = before_today.scalar()
    if last is None:
        return None
    first_whole_day = _midnight(last) + timedelta(days=1) - KEPT_WHOLE
    query = (
        JobRunRow.select(JobRunRow.job, _DAY)
        .where(_ended(cluster), JobRunRow.started_at < first_whole_day)
        .group_by(JobRunRow.job, _DAY)
        .having(peewee.fn.COUNT(JobRunRow.id) > 1)
        .order_by(_DAY)
        .limit(1)
    )
    found = tuples(query)
    return found[0] if found else None


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)


def _thin_day(cluster: str, job: str, day: date) -> int:
    begin = datetime.combine(day, time(), UTC)
    of_day = (JobRunRow.started_at >= begin) & (JobRunRow.started_at < begin + timedelta(days=1))
    runs = dicts(JobRunRow.select().where(_ended(cluster), JobRunRow.job == job, of_day).order_by(JobRunRow.id))
    *rest, last = (run["id"] for run in runs)
    JobRunDayRow.insert(job=job, cluster=cluster, day=day.isoformat(), kept=last, **_sums(runs)).execute()
    deleted: int = JobRunRow.delete().where(JobRunRow.id.in_(rest)).execute()
    return deleted


def _ended(cluster: str) -> Any:
    kept = JobRunDayRow.select(JobRunDayRow.kept)
    return (JobRunRow.cluster == cluster) & JobRunRow.finished_at.is_null(False) & JobRunRow.id.not_in(kept)


def _sums(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    counters: Counter[str] = Counter()
    for run in runs:
        counters.update(run["counters"] or {})
    durations = (run["finished_at"] - run["started_at"] for run in runs)
    return {
        "runs": len(runs),
        "milliseconds": sum(durations, timedelta()) // timedelta(milliseconds=1),
        "outcomes": dict(Counter(run["outcome"] for run in runs)),
        "counters": dict(counters),
    }


def _run_day(row: Mapping[str, Any]) -> RunDay:
    return RunDay(
        job=row["job"],
        cluster=row["cluster"],
        day=date.fromisoformat(row["day"]),
        runs=row["runs"],
        duration=timedelta(milliseconds=row["milliseconds"]),
        outcomes=row["outcomes"] or {},
        counters=row["counters"] or {},
    )
