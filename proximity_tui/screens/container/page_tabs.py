"""The frame of a guest's page: a title, tabs, and below them a text or the table of its tasks. It knows no guest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.widget import Widget

from proximity_tui.core.fleet import STALE_AFTER
from proximity_tui.core.model import Task
from proximity_tui.core.proxmox.catalogue import Timeframe
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.base.base_screen import BaseScreen
from proximity_tui.screens.container.history_charts import SPANS, FiguresHistory, history_lines, read_history
from proximity_tui.screens.container.live import GuestLocation, Reading, add_reading, live_lines, tasks_of
from proximity_tui.screens.container.sections import TASK_COLUMNS, task_row
from proximity_tui.screens.container.task_log_screen import TaskLogScreen
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.lists.list_entry import why_not_done
from proximity_tui.screens.presentation.ages import coarse_age, since
from proximity_tui.screens.text.lines import Line, Lines, Piece, TextLine
from proximity_tui.screens.text.scroll_text import ScrollText
from proximity_tui.widgets.background_work import in_background
from proximity_tui.widgets.table.row_table import RowTable

TIMEFRAMES: tuple[Timeframe, ...] = tuple(SPANS)
TASKS, LIVE = "tasks", "live"


class TabbedPage(BaseScreen):
    """A page with tabs. A subclass has their names, its `location`, and implements `heading` and `text`."""

    TABS: ClassVar[tuple[str, ...]]
    NARROWED = False
    AUTO_FOCUS = "ScrollText"
    DEFAULT_CSS = """
    TabbedPage {
        & #container-title, & #container-tabs, & #container-tasks-age { padding: 0 1; }
        & RowTable { height: 1fr; display: none; }
    }
    """

    def __init__(self, *, at_tasks: bool = False) -> None:
        """Build the page; `at_tasks` begins with the tasks."""
        super().__init__()
        self._tab = self.TABS.index(TASKS) if at_tasks else 0
        self._readings: tuple[Reading, ...] = ()
        self._history: FiguresHistory | None = None
        self._timeframe: Timeframe | None = None
        self._charts: tuple[object, list[TextLine]] = (None, [])
        """The charts as they were drawn last, and what of: a tick draws them again, and nothing has changed."""
        self._tasks: tuple[Task, ...] = ()
        self._tasks_trouble: str | None = None
        self._tasks_read_at: datetime | None = None
        """When the tasks that are shown were read."""
        self._tasks_are_old = False
        """Whether they could not be read again since."""

    @property
    def location(self) -> GuestLocation | None:
        """The cluster, node and VMID of the guest; None where these are not known."""
        raise NotImplementedError

    @property
    def record_id(self) -> int | None:
        """The record whose figures we keep; None for a guest that is not ours."""
        return None

    def heading(self) -> list[Piece]:
        """Return the first line."""
        raise NotImplementedError

    def text(self) -> list[TextLine]:
        """Return the text of the current tab."""
        raise NotImplementedError

    @property
    def tab(self) -> str:
        """The name of the current tab."""
        return self.TABS[self._tab]

    def content(self) -> Iterable[Widget]:
        """Yield the name, the tabs, and a text or a table."""
        yield Line(id="container-title")
        yield Line(id="container-tabs")
        yield ScrollText()
        yield Lines(id="container-tasks-age")
        yield RowTable(TASK_COLUMNS, empty="Reading the tasks.", markable=False)

    @on(events.Mount)
    def _begin(self) -> None:
        if self._tab:
            self.turn_to(self._tab)

    def tick(self) -> None:
        """Update the ages."""
        self.redraw()

    def counts(self) -> str:
        """Return the number of the tab, and of all tabs."""
        return f"tab {self._tab + 1} of {len(self.TABS)}"

    def idle_commands(self) -> frozenset[str]:
        """Return the commands that do not apply: on another tab there is no task under the cursor."""
        return super().idle_commands() | (frozenset() if self.tab == TASKS else {"log"})

    def on_resize(self, event: events.Resize) -> None:
        """Fit the figures to the width of the screen."""
        self.redraw()

    def do_next_tab(self) -> None:
        """Go to the tab on the right."""
        self.turn_to((self._tab + 1) % len(self.TABS))

    def do_previous_tab(self) -> None:
        """Go to the tab on the left."""
        self.turn_to((self._tab - 1) % len(self.TABS))

    def do_log(self) -> None:
        """Show the log of the task under the cursor; on another tab, go to the tasks."""
        if self.tab != TASKS:
            self.turn_to(self.TABS.index(TASKS))
            return
        table = self.query_one(RowTable)
        key = table.cursor_key
        if key is not None and self.location is not None:
            self.app.push_screen(TaskLogScreen(self.location.cluster, key))
        else:
            self.app.show_message(why_not_done(gone=False, empty=table.empty))

    def do_history(self) -> None:
        """Show charts of the last hour; on a second press of the last day, then week, month, year."""
        following = TIMEFRAMES.index(self._timeframe) + 1 if self._timeframe is not None else 0
        self._timeframe = TIMEFRAMES[following % len(TIMEFRAMES)]
        self.turn_to(self.TABS.index(LIVE))
        self._request_history()

    def do_refresh(self) -> None:
        """Poll the cluster, and read the history that is shown again."""
        super().do_refresh()
        self._request_history()

    @on(RowTable.Selected)
    @on(RowTable.NothingSelected)
    def _task_selected(self) -> None:
        """Show the log of the task, unless a person bound enter to something else on the page."""
        command = self.app.keymap.command_of("enter", self.SCREEN_ID)
        if command is None or "enter" in command.keys:
            self.do_log()
        else:
            self.action_run(command.id)

    def turn_to(self, tab: int) -> None:
        """Show a tab from its beginning."""
        self._tab = tab
        table, text = self.query_one(RowTable), self.query_one(ScrollText)
        table.display = self.tab == TASKS
        text.display = not table.display
        (table if table.display else text).focus()
        text.action_first()
        if table.display:
            self.read_tasks()
        self._view_changed(self.view)

    def add_reading(self) -> None:
        """Keep the figures of the last list, if they are new."""
        if self.location is not None:
            poll = self.view.polls.get(self.location.cluster)
            self._readings = add_reading(self._readings, poll, self.location.vmid)

    def live_text(self) -> list[TextLine]:
        """Return the figures since the page is open, and the charts of the history."""
        width = self.size.width
        return [
            *live_lines(self._readings, width, self.controller.clock.now()),
            *self._history_lines(),
        ]

    def _history_lines(self) -> list[TextLine]:
        of = self._history, self.size
        if self._charts[0] != of:
            self._charts = of, history_lines(self._history, self.size.width, self.size.height)
        return self._charts[1]

    @property
    def client(self) -> PveClient | None:
        """The client of its cluster."""
        return self.controller.context.clients.get(self.location.cluster) if self.location is not None else None

    def read_tasks(self) -> None:
        """Read the tasks of the guest again."""
        in_background(self, self._read_tasks, exclusive=True, group="tasks")

    async def _read_tasks(self) -> None:
        found, self._tasks_trouble = await self.controller.ask(tasks_of, self.client, self.location)
        self._tasks_are_old = found is None
        if found is not None:
            self._tasks, self._tasks_read_at = found, self.controller.clock.now()
        self.redraw()

    def _request_history(self) -> None:
        if self._timeframe is not None:
            in_background(self, partial(self._read_history, self._timeframe), exclusive=True, group="history")

    async def _read_history(self, timeframe: Timeframe) -> None:
        now = self.controller.clock.now()
        self._history = await self.controller.ask(
            read_history, self.client, self.location, self.record_id, timeframe, now
        )
        self.redraw()

    @unless_unmounted
    def redraw(self) -> None:
        """Draw everything again; only changes are painted."""
        if not self.is_mounted:
            return
        self.query_one("#container-title", Line).set_text(self.heading())
        tabs: list[Piece] = [
            (f"[{name}]  " if number == self._tab else f" {name}   ", "accent" if number == self._tab else "dim")
            for number, name in enumerate(self.TABS)
        ]
        self.query_one("#container-tabs", Line).set_text(tabs)
        self.query_one("#container-tasks-age", Lines).set_text(self._tasks_age() if self.tab == TASKS else [])
        if self.tab == TASKS:
            table = self.query_one(RowTable)
            table.empty = self._tasks_trouble or "Reading the tasks."
            table.show([task_row(task) for task in self._tasks])
        else:
            self.query_one(ScrollText).set_text(self.text())

    def _tasks_age(self) -> list[TextLine]:
        """Return what is not true of the tasks any more, or how old they are; an empty table says it itself."""
        if not self._tasks:
            return []
        seconds = since(self._tasks_read_at, self.controller.clock.now()) or 0.0
        age = f"as they were {coarse_age(seconds)} ago"
        trouble = (self._tasks_trouble or "").rstrip(".")
        if trouble:
            return [[(f"{trouble}. The tasks are shown {age}." if self._tasks_are_old else f"{trouble}.", "warn")]]
        again = f"{bound_key('refresh')} reads them again."
        return [[(f"The tasks are shown {age}. {again}", "dim")]] if seconds > STALE_AFTER else []
