"""The Tasks screen: what the clusters did last and do now, whoever asked for it; what runs first.

The tasks are read only while the screen is shown, by one request a cluster, each time its list of guests was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual import work
from textual.binding import BindingType

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.privileges import why_no_tasks
from proximity_tui.core.fleet import GuestRow, TaskRow, kept, task_rows
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.cluster.cluster_list import with_cluster
from proximity_tui.screens.container.task_log_screen import TaskLogScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.empty_state import NOTHING_CHECKED, unanswered
from proximity_tui.screens.lists.list_entry import FewFields, Listed, Moment
from proximity_tui.screens.lists.list_screen import ListScreen
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


class TasksScreen(ListScreen):
    """The tasks of every cluster."""

    SCREEN_ID = ScreenId.TASKS
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.TASKS)]
    FILTER_KEYS = frozenset({"task", "status", "vmid", "name", "user", "node", "cluster", "ours", "age"})

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[TaskRow] = ()
        self._tasks: dict[str, tuple[TaskRow, ...]] = {}
        self._trouble: dict[str, str] = {}
        """Why the tasks of a cluster are not known, or are not all that there are."""
        self._hidden: dict[str, str | None] = {}
        """By cluster, why an empty list may hide tasks: without the privilege Proxmox answers with one."""
        self._asked: dict[str, datetime] = {}
        """By cluster, the list of guests that its tasks were read after."""

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns; the cluster is one only where there is more than one."""
        return with_cluster(COLUMNS, view)

    def items(self, view: View) -> Sequence[TaskRow]:
        """Return the tasks that were read, those that run first, then the newest."""
        shown = [row for cluster, rows in self._tasks.items() if cluster in view.polls for row in rows]
        self._rows = kept(self._rows, sorted(shown, key=lambda row: row.place))
        return self._rows

    def entry(self, item: TaskRow) -> Listed:
        """Return the entry of a task."""
        return TaskEntry(item)

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason, cluster by cluster."""
        sentences = [self._why_none(name) or unanswered(poll, now) or "" for name, poll in view.polls.items()]
        return " ".join(filter(None, sentences)) or NOTHING_CHECKED

    def show(self, view: View) -> None:
        """Show what was read, and read again where the list of guests is a new one."""
        super().show(view)
        for name, poll in view.polls.items():
            if poll.inventory is not None and poll.inventory.taken_at != self._asked.get(name):
                self._asked[name] = poll.inventory.taken_at
                self._read(name)

    def do_open(self) -> None:
        """Open the page of the guest that the current task is about."""
        row = self.current()
        if row is None:
            self.show_empty_state()
            return
        guest = _guest_of(self.controller.view, row)
        if guest is not None:
            self.app.routes.open_row(guest)
        else:
            about = f"CT {row.vmid}, which is not listed any more" if row.vmid else "no single guest"
            self.app.show_message(f"This task is about {about}. l shows its log.")

    def do_log(self) -> None:
        """Show the log of the current task, and follow it while the task runs."""
        row = self.current()
        if row is None:
            self.show_empty_state()
        else:
            self.app.push_screen(TaskLogScreen(row.cluster, row.task.upid))

    def current(self) -> TaskRow | None:
        """Return the task under the cursor, unless it is gone."""
        entry = self.current_entry()
        return entry.row if isinstance(entry, TaskEntry) else None

    def _why_none(self, cluster: str) -> str | None:
        if cluster in self._trouble:
            return self._trouble[cluster]
        if cluster in self._tasks:
            why = self._hidden.get(cluster)
            return f"{cluster} lists no task{f': {why}' if why else ''}."
        return f"Reading the tasks of {cluster}." if cluster in self._asked else None

    @work(group="tasks")
    async def _read(self, cluster: str) -> None:
        client = self.controller.context.clients.get(cluster)
        if client is None:
            return
        gaps: list[str] = []
        try:
            found = await self.controller.ask(client.details.tasks, gaps)
            if not found:
                self._hidden[cluster] = await self._why_hidden(client)
        except ProxmoxError as error:
            self._trouble[cluster] = f"The tasks of {cluster} cannot be read: {error.sentence}."
        else:
            self._trouble.pop(cluster, None)
            names = {row.vmid: row.name for row in self.controller.view.everything if row.cluster == cluster}
            self._tasks[cluster] = task_rows(cluster, found, client.token_id, names)
        super().show(self.view)

    async def _why_hidden(self, client: PveClient) -> str | None:
        """Return why an empty list may hide tasks; None where there are none for certain."""
        try:
            return why_no_tasks(await self.controller.ask(client.permissions))
        except ProxmoxError:
            return why_no_tasks(None)


def _guest_of(view: View, row: TaskRow) -> GuestRow | None:
    wanted = (row.cluster, row.vmid)
    found = (one for one in view.everything if (one.cluster, one.vmid) == wanted)
    return None if row.vmid is None else next(found, None)


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
        """Return a cell."""
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
