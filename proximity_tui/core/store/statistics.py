"""The size of the open database, table by table, now and in a year if it goes on as in the last days.

It reads tables and columns from the database itself, so that none is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.store.database import opened, unit
from proximity_tui.core.store.db.fields import now, time_from_text, time_to_text
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.figures.folding import DAYS_KEPT, HOURS_KEPT
from proximity_tui.core.store.figures.packing import MINUTES
from proximity_tui.core.store.jobs.run_days import KEPT_WHOLE
from proximity_tui.core.store.migrations import HISTORY

LAST_DAYS: Final = KEPT_WHOLE
"""The time whose rows say how fast a table grows: for so long every run of a job is kept."""
RUNS, SUMS = "job_run", "job_run_day"
_FIGURES: Final[Mapping[str, tuple[str, int]]] = {
    "figures_minute": ("cluster", 2 * MINUTES),
    "figures_hour": ("container_id", HOURS_KEPT + 1),
    "figures_day": ("container_id", DAYS_KEPT + 1),
}
"""By table of figures, whose rows they are, and how many rows each has at most: the older ones are thinned."""
_YEAR: Final = 365

_MADE_AT: Final[Mapping[str, str]] = {
    "alert": "opened_at",
    "arming": "armed_at",
    "breaker": "opened_at",
    "change_freeze": "frozen_at",
    "clinical_record": "captured_at",
    "config_revision": "taken_at",
    "container": "created_at",
    "event": "at",
    "job_run": "started_at",
    "operation": "started_at",
    "operation_step": "intent_at",
    "port": "allocated_at",
}
"""By table, the column that says when a row was made. The others have a row for each thing there is, and do not grow by
themselves."""


@value_object
class TableSize:
    """The rows and bytes of a table, indexes included, now and in a year. Bytes are None where the database cannot
    tell.
    """

    table: str
    rows: int
    bytes: int | None
    rows_a_day: float
    rows_in_a_year: int

    @property
    def bytes_in_a_year(self) -> int | None:
        """The bytes in a year, if a row takes as much then as it does now."""
        if self.bytes is None or not self.rows:
            return self.bytes
        return round(self.bytes / self.rows * self.rows_in_a_year)


@value_object
class DatabaseSize:
    """The sizes of all tables, the largest first."""

    label: str
    tables: tuple[TableSize, ...]
    days: float
    """The days from which the growth was taken: fewer where the database is younger."""

    @property
    def bytes(self) -> int | None:
        """The bytes of all tables."""
        return _total(table.bytes for table in self.tables)

    @property
    def bytes_in_a_year(self) -> int | None:
        """The bytes of all tables in a year."""
        return _total(table.bytes_in_a_year for table in self.tables)


def measure() -> DatabaseSize:
    """Return the size of every table. Reads each table once."""
    with unit():
        moment, backend = now(), opened()
        days = _days(moment)
        since = time_to_text(moment - timedelta(days=days))
        sizes = backend.table_sizes()
        found = [_table(table, sizes.get(table), since, days) for table in backend.db.get_tables()]
    found.sort(key=lambda one: (-(one.bytes or 0), -one.rows, one.table))
    return DatabaseSize(backend.label, tuple(found), days)


def _days(moment: datetime) -> float:
    """Return the days of the measurement: the last ones, or all since the database was made, but one at least."""
    made = time_from_text(_sql(f"SELECT min(applied_at) FROM {HISTORY}"))
    return min(LAST_DAYS, max(timedelta(days=1), moment - made)) / timedelta(days=1)


def _table(table: str, size: int | None, since: str, days: float) -> TableSize:
    rows = int(_sql(f"SELECT count(*) FROM {table}"))
    column = _MADE_AT.get(table)
    fresh = int(_sql(f"SELECT count(*) FROM {table} WHERE {column} >= '{since}'")) if column else 0
    a_day = fresh / days
    if table == RUNS:
        # One run of each job stays for each day but those of the last week.
        week = round(a_day * KEPT_WHOLE.days)
        in_a_year = _older_job_days(since) + _jobs_at_work(since) * (_YEAR - KEPT_WHOLE.days) + week
    elif table == SUMS:
        a_day = float(_jobs_at_work(since))
        in_a_year = rows + round(a_day * _YEAR)
    elif table in _FIGURES:
        whose, kept = _FIGURES[table]
        in_a_year = kept * int(_sql(f"SELECT count(DISTINCT {whose}) FROM {table}"))
    else:
        in_a_year = rows + round(a_day * _YEAR)
    return TableSize(table, rows, size, a_day, in_a_year)


def _jobs_at_work(since: str) -> int:
    """Return the number of jobs, each of a cluster, that ran in the last days."""
    return _number_of("job, cluster", f"started_at >= '{since}'")


def _older_job_days(since: str) -> int:
    """Return the number of days, each of a job of a cluster, on which it ran before the last days."""
    return _number_of("job, cluster, substr(started_at, 1, 10)", f"started_at < '{since}'")


def _number_of(columns: str, condition: str) -> int:
    return int(_sql(f"SELECT count(*) FROM (SELECT DISTINCT {columns} FROM {RUNS} WHERE {condition}) AS one"))


def _sql(statement: str) -> Any:
    return run_sql(opened().db, statement)[0][0]


def _total(sizes: Iterable[int | None]) -> int | None:
    known = [size for size in sizes if size is not None]
    return sum(known) if known else None
