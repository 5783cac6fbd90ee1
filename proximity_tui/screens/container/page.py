"""The page of a container: overview, live figures, clinical record, events, tasks. It shows; its dialogs act."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import ClassVar

from textual import events as textual_events
from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from proximity_tui.core.engine.observe.drift_check import compare_with_record
from proximity_tui.core.model import Container, Event, GuestLookup, Task
from proximity_tui.core.proxmox.catalogue import RrdSample, Timeframe
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.store import events
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import clinical, records
from proximity_tui.core.store.records.clinical import Revision
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.base.base_screen import BaseScreen
from proximity_tui.screens.container.live import Reading, add_reading, history_lines, history_of, live_lines, tasks_of
from proximity_tui.screens.container.sections import (
    TASK_COLUMNS,
    clinical_lines,
    event_lines,
    inspection_lines,
    overview_lines,
    task_row,
)
from proximity_tui.screens.container.shell import open_shell
from proximity_tui.screens.container.task_log import TaskLogScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.keys import ScreenId
from proximity_tui.screens.operation.progress import ProgressDialog
from proximity_tui.screens.text.lines import Line, Piece, TextLine
from proximity_tui.screens.text.scroll_text import ScrollText
from proximity_tui.widgets.table.row_table import RowTable

TABS = ("overview", "live", "clinical", "events", "tasks")
TIMEFRAMES: tuple[Timeframe, ...] = ("hour", "day", "week")
EVENTS = 200


class ContainerScreen(BaseScreen):
    """The page of one record, also after it was closed."""

    PLACE = ScreenId.CONTAINER
    AUTO_FOCUS = "ScrollText"
    DEFAULT_CSS = """
    ContainerScreen {
        & #container-title, & #container-tabs { padding: 0 1; }
        & RowTable { height: 1fr; display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.CONTAINER)]

    def __init__(self, container_id: int) -> None:
        super().__init__()
        self._record_id = container_id
        self._record: Container | None = None
        self._trouble: str | None = None
        self._tab = 0
        self._reveal = False
        self._compared = False
        self._seen: GuestLookup | None = None
        self._readings: tuple[Reading, ...] = ()
        self._history: tuple[RrdSample, ...] | None = None
        self._timeframe: Timeframe | None = None
        self._history_trouble: str | None = None
        self._revision: Revision | None = None
        self._events: tuple[Event, ...] = ()
        self._tasks: tuple[Task, ...] = ()
        self._tasks_trouble: str | None = None

    def content(self) -> Iterable[Widget]:
        """Yield the name, the tabs, and a text or a table."""
        yield Line(id="container-title")
        yield Line(id="container-tabs")
        yield ScrollText()
        yield RowTable(TASK_COLUMNS, empty="Reading the tasks.", markable=False)

    def show(self, view: View) -> None:
        """Show the view, and read the record again."""
        cluster = self._record.cluster if self._record is not None else ""
        if cluster:
            vmid = self._record.vmid if self._record is not None else None
            self._readings = add_reading(self._readings, view.looks.get(cluster), vmid)
        self.run_worker(self._read(), exclusive=True, group="record")
        self._tell()

    def tick(self) -> None:
        """Update the ages."""
        self._tell()

    def counts(self) -> str:
        """Return the number of the tab, and of all tabs."""
        return f"{self._tab + 1} of {len(TABS)}"

    def on_resize(self, event: textual_events.Resize) -> None:
        """Fit the figures to the width of the screen."""
        if self._record is not None:
            self._tell()

    def do_next_tab(self) -> None:
        """Go to the tab on the right."""
        self._turn_to((self._tab + 1) % len(TABS))

    def do_previous_tab(self) -> None:
        """Go to the tab on the left."""
        self._turn_to((self._tab - 1) % len(TABS))

    def do_delete(self) -> None:
        """Open the soft/hard dialog."""
        self.app.routes.open_delete([self._record_id])

    def do_power(self) -> None:
        """Open the power dialog."""
        self.app.routes.open_power(self._record_id)

    def do_clone(self) -> None:
        """Open the form for a clone."""
        self.app.routes.open_clone(self._record_id)

    def do_raw(self) -> None:
        """Show the config as Proxmox has it, and the differences."""
        if self._record is not None and self._record.vmid is not None:
            self.app.routes.open_raw(self._record.cluster, self._record.vmid, self._record_id)
        else:
            self.app.show_message("The container has no VMID, so it has no config to read.", bad=True)

    def do_shell(self) -> None:
        """Leave the screen for a shell in the container."""
        if self._record is not None:
            open_shell(self.app, self._record.cluster, self._record.node, self._record.vmid)

    def do_log(self) -> None:
        """Show the log of the task under the cursor; on another tab, go to the tasks."""
        if TABS[self._tab] != "tasks":
            self._turn_to(TABS.index("tasks"))
            return
        key = self.query_one(RowTable).cursor_key
        if key is not None and self._record is not None:
            self.app.push_screen(TaskLogScreen(self._record.cluster, key))

    def do_reveal(self) -> None:
        """Show values that may be secret, or mask them again."""
        self._reveal = not self._reveal
        self._tell()

    def do_watch(self) -> None:
        """Watch the operation that is under way, in whichever process."""
        row = self.view.row(self._record_id)
        if row is None or row.operation is None:
            self.app.show_message("No operation is in progress.")
        else:
            self.app.push_screen(ProgressDialog(row.operation.plan, operation_id=row.operation.id))

    def do_history(self) -> None:
        """Request Proxmox's figures of the last hour; on a second press of the last day, then week."""
        following = TIMEFRAMES.index(self._timeframe) + 1 if self._timeframe is not None else 0
        self._timeframe = TIMEFRAMES[following % len(TIMEFRAMES)]
        self._turn_to(TABS.index("live"))
        self.run_worker(self._read_history(self._timeframe), exclusive=True, group="history")

    def do_refresh(self) -> None:
        """Poll the cluster, inspect the container, and read the tasks again."""
        super().do_refresh()
        self.run_worker(self._compare(), exclusive=True, group="compare")
        self.run_worker(self._read_tasks(), exclusive=True, group="tasks")

    @on(RowTable.Selected)
    def _task_selected(self) -> None:
        self.do_log()

    def _turn_to(self, tab: int) -> None:
        self._tab = tab
        table, text = self.query_one(RowTable), self.query_one(ScrollText)
        table.display = TABS[tab] == "tasks"
        text.display = not table.display
        (table if table.display else text).focus()
        text.action_first()
        if table.display:
            self.run_worker(self._read_tasks(), exclusive=True, group="tasks")
        self._view_changed(self.view)

    async def _read(self) -> None:
        try:
            self._record = await self.controller.ask(records.get, self._record_id)
            self._events = await self.controller.ask(events.list_events, container=self._record_id, limit=EVENTS)
            self._revision = await self.controller.ask(clinical.latest, self._record_id)
            self._trouble = None
        except StoreError as error:
            self._trouble = str(error)
        if self._record is not None and not self._readings:
            look = self.view.looks.get(self._record.cluster)
            self._readings = add_reading(self._readings, look, self._record.vmid)
        if self._record is not None and not self._compared:
            self._compared = True
            self.run_worker(self._compare(), exclusive=True, group="compare")
        self._tell()

    async def _compare(self) -> None:
        """Inspect the whole config, so that this page and every list know the drift; the view brings the number."""
        record = self._record
        if record is None or record.is_tombstone:
            return
        self._seen = await self.controller.ask(self.controller.session.engine.inspect, record, backups=True)
        with suppress(StoreError):
            # What keeps the database from answering is said by everything that reads it.
            await self.controller.ask(
                compare_with_record, record, self._seen, remember=self.controller.read_only is None
            )
        self._tell()

    async def _read_tasks(self) -> None:
        found, self._tasks_trouble = await self.controller.ask(tasks_of, self._client, self._record)
        self._tasks = self._tasks if found is None else found
        self._tell()

    async def _read_history(self, timeframe: Timeframe) -> None:
        found, self._history_trouble = await self.controller.ask(history_of, self._client, self._record, timeframe)
        self._history = self._history if found is None else found
        self._tell()

    @property
    def _client(self) -> PveClient | None:
        return self.controller.session.clients.get(self._record.cluster) if self._record is not None else None

    @unless_unmounted
    def _tell(self) -> None:
        """Draw everything again; only changes are painted."""
        if not self.is_mounted:
            return
        self.query_one("#container-title", Line).set_text(self._title())
        tabs: list[Piece] = [
            (f"[{name}]  " if place == self._tab else f" {name}   ", "accent" if place == self._tab else "dim")
            for place, name in enumerate(TABS)
        ]
        self.query_one("#container-tabs", Line).set_text(tabs)
        if TABS[self._tab] == "tasks":
            table = self.query_one(RowTable)
            table.empty = self._tasks_trouble or "Reading the tasks."
            table.show([task_row(task) for task in self._tasks])
        else:
            self.query_one(ScrollText).set_text(self._text())

    def _title(self) -> list[Piece]:
        if self._record is None:
            return [(self._trouble or "Reading the record.", "bad" if self._trouble else "dim")]
        pieces: list[Piece] = [(self._record.label, "accent"), (f", cluster {self._record.cluster}", "normal")]
        if self._record.is_tombstone:
            pieces.append(("  CLOSED", "warn"))
        return [*pieces, (f"  {self._trouble}", "bad")] if self._trouble else pieces

    def _text(self) -> list[TextLine]:
        record, now, width = self._record, self.controller.clock.now(), self.size.width
        if record is None:
            return []
        texts: dict[str, Callable[[], list[TextLine]]] = {
            "overview": lambda: [
                *overview_lines(record, self.view.row(record.id), self.view, now, self.controller.session.engine.owner),
                *inspection_lines(record, self._seen),
            ],
            "live": lambda: [
                *live_lines(self._readings, width, now),
                *history_lines(self._history, self._timeframe or "hour", self._history_trouble, width),
            ],
            "clinical": lambda: clinical_lines(self._revision, reveal=self._reveal),
            "events": lambda: event_lines(self._events),
        }
        return texts[TABS[self._tab]]()
