"""The base of every list screen: one table, a filter, an order, marks, a line with all of the current row, saving.

It knows nothing of the entries; `entries` of a subclass does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from textual import on, work
from textual.widget import Widget

from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.base.elsewhere import Elsewhere
from proximity_tui.screens.base.entry_list import EntryList
from proximity_tui.screens.base.export import Export
from proximity_tui.screens.base.list_entry import GONE, NEVER_SHOWN, Listed, Moment, RowDetail, why_not_done
from proximity_tui.screens.base.list_filter import ListFilter, slices
from proximity_tui.screens.base.ordering import sort_list
from proximity_tui.screens.base.saving import SavingScreen
from proximity_tui.screens.command_line.prompt import Ask, Complaint, Prompt
from proximity_tui.screens.keyboard.screen_ids import MARKABLE
from proximity_tui.screens.text.lines import Line
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.row_table import RowTable
from proximity_tui.widgets.theme import Tone

__all__ = ["ListScreen", "Listed", "Moment"]

IDLE_TICKS = 5
"""While nothing is under way, ages are looked at only every so many seconds: each look costs 4 ms."""

MATCHING = "matching"
"""The worker that tries a filter on many rows."""


class ListScreen(Elsewhere, SavingScreen):
    """A screen with one table. A subclass implements `columns`, `items`, `entry` and `why_empty`."""

    FILTER_KEYS: ClassVar[frozenset[str]]
    WHEN_GONE: ClassVar[str] = GONE
    DEFAULT_CSS = "ListScreen #filter { display: none; background: $panel; }"

    def __init__(self) -> None:
        super().__init__()
        self._ticks = 0
        self._matching = False
        """Whether a filter is being tried on many rows: what is shown is of the one before."""
        self._entries = EntryList(self.entry, NEVER_SHOWN)
        self.filter = ListFilter(self._entries, self.FILTER_KEYS)

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns, which may depend on the view."""
        raise NotImplementedError

    def measure(self, changed: Iterable[str]) -> None:
        """Take over what the changed entries need of the columns, which are asked for next."""

    def items(self, view: View) -> Sequence[object]:
        """Return what the list is about, in the default order. What did not change is the same object as before."""
        raise NotImplementedError

    def entry(self, item: Any) -> Listed:
        """Return the entry of an item. It is made when the item is new or different."""
        raise NotImplementedError

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason for an empty list; loading, empty, forbidden and unreachable are different sentences."""
        raise NotImplementedError

    @property
    def table(self) -> RowTable:
        """The table."""
        return self.query_one(RowTable)

    def content(self) -> Iterable[Widget]:
        """Yield the table, the filter line, and all of the current row."""
        yield RowTable(self.columns(self.view), markable=self.PLACE in MARKABLE)
        yield Line(id="filter")
        yield RowDetail(id="detail")

    @unless_unmounted
    def show(self, view: View) -> None:
        """Fill the table with what changed. Cursor and marks stay with their rows."""
        moment, table = Moment(view, self.controller.clock.now()), self.table
        outdated = self._matching or self.filter.is_outdated(self._entries.moment.view, view)
        changed = self._entries.show(self.controller.narrowing.part(self.PLACE, self.items(view)), moment)
        self.measure(changed)
        table.show(self._entries.rows, None if self._set_columns() else changed)
        if outdated:
            self._narrowed()
        self._show_why_nothing()

    def tick(self) -> None:
        """Update the ages of what is visible; each second only while something is under way."""
        self._ticks += 1
        if not self.view.under_way and self._ticks % IDLE_TICKS:
            return
        self._entries.move_to(Moment(self.view, self.controller.clock.now()))
        self._set_columns()
        self.table.changed()
        self.table.empty = self._why_nothing()
        self._describe()

    def counts(self) -> str:
        """Return `Fleet 12 of 40, 3 marked`; without a filter just the number."""
        table = self.table
        shown, marked = table.count - table.cursor_gone, len(table.marks)
        count = f"{shown} of {table.total}" if self.filter else f"{table.total}"
        known = self.view.taken_at is not None
        return f"{self.PLACE.capitalize()} {count if known else '?'}" + (f", {marked} marked" if marked else "")

    def narrow(self, text: str) -> Complaint:
        """Filter by `text`; an invalid filter changes nothing and returns a complaint."""
        fresh = self.filter.understand(text)
        if isinstance(fresh, str):
            return fresh
        narrower = bool(self.filter.wanted) and not fresh.is_live and fresh.narrows(self.filter.wanted)
        self.filter.wanted = fresh
        self._narrowed(narrower=narrower)
        return None

    def filter_allows(self, key: str, value: str) -> bool:
        """Return whether the filter's condition for this key accepts the value."""
        return self.filter.allows(key, value)

    def do_filter(self) -> None:
        """Ask for a filter; it is applied while it is typed."""
        before = self.filter.text
        self._prepare()
        history, complete = self.app.history, self.filter.complete
        back = partial(self._back_to, before)
        self.prompt.open(Ask("/", self.narrow, before, self.narrow, back, complete, history))

    def do_attention(self) -> None:
        """Show only rows that need a person, or all again."""
        self.filter.urgent_only = not self.filter.urgent_only
        self._narrowed()

    def do_back(self) -> None:
        """Clear the filter; without one, go back."""
        if self.filter:
            self.filter.urgent_only = False
            self.narrow("")
        else:
            super().do_back()

    def do_sort(self, column: str = "") -> None:
        """Order by a column, the reverse way if it is sorted by that already; without one by the next."""
        if (complaint := sort_list(self.table, column)) is not None:
            self.app.show_message(complaint, bad=True)

    def do_sort_reverse(self) -> None:
        """Reverse the order."""
        self.table.sort_reverse()

    @on(RowTable.NothingToMark)
    def show_empty_state(self) -> None:
        """Say why a key for a row does nothing, also while the list is not filled: no key stays without an answer."""
        self.app.show_message(why_not_done(gone=self.table.cursor_gone, empty=self.table.empty))

    def current_entry(self) -> Listed | None:
        """Return the entry under the cursor, unless it is gone."""
        return None if self.table.cursor_gone else self._entries.get(self.table.cursor_key)

    def targets(self) -> list[str]:
        """Return the keys that an action is about: the marked rows, else the current one."""
        return list(self.table.targets())

    @on(RowTable.Highlighted)
    @on(RowTable.MarksChanged)
    def _moved(self) -> None:
        self._describe()

    def _set_columns(self) -> bool:
        """Show the columns that the view and its rows need; return whether all rows have to be given again."""
        self._entries.columns = tuple(self.columns(self._entries.moment.view))
        return self.table.set_columns(self._entries.columns)

    def _narrowed(self, *, narrower: bool = False) -> None:
        """Show the rows that the changed filter accepts. A `narrower` one is not tried on what is hidden already."""
        self._show_filter()
        self.workers.cancel_group(self, MATCHING)
        narrower, self._matching = narrower and not self._matching, False
        if not self.filter:
            self._entries.forget_texts()
            self._show_only(None)
            return
        among = list(self.table.rows.kept if narrower else self._entries.keys)
        if len(among) <= self.filter.at_once:
            self._show_only(self.filter.accepted(among))
        else:
            self._matching = True
            self._match(among)

    @work(group=MATCHING)
    async def _match(self, among: Sequence[str]) -> None:
        """Find what the filter accepts, a slice at a time: keys and paint come first."""
        found = set[str]()
        for some in slices(among):
            found |= self.filter.accepted(some)
            await asyncio.sleep(0)
        self._matching = False
        self._show_only(found)

    @work(exclusive=True, group="texts of the filter")
    async def _prepare(self) -> None:
        """Make what words are looked for in while nothing is typed yet, a slice at a time."""
        for some in slices(list(self._entries.keys)):
            self._entries.prepare(key for key in some if key in self._entries.keys)
            await asyncio.sleep(0)

    def _show_only(self, kept: Iterable[str] | None) -> None:
        """Show the rows that the filter accepts, or all (None)."""
        self.table.only(None if kept is None else self.filter.accepts, kept)
        self._show_why_nothing()

    def _show_why_nothing(self) -> None:
        """Say why no row is shown, and where else the filter has a match."""
        self.look_elsewhere("" if self.table.count else self.filter.text)
        self.table.empty = self._why_nothing()
        self._describe()

    @on(Prompt.Closed)
    def _show_filter(self) -> None:
        """Show the filter, unless it is being typed right below."""
        line = self.query_one("#filter", Line)
        line.set_text([(f" {self.filter.label}", "accent"), ("  esc shows all", "dim")])
        line.display = bool(self.filter) and not self.prompt.is_open

    def _back_to(self, text: str) -> None:
        self.narrow(text if self.filter.text != text else "")

    def _why_nothing(self) -> str:
        """Return the reason why no row is shown; empty where there are some."""
        if self.table.count:
            return ""
        if not self._entries.rows:
            why = self.why_empty(self._entries.moment.view, self._entries.moment.now)
            return f"{why} {self.elsewhere}".rstrip()
        if self.filter.urgent_only and not self.filter.wanted:
            return "Nothing needs attention."
        return f"{self.no_match(len(self._entries))} esc shows all."

    def found_elsewhere(self) -> None:
        """Say where else the filter matches."""
        self.table.empty = self._why_nothing()
        self.table.changed()

    def _describe(self) -> None:
        """Show the current row in full, because its notes may be longer than their column."""
        moment = self._entries.moment
        entry = self._entries.get(self.table.cursor_key)
        tone: Tone = "warn" if entry is not None and entry.urgent else "dim"
        text = entry.detail(moment) if entry is not None else ""
        if self.table.cursor_gone:
            # The ghost stands where the reason for an empty list would.
            why = "" if self._entries.rows else self.why_empty(moment.view, moment.now)
            text = f"{self.WHEN_GONE} {why}".rstrip()
        self.query_one(RowDetail).set_text(text, tone)
        self.show_keys()

    def sheet(self) -> Export:
        """Return the shown rows, for a file."""
        table, moment = self.table, Moment(self.view, self.controller.clock.now())
        only = self.controller.narrowing.cluster
        return Export(
            title=str(self.PLACE),
            written_at=moment.now,
            simulated=self.controller.session.simulated,
            filter=self.filter.sheet_label if only is None else f"only {only} {self.filter.sheet_label}".rstrip(),
            total=table.total,
            columns=tuple(column.title or column.id for column in table.columns),
            rows=self._entries.texts((row.key for row in table.shown), moment),
        )
