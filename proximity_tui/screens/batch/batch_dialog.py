"""The base of dialogs for several containers: each is inspected by itself, then the work is done on one or a few at a
time, each succeeds or fails alone, and stopping in the middle leaves the rest untouched.

The work itself is not known here.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult

from proximity_tui.screens.app.background_task import BackgroundTask, ShowsEnds
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.batch.batch_columns import CLUSTER, as_wide_as_needed
from proximity_tui.screens.batch.inspects_items import InspectsItems
from proximity_tui.screens.batch.item import BatchItem, Phase, asking_title, progress_title
from proximity_tui.screens.batch.table_dialog import TableDialog
from proximity_tui.screens.text.lines import Lines
from proximity_tui.widgets.background_work import in_background
from proximity_tui.widgets.dialogs.dialog import BODY
from proximity_tui.widgets.line_controls import LineButton
from proximity_tui.widgets.table.cells import Row
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.row_table import RowTable

DRAW_EVERY = 0.1
"""Seconds between two drawings of the whole table while items change."""

T = TypeVar("T", bound=BatchItem)


class BatchDialog(ShowsEnds, InspectsItems[T], TableDialog, Generic[T]):
    """A dialog for a batch. Subclasses define the questions, the inspection and the work; `show` draws everything."""

    DEFAULT_CSS = """
    BatchDialog {
        & > DialogBox { width: 110; height: 26; }
        & RowTable { height: 1fr; min-height: 2; }
        & .detail { height: 2; }
        &.-short .detail { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """
    NAME: ClassVar[str]
    """What the ids of its parts begin with."""
    COLUMNS: ClassVar[Sequence[Column]]
    DANGER: ClassVar[bool] = False
    AT_WORK_AT_ONCE: ClassVar[int] = 1
    """The number of items that are worked on at the same time."""

    def __init__(self, items: Iterable[T] = ()) -> None:
        super().__init__()
        self.items: dict[str, T] = {item.key: item for item in items}
        self.phase = Phase.ASKING
        self._total = 0
        self._began = 0.0
        self._is_due = False

    def compose_scroll(self) -> ComposeResult:
        """Yield the table of all items; it scrolls by itself."""
        yield RowTable(self.COLUMNS, markable=False, id=BODY)

    def compose_foot(self) -> ComposeResult:
        """Yield the detail of the current item, and the questions."""
        yield Lines(id=f"{self.NAME}-detail", classes="detail")
        yield from self.compose_questions()

    def compose_buttons(self) -> ComposeResult:
        """Yield Cancel and the button that starts the work."""
        yield LineButton("Cancel", id=f"{self.NAME}-cancel")
        go = f"{self.NAME}-go"
        yield LineButton(self.words[0], id=go, danger=self.DANGER, agrees=True, disabled=True)

    def on_mount(self) -> None:
        """Inspect each item."""
        self.show()
        self.inspect(self.items)

    @abstractmethod
    def compose_questions(self) -> ComposeResult:
        """Yield the questions before the work begins."""

    @abstractmethod
    def show_questions(self) -> None:
        """Update the questions."""

    @abstractmethod
    def able(self) -> list[T]:
        """Return the items that the work would be done on."""

    @abstractmethod
    def agreed(self) -> bool:
        """Return whether every question was answered."""

    @abstractmethod
    def execute(self, item: T) -> BackgroundTask | None:
        """Begin the work on one item and return its task."""

    @abstractmethod
    def row(self, item: T) -> Row:
        """Return one line of the table."""

    @abstractmethod
    def describe(self, item: T) -> str:
        """Return everything that is known of one item."""

    @abstractmethod
    def question(self) -> str:
        """Return the title of the question."""

    @property
    @abstractmethod
    def words(self) -> tuple[str, str, str]:
        """Its verb in three forms: `Adopt`, `Adopting`, `Adopted`."""

    @property
    def asking(self) -> bool:
        """True before the work has begun."""
        return self.phase is Phase.ASKING

    @property
    def may_begin(self) -> bool:
        """True when the work may begin: each item was read, so that none is left out unseen, and all is answered."""
        return self.asking and not self.unread() and self.agreed()

    def put(self, item: T) -> None:
        """Show an item as it is now, soon: many that change at once are drawn once."""
        self.items[item.key] = item
        if not self._is_due:
            self._is_due = True
            self.set_timer(DRAW_EVERY, self._draw_due)

    def withdraw(self) -> None:
        """Lead away from the button: what it agrees to is made again."""
        if self._go.has_focus:
            self._cancel.focus()

    def begin(self) -> None:
        """Start the work, if it may begin. Only once: a second enter in the queue must not start it again."""
        if self.may_begin:
            self.phase = Phase.AT_WORK
            chosen = [item.key for item in self.able()]
            self._total, self._began = len(chosen), self.app.controller.clock.monotonic()
            self.show()
            in_background(self, partial(self._work, chosen), group="work")

    def action_cancel(self) -> None:
        """Close; in the middle of the work stop after the current item, and close on a second press."""
        if self.phase is Phase.AT_WORK:
            self.phase = Phase.STOPPING
            self.show()
        else:
            self.dismiss(None)

    def press(self, button: LineButton) -> None:
        """Start the work."""
        self.begin()

    @on(RowTable.Highlighted)
    def _moved(self) -> None:
        self.show()

    def _draw_due(self) -> None:
        self._is_due = False
        self.show()

    async def _work(self, chosen: Sequence[str]) -> None:
        waiting = iter(chosen)
        await asyncio.gather(*(self._work_on(waiting) for _ in range(self.AT_WORK_AT_ONCE)))
        self.phase = Phase.OVER
        self.show()
        self.lead_to([key for key, item in self.items.items() if item.ended is not None and not item.succeeded])
        self._cancel.focus()

    async def _work_on(self, waiting: Iterator[str]) -> None:
        """Work on one item after the other, until none is left."""
        for key in waiting:
            task = self.execute(self.items[key]) if self.phase is Phase.AT_WORK else None
            if task is None:
                self.put(replace(self.items[key], untouched=True))
                continue
            # Its end stands in the table.
            self.show_end_of(task)
            self.put(replace(self.items[key], begun=True))
            ended = await task.wait()
            # It may have been looked at meanwhile, so what is known of it is read again.
            self.put(replace(self.items[key], ended=ended))

    @unless_unmounted
    def show(self) -> None:
        """Draw everything again; only changes are painted."""
        table = self.query_one(RowTable)
        several = len({item.cluster_name for item in self.items.values() if item.cluster_name}) > 1
        made = ((item, self.row(item)) for item in self.items.values())
        rows = [Row(row.key, (item.cluster_name, *row.cells)) if several else row for item, row in made]
        columns = (CLUSTER, *self.COLUMNS) if several else tuple(self.COLUMNS)
        if (columns := as_wide_as_needed(columns, rows)) != table.columns:
            table.set_columns(columns)
        table.show(rows)
        told = self.describe(self.items[key]) if (key := table.cursor_key) in self.items else ""
        self.query_one(f"#{self.NAME}-detail", Lines).set_text([[(told, "dim")]])
        self.show_title(self._title())
        self.show_questions()
        self._go.display = self.phase is not Phase.OVER
        # While it reads the button has the focus already; with its new label only keys typed from then on press it.
        self._go.relabel("Reading" if self.asking and self.unread() else self.words[0])
        self._go.disabled = not (self.asking and self.agreed())
        self._cancel.relabel("Close" if self.phase is Phase.OVER else "Cancel" if self.asking else "Stop")

    @property
    def _go(self) -> LineButton:
        return self.query_one(f"#{self.NAME}-go", LineButton)

    @property
    def _cancel(self) -> LineButton:
        return self.query_one(f"#{self.NAME}-cancel", LineButton)

    def _title(self) -> str:
        if self.asking:
            return asking_title(self.question(), len(self.items), self.unread())
        lasted, at_once = self.app.controller.clock.monotonic() - self._began, self.AT_WORK_AT_ONCE
        return progress_title(self.phase, self.items.values(), self.words, self._total, at_once=at_once, lasted=lasted)
