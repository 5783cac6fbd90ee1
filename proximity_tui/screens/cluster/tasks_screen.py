"""The Tasks screen: what the clusters did last and do now, whoever asked for it; what runs first.

The tasks are read only while the screen is shown, by one request a cluster, each time its list of guests was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.widget import Widget

from proximity_tui.core.doctrine.observation.privileges import why_no_tasks
from proximity_tui.core.fleet import GuestRow, TaskRow, kept, task_rows
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.cluster.cluster_list import with_cluster
from proximity_tui.screens.cluster.task_entry import COLUMNS, TaskEntry
from proximity_tui.screens.container.task_log_screen import TaskLogScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.cluster_readings import ClusterReadings
from proximity_tui.screens.lists.empty_state import NOTHING_CHECKED, unanswered
from proximity_tui.screens.lists.list_screen import Listed, ListScreen, Moment
from proximity_tui.screens.text.lines import Lines
from proximity_tui.screens.view.answer_order import AnswerOrder
from proximity_tui.widgets.table.columns import Column


class TasksScreen(ListScreen):
    """The tasks of every cluster."""

    SCREEN_ID = ScreenId.TASKS
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.TASKS)]
    FILTER_KEYS = frozenset({"task", "status", "vmid", "name", "user", "node", "cluster", "ours", "age"})

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[TaskRow] = ()
        self._tasks: ClusterReadings[TaskRow] = ClusterReadings("task")
        self._hidden: dict[str, str | None] = {}
        """By cluster, why an empty list may hide tasks: without the privilege Proxmox answers with one."""
        self._asked: dict[str, datetime] = {}
        """By cluster, the list of guests that its tasks were read after."""
        self._order = AnswerOrder()

    def content(self) -> Iterable[Widget]:
        """Yield what is not true of the list below, and the list."""
        yield Lines(id="tasks-trouble")
        yield from super().content()

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns; the cluster is one only where there is more than one."""
        return with_cluster(COLUMNS, view)

    def items(self, view: View) -> Sequence[TaskRow]:
        """Return the tasks that were read, those that run first, then the newest."""
        self._rows = kept(self._rows, sorted(self._tasks.rows(view.polls), key=lambda row: row.place))
        return self._rows

    def entry(self, item: TaskRow) -> Listed:
        """Return the entry of a task."""
        return TaskEntry(item)

    def read_at(self, entry: Listed, at: Moment) -> datetime | None:
        """Return when the tasks of its cluster were read."""
        return self._tasks.read_at(entry.row.cluster) if isinstance(entry, TaskEntry) else None

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason, cluster by cluster."""
        if view.taken_at is None:
            return "Loading the tasks."
        sentences = [self._remark(name, now) or unanswered(poll, now) or "" for name, poll in view.polls.items()]
        return " ".join(filter(None, sentences)) or NOTHING_CHECKED

    @property
    def is_read(self) -> bool:
        return self._tasks.is_read(self.view.polls)

    def show(self, view: View) -> None:
        """Show what was read, and read again where the list of guests is a new one."""
        self._show_what_was_read(view)
        for name, poll in view.polls.items():
            if poll.inventory is not None and poll.inventory.taken_at != self._asked.get(name):
                self._asked[name] = poll.inventory.taken_at
                self._read(name)

    def tick(self) -> None:
        """Update the ages."""
        super().tick()
        self._show_trouble()

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
            self.app.show_message(f"This task is about {about}. {bound_key('log')} shows its log.")

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

    def _why_none(self, cluster: str) -> str:
        why = self._hidden.get(cluster)
        return f"{cluster} lists no task{f': {why}' if why else ''}."

    def _remark(self, cluster: str, now: datetime) -> str | None:
        """Return why nothing is listed of a cluster; None before it was asked."""
        if cluster not in self._asked:
            return None
        return self._tasks.remark(cluster, now) or self._why_none(cluster)

    @work(group="tasks")
    async def _read(self, cluster: str) -> None:
        client = self.controller.context.clients.get(cluster)
        if client is None:
            return
        gaps: list[str] = []
        number, now = self._order.ask(), self.controller.clock.now()
        trouble: str | None = None
        try:
            found = await self.controller.ask(client.details.tasks, gaps)
            hidden = None if found else await self._why_hidden(client)
        except ProxmoxError as error:
            trouble = error.sentence
        if not self._order.take(cluster, number):
            return
        if trouble is not None:
            self._tasks.fail(cluster, trouble)
        else:
            self._hidden[cluster] = hidden
            names = {row.vmid: row.name for row in self.controller.view.everything if row.cluster == cluster}
            rows = task_rows(cluster, found, client.token_id, names)
            self._tasks.take(cluster, rows, gaps, now)
        self._show_what_was_read(self.view)

    def _show_what_was_read(self, view: View) -> None:
        super().show(view)
        self._show_trouble()

    @unless_unmounted
    def _show_trouble(self) -> None:
        # An empty list says it itself.
        sentences = self._reading_errors(self.view) if self.entries.rows else ()
        self.query_one("#tasks-trouble", Lines).set_text([[(f" {one}", "warn")] for one in sentences])

    def _reading_errors(self, view: View) -> Iterator[str]:
        """Yield of each cluster why its tasks are old ones, are not all that there are, or are none."""
        now = self.controller.clock.now()
        for name, poll in view.polls.items():
            silent = f"{name} does not answer: {poll.error}." if poll.error is not None else None
            if silent is None and name not in self._asked:
                continue
            remark = self._tasks.remark(name, now, silent)
            if remark is None and self._hidden.get(name) and not self._tasks.rows([name]):
                remark = self._why_none(name)
            if remark is not None:
                yield remark

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
