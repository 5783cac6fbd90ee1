"""The base of every list screen: one table with its filter, an order, marks, all of the current row, saving."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from textual import on
from textual.widget import Widget

from proximity_tui.core.base.tone import Tone
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.base.list_export import Export
from proximity_tui.screens.base.saving import SavingScreen
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.keyboard.screen_ids import MARKABLE
from proximity_tui.screens.lists.filtered_list import FilteredList
from proximity_tui.screens.lists.list_entry import Listed, Moment, RowDetail, gone, why_not_done
from proximity_tui.screens.lists.ordering import order_by, order_out_of_sight, sort_list
from proximity_tui.screens.text.lines import Line
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.row_table import RowTable

__all__ = ["ListScreen", "Listed", "Moment"]

IDLE_TICKS = 5
"""While nothing is under way, ages are looked at only every so many seconds: each look costs 3 ms."""


class ListScreen(FilteredList, SavingScreen):
    """A screen with one table. A subclass implements `columns`, `items`, `entry` and `why_empty`."""

    when_gone = staticmethod(gone)
    DEFAULT_CSS = "ListScreen #filter { display: none; background: $panel; }"

    def __init__(self) -> None:
        super().__init__()
        self._ticks = 0
        self._is_outdated = False
        """Whether the filter was not tried on the figures of now, which came while nobody saw the list."""
        self._described: str | None = None
        """The row that was described when a person moved to it, until the message of that comes."""

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns, which may depend on the view."""
        raise NotImplementedError

    def measure(self, changed: Collection[str]) -> None:
        """Take over what the changed entries need of the columns, which are asked for next."""

    def content(self) -> Iterable[Widget]:
        """Yield the table, the filter line, and all of the current row."""
        # What is drawn before the first view is shown here is no empty list.
        loading = self.why_empty(View(), self.controller.clock.now())
        markable = self.SCREEN_ID in MARKABLE
        yield RowTable(self.columns(self.view), empty=loading, markable=markable, moved=self._describe_at_once)
        yield Line(id="filter")
        yield RowDetail(id="detail")

    @unless_unmounted
    def show(self, view: View) -> None:
        """Fill the table with what changed. Cursor and marks stay with their rows."""
        moment, table = Moment(view, self.controller.clock.now()), self.table
        outdated = self.is_matching or self._is_outdated or self.filter.is_outdated(self.entries.moment.view, view)
        held, self._is_outdated = self.holds if self.is_matching else not self._is_outdated, False
        changed = self.entries.show(self.narrowed_items(view), moment)
        self.measure(changed)
        table.show(self.entries.rows, None if self._set_columns() else changed, self.entries.by_key)
        self.free_past()
        if outdated:
            self.show_filtered(held=held)
        self.show_why_nothing()

    def move_unseen(self, view: View) -> None:
        """Move the moment of the entries on: they stay as they are until the list is shown again."""
        self._is_outdated |= self.filter.is_outdated(self.entries.moment.view, view)
        self.entries.move_to(Moment(view, self.controller.clock.now()))

    def tick(self) -> None:
        """Let time pass: each second only while something is under way."""
        self._ticks += 1
        if self.view.under_way or self._ticks % IDLE_TICKS == 0:
            self.pass_time()

    def pass_time(self) -> None:
        """Update the ages of what is visible."""
        table = self.table
        moment, columns = Moment(self.view, self.controller.clock.now()), table.columns
        differs = self.entries.pass_time(moment, table.keys_in_sight())
        self._set_columns()
        if differs or table.columns != columns:
            table.changed()
        else:
            table.forget_out_of_sight()
        self.table.empty = self.why_nothing()
        self.describe()

    def counts(self) -> str:
        """Return `Fleet 12 of 40 by disk, 3 marked`; without a filter just the number, and the order only where the
        head of no shown column has its sign.
        """
        table = self.table
        shown, marked = table.count - table.cursor_gone, len(table.marks)
        count = f"{shown} of {table.total}" if self.filter else f"{table.total}"
        order = order_out_of_sight(table)
        parts = (str(count if self.is_read else "?"), self.what_is_counted(), order)
        counted = " ".join([self.SCREEN_ID.capitalize(), *(part for part in parts if part)])
        return f"{counted}, {marked} marked" if marked else counted

    def what_is_counted(self) -> str:
        """Return what follows the number of rows, such as `open`."""
        return ""

    def do_sort(self, column: str = "") -> None:
        """Order by a column, the reverse way if it is sorted by that already; without one by the next."""
        if (complaint := sort_list(self.table, column)) is not None:
            self.app.show_message(complaint, bad=True)

    @on(RowTable.TitleClicked)
    def _title_clicked(self, message: RowTable.TitleClicked) -> None:
        self.do_sort(message.column)

    def do_sort_menu(self) -> None:
        """Ask for the column to sort by."""
        from proximity_tui.screens.command_line.sort_dialog import SortDialog

        table = self.table

        def chosen(column: str | None) -> None:
            if column:
                self.do_sort(column)
            elif column is not None:
                order_by(table, "")

        shown = {one.column.id for one in table.placed}
        self.app.push_screen(SortDialog(table.columns, shown, table.sorting), chosen)

    def do_sort_reverse(self) -> None:
        """Reverse the order."""
        self.table.sort_reverse()

    @on(RowTable.NothingToMark)
    def show_empty_state(self) -> None:
        """Say why a key for a row does nothing, also while the list is not filled: no key stays without an answer."""
        self.app.show_message(why_not_done(gone=self.table.cursor_gone, empty=self.table.empty))

    def current_entry(self) -> Listed | None:
        """Return the entry under the cursor, unless it is gone."""
        return None if self.table.cursor_gone else self.entries.get(self.table.cursor_key)

    def targets(self) -> list[str]:
        """Return the keys that an action is about: the marked rows, else the current one."""
        return list(self.table.targets())

    def are_several_marked(self, why: str) -> bool:
        """Return whether several rows are marked, and say why that is too many for what is about one."""
        several = len(self.table.marks) > 1
        if several:
            self.app.show_message(f"{why} Clear the marks first ({bound_key('table.clear_marks')}).", bad=True)
        return several

    @on(RowTable.Selected)
    def _selected(self) -> None:
        """Run what enter does with a row here."""
        command = self.app.keymap.command_of("enter", self.SCREEN_ID)
        if command is not None:
            self.action_run(command.id)
        else:
            self.app.answer_unused("enter")

    @unless_unmounted
    def _describe_at_once(self) -> None:
        self.describe()
        self._described = self.table.cursor_key

    @on(RowTable.Highlighted)
    def _moved(self, message: RowTable.Highlighted) -> None:
        described, self._described = self._described, None
        if message.key is None or message.key != described:
            self.describe()

    @on(RowTable.MarksChanged)
    def _marked(self) -> None:
        self.describe()

    def _set_columns(self) -> bool:
        """Show the columns that the view and its rows need; return whether all rows have to be given again."""
        self.entries.columns = tuple(self.columns(self.entries.moment.view))
        return self.table.set_columns(self.entries.columns)

    def describe(self) -> None:
        """Show the current row in full, because its notes may be longer than their column."""
        moment = self.entries.moment
        entry = self.entries.get(self.table.cursor_key)
        tone: Tone = "warn" if entry is not None and entry.urgent else "dim"
        text = entry.detail(moment) if entry is not None else ""
        if self.table.cursor_gone:
            # The ghost stands where the reason for an empty list would.
            why = "" if self.entries.rows else self.why_empty(moment.view, moment.now)
            text = f"{self.when_gone()} {why}".rstrip()
        self.query_one(RowDetail).set_text(text, tone)
        self.show_keys()

    def read_at(self, entry: Listed, at: Moment) -> datetime | None:
        """Return when the data of an entry was read. A list that is read as a whole knows it itself."""
        return entry.seen_at(at)

    def export(self) -> Export:
        """Return the shown rows, for a file."""
        table, moment = self.table, Moment(self.view, self.controller.clock.now())
        only = self.controller.narrowing.cluster
        return Export(
            title=str(self.SCREEN_ID),
            written_at=moment.now,
            simulated=self.controller.context.simulated,
            filter=self.filter.export_label if only is None else f"only {only} {self.filter.export_label}".rstrip(),
            total=table.total,
            columns=tuple(column.title or column.id for column in table.columns),
            rows=self.entries.texts((row.key for row in table.shown), moment, self.read_at),
        )
