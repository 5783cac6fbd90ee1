"""The Top screen: who uses most, who idles, and whose disk fills up, from the figures that we keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.fleet import kept
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.insight.top_answer import Top, TopRow, gather_top
from proximity_tui.insight.top_text import detail_of, growth_words, notes, of_limit, rate, share
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.base.spans import SpanScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.list_entry import FewFields
from proximity_tui.screens.lists.list_screen import Listed, ListScreen, Moment
from proximity_tui.screens.presentation.figure_cells import nothing
from proximity_tui.widgets.background_work import in_turn
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.filter import Field, Fields
from proximity_tui.widgets.table.quantity import Amount

READ_EVERY = 60.0
"""Seconds after which there is a new minute to read."""

COLUMNS = (
    Column("name", "NAME", 10, flex=2, max=30),
    Column("vmid", "VMID", 5, align="right", priority=5),
    Column("cluster", "CLUSTER", 8, flex=1, max=16, priority=8),
    Column("cpu", "CPU", 5, align="right"),
    Column("peak", "PEAK", 5, align="right", priority=4),
    Column("mem", "MEMORY", 10, align="right"),
    Column("net", "NET", 8, align="right", priority=2),
    Column("io", "READ+WRITE", 10, align="right", priority=6),
    Column("disk", "DISK", 10, align="right", priority=3),
    Column("growth", "GROWTH", 10, align="right", priority=7),
    Column("notes", "NOTES", 16, flex=3, max=50, priority=1),
)


class TopScreen(ListScreen, SpanScreen):
    """The list of the hungriest. It is read again each minute while it is shown."""

    SCREEN_ID = ScreenId.TOP
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.TOP)]
    SPANS: ClassVar[Mapping[str, timedelta]] = {
        "hour": timedelta(hours=1),
        "day": timedelta(days=1),
        "week": timedelta(days=7),
        "month": timedelta(days=30),
    }
    FILTER_KEYS = frozenset({"name", "vmid", "cluster", "cpu", "mem", "net", "io", "disk", "note", "full"})

    def __init__(self) -> None:
        super().__init__()
        self._top: Top | None = None
        self._rows: Sequence[TopRow] = ()
        self._rows_of = ""
        """The span that the rows are of: while another cannot be read, these stay."""
        self._trouble: str | None = None
        self._asked_at: float | None = None
        """When the figures were asked for, by the monotonic clock: while nobody sees the list they only get old."""

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns; the cluster is one only where there is more than one."""
        return COLUMNS if len(view.polls) > 1 else [one for one in COLUMNS if one.id != "cluster"]

    def items(self, view: View) -> Sequence[TopRow]:
        """Return the containers, the hungriest for CPU first."""
        return self._rows

    def entry(self, item: TopRow) -> Listed:
        """Return the entry of a container."""
        return TopEntry(item)

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: loading, unreadable, or nothing is kept yet."""
        if self._trouble is not None:
            return f"The figures cannot be read: {self._trouble}"
        if self._top is None:
            return "Loading the figures."
        if not self._top.without:
            return "No container is managed."
        return (
            f"No figures of the last {self.span}. The process with the lease records them once a minute, for running"
            " containers whose identity is certain."
        )

    @property
    def is_read(self) -> bool:
        return self._top is not None

    def counts(self) -> str:
        """Return how many are shown, of which time, and of how many nothing is kept."""
        without = f", {self._top.without} without figures" if self._top is not None and self._top.without else ""
        return f"{super().counts()}, last {self._rows_of or self.span}{without}"

    def show(self, view: View) -> None:
        """List what was read; read it the first time, and where a minute has passed while another screen was shown."""
        super().show(view)
        self._read_when_due()

    def tick(self) -> None:
        """Read again once a minute."""
        super().tick()
        self._read_when_due()

    def do_open(self) -> None:
        """Open the page of the current container."""
        entry = self.current_entry()
        if isinstance(entry, TopEntry):
            self.app.routes.open_container(entry.row.container.id)
        else:
            self.show_empty_state()

    def read_figures(self) -> None:
        """Read the figures of the chosen time."""
        self._asked_at = self.controller.clock.monotonic()
        in_turn(self, partial(self._read, self.span), group="top")

    def _read_when_due(self) -> None:
        if self._asked_at is None or self.controller.clock.monotonic() - self._asked_at >= READ_EVERY:
            self.read_figures()

    async def _read(self, span: str) -> None:
        now = self.controller.clock.now()
        try:
            found = await self.controller.ask(_read_top, now - self.SPANS[span], now, self._rows)
        except StoreError as error:
            self._trouble = str(error)
        else:
            self._trouble, self._rows_of, (self._top, self._rows) = None, span, found
        await self.prepare()
        super().show(self.view)
        self.show_keys()


def _read_top(since: datetime, until: datetime, before: Sequence[TopRow]) -> tuple[Top, Sequence[TopRow]]:
    """Return the figures, and their rows; what says what it said is the same object as `before`. Runs on a thread."""
    top = gather_top(since, until)
    return top, kept(before, top.rows)


@value_object
class TopEntry(FewFields):
    """A container in the list."""

    row: TopRow

    @property
    def key(self) -> str:
        """The key of the row."""
        return self.row.key

    @property
    def urgent(self) -> bool:
        """True when its disk is full before long, if it goes on so."""
        return self.row.fills_up

    def seen_at(self, at: Moment) -> datetime | None:
        """Return None: the figures are of a time, not of a moment."""
        return None

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return the cell of a column, with ages as they are `at` that moment."""
        one, used, grown = self.row.container, self.row.usage, self.row.growth
        match column:
            case "cpu":
                return _cell(share(used.cpu), used.cpu)
            case "peak":
                return _cell(share(used.peak), used.peak)
            case "mem":
                return _cell(of_limit(used.memory, used.memory_limit), used.memory)
            case "net":
                return _cell(rate(used.network), used.network)
            case "io":
                return _cell(rate(used.disk_rate), used.disk_rate)
            case "disk":
                return _cell(of_limit(used.disk, used.disk_limit), used.disk_share)
            case "growth":
                return _cell(growth_words(grown), None if grown is None else grown.per_day)
            case "notes":
                return Cell(notes(self.row), "warn" if self.urgent else "dim")
            case "vmid":
                return Cell(str(one.vmid or ""), order=one.vmid)
            case _:
                return str(getattr(one, column))

    def fields(self, at: Moment) -> Fields:
        """Return the fields of the filter's `key:value`."""
        one, used, grown = self.row.container, self.row.usage, self.row.growth
        return {
            "name": one.name,
            "vmid": str(one.vmid or ""),
            "cluster": one.cluster,
            "cpu": _amount(None if used.cpu is None else used.cpu * 100),
            "mem": _amount(used.memory, used.memory_share),
            "net": _amount(used.network),
            "io": _amount(used.disk_rate),
            "disk": _amount(used.disk, used.disk_share),
            "note": notes(self.row),
            "full": _amount(None if grown is None or grown.full_in is None else grown.full_in * 86400),
        }

    def detail(self, at: Moment) -> str:
        """Return its CPU and the growth of its disk, with what that rests on."""
        return detail_of(self.row)


def _cell(text: str, order: float | None) -> Cell:
    return nothing() if order is None else Cell(text, order=order)


def _amount(value: float | None, share: float | None = None) -> Field:
    return () if value is None else Amount(value, None if share is None else 100 * share)
