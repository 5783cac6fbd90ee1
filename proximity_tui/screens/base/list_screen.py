"""The base of every list screen: one table, a filter, an order, marks, a line with all of the current row, saving.

It knows nothing of the entries; `entries` of a subclass does.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from textual import on
from textual.widget import Widget

from proximity_tui.screens.app.controller import View
from proximity_tui.screens.base.base_screen import BaseScreen
from proximity_tui.screens.base.entry_list import EntryList
from proximity_tui.screens.base.export import Export, default_name, write
from proximity_tui.screens.base.list_entry import Listed, Moment, RowDetail
from proximity_tui.screens.base.prompt import Ask, Complaint, Prompt
from proximity_tui.screens.keyboard.keys import MARKABLE
from proximity_tui.screens.text.lines import Line
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.filter import BadFilter, Filter, parse
from proximity_tui.widgets.table.row_table import RowTable
from proximity_tui.widgets.theme import Tone

__all__ = ["ListScreen", "Listed", "Moment"]

CALM_TICKS = 5
"""While nothing is under way, ages are looked at only every so many seconds: each look costs 4 ms."""

FILTER_LIMIT = 1.0
"""Seconds of processor time; a filter that takes longer is refused, because nothing else happens meanwhile."""

GONE = "no longer listed: the row stays until the cursor leaves it. Audit (5) shows what happened."
"""What is said of a row that vanished under the cursor."""


class ListScreen(BaseScreen):
    """A screen with one table. A subclass implements `columns`, `items`, `entry` and `why_empty`."""

    FILTER_KEYS: ClassVar[frozenset[str]]
    DEFAULT_CSS = """
    ListScreen {
        & #filter { display: none; background: $panel; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._filter = Filter("", ())
        self._urgent_only = False
        self._ticks = 0
        self._entries = EntryList(self.entry, Moment(View(), _NEVER))

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns, which may depend on the view."""
        raise NotImplementedError

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
        """Yield the table, the filter line, and the whole story of the current row."""
        yield RowTable(self.columns(self.view), markable=self.PLACE in MARKABLE)
        yield Line(id="filter")
        yield RowDetail(id="story")

    def show(self, view: View) -> None:
        """Fill the table with what changed. Cursor and marks stay with their rows."""
        moment, table = Moment(view, self.controller.clock.now()), self.table
        columns = self._entries.columns = tuple(self.columns(view))
        changed: frozenset[str] | None = self._entries.show(self.items(view), moment)
        if columns != table.columns:
            table.set_columns(columns)
            changed = None
        table.show(self._entries.rows, changed)
        table.empty = self._why_nothing()
        self._describe()

    def tick(self) -> None:
        """Update the ages of what is visible; each second only while something is under way."""
        self._ticks += 1
        if not self.view.under_way and self._ticks % CALM_TICKS:
            return
        self._entries.move_to(Moment(self.view, self.controller.clock.now()))
        self.table.changed()
        self.table.empty = self._why_nothing()
        self._describe()

    def counts(self) -> str:
        """Return `Fleet 12 of 40, 3 marked`; without a filter just the number."""
        table = self.table
        shown, marked = table.count - table.cursor_gone, len(table.marks)
        count = f"{shown} of {table.total}" if self._filter or self._urgent_only else f"{table.total}"
        known = self.view.taken_at is not None
        return f"{self.PLACE.capitalize()} {count if known else '?'}" + (f", {marked} marked" if marked else "")

    def narrow(self, text: str) -> Complaint:
        """Filter by `text`; an invalid filter changes nothing and returns a complaint."""
        fresh = parse(text, self.FILTER_KEYS)
        if isinstance(fresh, BadFilter):
            return fresh.reason
        if fresh.costly and self._seconds_for(fresh) > FILTER_LIMIT:
            return "This filter is too slow for this list. Use a simpler regular expression."
        narrower = bool(self._filter) and fresh.narrows(self._filter)
        self._filter = fresh
        self._narrowed(narrower=narrower)
        return None

    def _seconds_for(self, fresh: Filter) -> float:
        """Return the processor time of a filter for the list, in seconds; an expensive one is not tried on the rest."""
        began = time.thread_time()
        for row in self._entries.rows:
            fresh.finds(self._entries.searchable(row.key))
            if time.thread_time() - began > FILTER_LIMIT:
                break
        return time.thread_time() - began

    def filter_allows(self, key: str, value: str) -> bool:
        """Return whether the filter's condition for this key accepts the value."""
        return all(term.holds({key: [value]}) for term in self._filter.terms if term.key == key)

    def do_filter(self) -> None:
        """Ask for a filter; it is applied while it is typed."""
        before = self._filter.text
        self.prompt.open(Ask("/", self.narrow, before, changed=self.narrow, cancelled=lambda: self._back_to(before)))

    def do_attention(self) -> None:
        """Show only rows that need a person, or all again."""
        self._urgent_only = not self._urgent_only
        self._narrowed()

    def do_back(self) -> None:
        """Clear the filter; without one, go back."""
        if self._filter or self._urgent_only:
            self._urgent_only = False
            self.narrow("")
        else:
            super().do_back()

    def do_sort(self) -> None:
        """Order by the next column."""
        self.table.sort_next()

    def do_sort_reverse(self) -> None:
        """Reverse the order."""
        self.table.sort_reverse()

    def do_save(self) -> None:
        """Ask for a file, and save the shown rows."""
        self.prompt.open(
            Ask("save as (.txt .csv .json)", self._save, default_name(self.PLACE, self.controller.clock.now()))
        )

    def show_empty_state(self) -> None:
        """Say why a key for the current row does nothing: no offered key stays without an answer."""
        gone = self.table.cursor_gone
        ghost = "The selected row is no longer listed. Nothing was done. Select another row."
        self.app.show_message(ghost if gone else "No row is selected. Nothing was done.")

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

    def _narrowed(self, *, narrower: bool = False) -> None:
        """Show the rows that the changed filter accepts. A `narrower` one is not tried on what is hidden already."""
        active = bool(self._filter) or self._urgent_only
        if not self._filter:
            self._entries.forget_fields()
        self.table.only(self._lets_through if active else None, narrower=narrower)
        self._show_filter()
        self.table.empty = self._why_nothing()
        self._describe()

    @on(Prompt.Closed)
    def _show_filter(self) -> None:
        """Show the filter, unless it is being typed right below."""
        line = self.query_one("#filter", Line)
        what = ["! needs attention"] if self._urgent_only else []
        what += [f"/ {self._filter.text}"] if self._filter else []
        line.set_text([(f" {'  '.join(what)}", "accent"), ("  esc shows all", "dim")])
        line.display = bool(what) and not self.prompt.is_open

    def _back_to(self, text: str) -> None:
        self.narrow(text if self._filter.text != text else "")

    def _lets_through(self, key: str) -> bool:
        entry = self._entries.get(key)
        if entry is None:
            return False
        return (entry.urgent or not self._urgent_only) and (
            not self._filter or self._filter.finds(self._entries.searchable(key))
        )

    def _why_nothing(self) -> str:
        """Return the reason why no row is shown; empty where there are some."""
        if self.table.count:
            return ""
        if not self._entries.rows:
            return self.why_empty(self._entries.moment.view, self._entries.moment.now)
        if self._urgent_only and not self._filter:
            return "Nothing needs attention."
        return f"None of {len(self._entries)} rows matches this filter. esc shows all."

    def _describe(self) -> None:
        """Show the current row in full, because its notes may be longer than their column."""
        moment = self._entries.moment
        entry = self._entries.get(self.table.cursor_key)
        tone: Tone = "warn" if entry is not None and entry.urgent else "dim"
        text = entry.detail(moment) if entry is not None else ""
        if self.table.cursor_gone:
            # The ghost stands where the reason for an empty list would.
            text = GONE if self._entries.rows else f"{GONE} {self.why_empty(moment.view, moment.now)}"
        self.query_one(RowDetail).set_text(text, tone)
        self.show_keys()

    def _save(self, name: str) -> Complaint:
        if not name.strip():
            return "Enter a file name."
        self.run_worker(self._write(name.strip()), exit_on_error=True)
        return None

    async def _write(self, name: str) -> None:
        complaint = await self.controller.ask(write, name, self._sheet())
        self.app.show_message(complaint or f"Saved {name}.", bad=complaint is not None)

    def _sheet(self) -> Export:
        table, moment = self.table, Moment(self.view, self.controller.clock.now())
        shown = [entry for row in table.shown if (entry := self._entries.get(row.key)) is not None]
        return Export(
            title=str(self.PLACE),
            written_at=moment.now,
            simulated=self.controller.session.simulated,
            filter=" ".join((*(["!"] if self._urgent_only else []), self._filter.text)).strip(),
            total=table.total,
            columns=tuple(column.title or column.id for column in table.columns),
            rows=tuple(
                (tuple(_text(entry.cell(column.id, moment)) for column in table.columns), entry.seen_at(moment))
                for entry in shown
            ),
        )


def _text(cell: str | Cell) -> str:
    return cell.text if isinstance(cell, Cell) else cell


_NEVER = datetime.min.replace(tzinfo=UTC)
"""The moment of a list that was never shown."""
