"""The base of a list whose rows can be filtered: while it is typed, a slice at a time where there are many."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from textual import on, work

from proximity_tui.screens.command_line.prompt import Complaint, Prompt, PromptQuestion
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.lists.entry_list import EntryList
from proximity_tui.screens.lists.list_entry import NEVER_SHOWN, Listed, Moment
from proximity_tui.screens.lists.list_filter import ListFilter, slices
from proximity_tui.screens.lists.other_lists import OtherListsHint
from proximity_tui.screens.text.lines import Line
from proximity_tui.screens.view.view import View
from proximity_tui.widgets.background_work import in_background
from proximity_tui.widgets.table.row_table import RowTable

MATCHING, PREPARING, FREEING = "matching", "texts of the filter", "what was listed before"
"""The workers that try a filter on many rows, that make what it looks in, and that free what is not shown any more."""

MOST_ROUNDS = 5
"""How often a list that changes all the time is prepared again before it is shown."""


class FilteredList(OtherListsHint):
    """A list with a filter. A subclass shows its entries in a RowTable, above a line `#filter`."""

    FILTER_KEYS: ClassVar[frozenset[str]]

    def __init__(self) -> None:
        super().__init__()
        self.is_matching = False
        """Whether a filter is being tried on many rows: what is shown is of the one before."""
        self.holds = False
        """Whether the row under the cursor is held although the filter does not accept it: no person changed that."""
        self.entries = EntryList(self.entry, NEVER_SHOWN)
        self.filter = ListFilter(self.entries, self.FILTER_KEYS)

    def entry(self, item: Any) -> Listed:
        """Return the entry of an item. It is made when the item is new or different."""
        raise NotImplementedError

    def items(self, view: View) -> Sequence[object]:
        """Return what the list is about, in the default order. What did not change is the same object as before."""
        raise NotImplementedError

    def measure_ahead(self, entries: Iterable[Listed], at: Moment) -> None:
        """Measure entries that are shown next."""

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason for an empty list; loading, empty, forbidden and unreachable are different sentences."""
        raise NotImplementedError

    def describe(self) -> None:
        """Show the current row in full, because another one may be the current one."""
        raise NotImplementedError

    def is_much(self, view: View) -> bool:
        """Return whether the list has many new items."""
        return self.entries.is_much(self.narrowed_items(view))

    async def prepare(self) -> None:
        """Make the entries of a list that has many new items, a slice at a time: the loop does other things between.
        What changes meanwhile is made as well, unless it changes again and again.
        """
        for _ in range(MOST_ROUNDS):
            items = self.narrowed_items(self.view)
            if self.entries.is_made_ahead(items):
                return
            moment = Moment(self.view, self.controller.clock.now())
            for some in self.entries.make_ahead(items):
                self.measure_ahead(some, moment)
                await asyncio.sleep(0)
            if not self.entries.is_made_ahead(items):
                return

    def narrowed_items(self, view: View) -> Sequence[object]:
        """Return the items of the clusters that are shown."""
        narrowed: Sequence[object] = self.controller.narrowing.part(self.SCREEN_ID, self.items(view))
        return narrowed

    def free_past(self) -> None:
        """Free what the list showed before, where that takes long in one piece."""
        if self.entries.holds_past:
            in_background(self, self._free_past, exclusive=True, group=FREEING)

    async def _free_past(self) -> None:
        for _ in self.entries.free_past():
            await asyncio.sleep(0)

    @property
    def is_read(self) -> bool:
        """True once what is listed was read: before that nobody knows how many there are."""
        return self.view.taken_at is not None

    @property
    def table(self) -> RowTable:
        """The table that the filter narrows."""
        return self.query_one(RowTable)

    def narrow(self, text: str) -> Complaint:
        """Filter by `text`; an invalid filter changes nothing and returns a complaint."""
        fresh = self.filter.understand(text)
        if isinstance(fresh, str):
            return fresh
        narrower = bool(self.filter.wanted) and not fresh.is_live and fresh.narrows(self.filter.wanted)
        self.filter.wanted = fresh
        self.show_filtered(narrower=narrower)
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
        self.prompt.open(PromptQuestion("/", self.narrow, before, self.narrow, back, complete, history))

    def do_attention(self) -> None:
        """Show only rows that need a person, or all again."""
        self.filter.urgent_only = not self.filter.urgent_only
        self.show_filtered()

    def do_back(self) -> None:
        """Clear the filter; without one, go back."""
        if self.filter:
            self.filter.urgent_only = False
            self.narrow("")
        else:
            super().do_back()

    def found_elsewhere(self) -> None:
        """Say where else the filter matches."""
        self.table.empty = self.why_nothing()
        self.table.changed()

    @on(Prompt.Closed)
    def _show_filter(self) -> None:
        """Show the filter, unless it is being typed right below; drop what it looked in once nobody types any more."""
        if not self.filter and not self.prompt.is_open:
            self.workers.cancel_group(self, PREPARING)
            self.entries.forget_texts()
        line = self.query_one("#filter", Line)
        line.set_text([(f" {self.filter.label}", "accent"), (f"  {bound_key('back')} shows all", "dim")])
        line.display = bool(self.filter) and not self.prompt.is_open

    def _back_to(self, text: str) -> None:
        self.narrow(text if self.filter.text != text else "")

    def show_filtered(self, *, narrower: bool = False, held: bool = False) -> None:
        """Show the rows that the changed filter accepts. A `narrower` one is not tried on what is hidden already. The
        row under the cursor is `held` where a person saw it, and only the figures have changed.
        """
        self._show_filter()
        self.workers.cancel_group(self, MATCHING)
        narrower, self.is_matching, self.holds = narrower and not self.is_matching, False, held
        if not self.filter:
            self._show_only(None)
            return
        among = list(self.table.rows.kept if narrower else self.entries.keys)
        if len(among) <= self.filter.at_once:
            self._show_only(self.filter.accepted(among))
        else:
            self.is_matching = True
            self._match(among)

    @work(group=MATCHING)
    async def _match(self, among: Sequence[str]) -> None:
        """Find what the filter accepts, a slice at a time: keys and paint come first."""
        found = set[str]()
        for some in slices(among):
            found |= self.filter.accepted(some)
            await asyncio.sleep(0)
        self.is_matching = False
        self._show_only(found)

    @work(exclusive=True, group=PREPARING)
    async def _prepare(self) -> None:
        """Make what words are looked for in while nothing is typed yet, a slice at a time."""
        for some in slices(list(self.entries.keys)):
            self.entries.prepare(key for key in some if key in self.entries.keys)
            await asyncio.sleep(0)

    def _show_only(self, kept: Iterable[str] | None) -> None:
        """Show the rows that the filter accepts, or all (None)."""
        self.table.only(None if kept is None else self.filter.accepts, kept, held=self.holds)
        self.show_why_nothing()

    def show_why_nothing(self) -> None:
        """Say why no row is shown, and where else the filter has a match."""
        self.look_elsewhere("" if self.table.count else self.filter.text)
        self.table.empty = self.why_nothing()
        self.describe()

    def why_nothing(self) -> str:
        """Return the reason why no row is shown; empty where there are some."""
        if self.table.count:
            return ""
        if not self.entries.rows:
            why = self.why_empty(self.entries.moment.view, self.entries.moment.now)
            return f"{why} {self.elsewhere}".rstrip()
        if self.filter.urgent_only and not self.filter.wanted:
            return "Nothing needs attention."
        return f"{self.no_match(len(self.entries))} {bound_key('back')} shows all."
