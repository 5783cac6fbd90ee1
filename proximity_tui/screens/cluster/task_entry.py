"""A task of a cluster in the list."""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.fleet import TaskRow
from proximity_tui.screens.lists.list_entry import FewFields, Moment
from proximity_tui.screens.presentation.task_cells import began_cell, by_cell, end_cell, lasted_cell
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.filter import Fields
from proximity_tui.widgets.table.quantity import Amount

COLUMNS = (
    Column("end", "OUTCOME", 12, flex=3, max=40),
    Column("type", "TASK", 10, flex=1, max=16),
    Column("guest", "GUEST", 12, flex=2, max=30),
    Column("user", "BY", 12, flex=2, max=36, priority=2),
    Column("lasted", "LASTED", 7, align="right", priority=3, live=True),
    Column("began", "BEGAN", 10, flex=2, max=21, priority=4),
    Column("node", "NODE", 6, flex=1, max=16, priority=5),
)


@value_object
class TaskEntry(FewFields):
    """A task in the list."""

    row: TaskRow

    @property
    def key(self) -> str:
        """The key of the row."""
        return self.row.key

    @property
    def urgent(self) -> bool:
        """True when it failed."""
        return self.row.task.failed

    def seen_at(self, at: Moment) -> datetime | None:
        """Return when it ended, or began while it runs."""
        return self.row.task.ended_at or self.row.task.started_at

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return the cell of a column, with ages as they are `at` that moment."""
        row = self.row
        match column:
            case "end":
                return end_cell(row.task)
            case "guest":
                return Cell(row.guest, order=row.vmid)
            case "user":
                return by_cell(row)
            case "lasted":
                return lasted_cell(row.task, at.now)
            case "began":
                return began_cell(row.task, at.now)
            case "cluster":
                return row.cluster
            case _:
                return str(getattr(row.task, column))

    def fields(self, at: Moment) -> Fields:
        """Return the fields of the filter's `key:value`."""
        row, task = self.row, self.row.task
        return {
            "task": task.type,
            "status": end_cell(task).text,
            "vmid": str(row.vmid or ""),
            "name": row.name or "",
            "user": task.user,
            "node": task.node,
            "cluster": row.cluster,
            "ours": "yes" if row.ours else "no",
            "age": Amount((at.now - task.started_at).total_seconds()),
        }

    def detail(self, at: Moment) -> str:
        """Return everything about it in one line."""
        task = self.row.task
        ours = ", our token" if self.row.ours else ""
        return f"{end_cell(task).text}: {task.type} {self.row.guest} on {task.node} by {task.user}{ours}; {task.upid}"
