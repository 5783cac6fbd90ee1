"""A job of a cluster in the list."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from proximity_tui.core.base.value_object import value_object
from proximity_tui.screens.lists.list_entry import FewFields, Moment
from proximity_tui.screens.presentation.job_text import found_text, last_cell, next_text, state_cell, took_text
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.filter import Field, Fields
from proximity_tui.widgets.table.quantity import Amount

if TYPE_CHECKING:
    from proximity_tui.core.jobs.status import JobStatus

COLUMNS = (
    Column("job", "JOB", 10),
    Column("cluster", "CLUSTER", 7, flex=1, max=16, priority=2),
    Column("state", "STATE", 12, flex=2, max=30, live=True),
    Column("last", "LAST RUN", 17, flex=1, max=22, priority=2, live=True),
    Column("took", "TOOK", 5, align="right", priority=5),
    Column("next", "NEXT", 5, align="right", priority=3, live=True),
    Column("found", "FOUND", 12, flex=6, priority=4),
)


def key_of(status: JobStatus) -> str:
    """Return the key of a job: its name and its cluster."""
    return f"{status.job}/{status.cluster}"


@value_object
class JobEntry(FewFields):
    """A job in the list."""

    status: JobStatus

    @property
    def key(self) -> str:
        """The job and its cluster."""
        return key_of(self.status)

    @property
    def urgent(self) -> bool:
        """True when the clock that starts it has died."""
        return self.status.stopped

    def seen_at(self, at: Moment) -> datetime | None:
        """Return when its last run ended."""
        return self.status.last.finished_at if self.status.last else None

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return the cell of a column, with ages as they are `at` that moment."""
        status = self.status
        match column:
            case "state":
                return state_cell(status, at.now)
            case "last":
                ended, last = self.seen_at(at), last_cell(status, at.now)
                return last if ended is None else replace(last, order=ended.timestamp())
            case "took":
                took = status.last.duration if status.last is not None else None
                return Cell(took_text(status.last), order=None if took is None else took.total_seconds())
            case "next":
                begins = next_text(status, at.now)
                due = status.next_run.timestamp() if begins and status.next_run is not None else None
                return Cell(begins, order=due)
            case "found":
                return found_text(status.last)
            case _:
                return str(getattr(status, column))

    def fields(self, at: Moment) -> Fields:
        """Return the fields of the filter's `key:value`."""
        ended, state = self.seen_at(at), state_cell(self.status, at.now).text
        age: Field = () if ended is None else Amount((at.now - ended).total_seconds())
        return {"job": self.status.job, "cluster": self.status.cluster, "state": state, "age": age}

    def detail(self, at: Moment) -> str:
        """Return job, cluster and state."""
        return f"{self.status.job} of {self.status.cluster}: {state_cell(self.status, at.now).text}"
