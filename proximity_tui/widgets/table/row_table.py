"""A list that keeps still: rows known by key, with a cursor and marks that belong to them, not to lines.

It reports key presses; its screen knows the rows and the actions.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from proximity_tui.widgets.glyphs import Glyphs, glyphs
from proximity_tui.widgets.table.cells import TableRow
from proximity_tui.widgets.table.columns import Column, column_at
from proximity_tui.widgets.table.own_keys import OwnKeys
from proximity_tui.widgets.table.row_line import GUTTER
from proximity_tui.widgets.table.row_list import RowList
from proximity_tui.widgets.table.sorted_view import SortedView

MOVES: tuple[BindingType, ...] = (
    Binding("up,k", "move(-1)", "Up", show=False, id="table.up"),
    Binding("down,j", "move(1)", "Down", show=False, id="table.down"),
    Binding("pageup", "page(-1)", "Page up", show=False, id="table.page_up"),
    Binding("pagedown", "page(1)", "Page down", show=False, id="table.page_down"),
    Binding("home,g", "first", "First", show=False, id="table.first"),
    Binding("end,G", "last", "Last", show=False, id="table.last"),
)
"""The keys that move through rows or lines: `action_move`, `action_page`, `action_first` and `action_last`."""


class RowTable(SortedView, OwnKeys, can_focus=True):
    """A table of `Row`s under a header line.

    A refresh never moves cursor or marks to another row, and a row that vanishes under the cursor stays as a ghost
    until the cursor leaves it. An unchanged refresh writes nothing to the terminal.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("enter", "select", "Open", show=False, id="table.select"),
        Binding("space", "mark", "Mark", show=False, id="table.mark"),
        Binding("asterisk", "mark_shown", "Mark all shown", show=False, id="table.mark_shown"),
        Binding("backslash", "clear_marks", "Clear marks", show=False, id="table.clear_marks"),
    ]

    @dataclass
    class Happened(Message):
        """The base of the table's messages."""

        table: "RowTable"

        @property
        def control(self) -> "RowTable":
            """The table, so that `@on(..., "#id")` can tell tables apart."""
            return self.table

    @dataclass
    class Highlighted(Happened):
        """The message that the cursor came to the row `key`; None when there is no row any more."""

        key: str | None

    @dataclass
    class Selected(Happened):
        """The message that Enter was pressed on the row `key`, which is a ghost if `gone`."""

        key: str
        gone: bool

    @dataclass
    class TitleClicked(Happened):
        """The message that the title of a column was clicked."""

        column: str

    @dataclass
    class NothingSelected(Happened):
        """The message that Enter was pressed where there is no row."""

    @dataclass
    class NothingToMark(Happened):
        """The message that a row was to be marked where there is none, or only a ghost."""

    @dataclass
    class MarksChanged(Happened):
        """The message that exactly `keys` are marked now, including rows that a filter hides."""

        keys: frozenset[str]

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        empty: str = "",
        signs: Glyphs | None = None,
        markable: bool = True,
        moved: Callable[[], object] | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Build the table; `empty` says why there are no rows; `signs` are by default those that the terminal can show.
        Without `markable` no row can be marked: a mark without a command for many would mean nothing. `moved` is called
        when a person moves the cursor, before the rows are drawn: what tells of the current one is drawn with them.
        """
        super().__init__(columns, RowList(), signs or glyphs(), id=id, classes=classes)
        self.empty = empty
        self._markable = markable
        self._moved = moved
        self._said: tuple[str | None, frozenset[str]] = (None, frozenset())

    @property
    def cursor_key(self) -> str | None:
        """The key under the cursor, of a ghost too."""
        return self.rows.cursor

    @property
    def cursor_gone(self) -> bool:
        """True when the row under the cursor is a ghost."""
        return self.rows.gone

    @property
    def marks(self) -> frozenset[str]:
        """The marked keys, including rows that a filter hides."""
        return self.rows.marks

    def targets(self) -> tuple[str, ...]:
        """Return the keys for an action: the marked keys (shown ones first, in their order), else the current one.

        Empty on a ghost: nothing can be done to a row that is gone.
        """
        marked = [row.key for row in self.rows.shown if row.key in self.rows.marks]
        hidden = sorted(self.rows.marks.difference(marked))
        current = () if self.rows.current is None else (self.rows.current.key,)
        return (*marked, *hidden) or current

    def show(
        self,
        rows: Iterable[TableRow],
        changed: AbstractSet[str] | None = None,
        by_key: Mapping[str, TableRow] | None = None,
    ) -> None:
        """Replace all rows, of which only those with the keys in `changed` are new or different (None: any may be);
        unchanged lines are not painted again. `by_key` are the same rows, where whoever gives them has them so.

        The filter given to `only` is called with each of these keys, so its data must be up to date by then. Raises
        ValueError when a key comes twice.
        """
        self.rows.show(rows, changed, by_key)
        self.changed()
        self.keep_order()

    def only(
        self, keep: Callable[[str], bool] | None, kept: Iterable[str] | None = None, *, held: bool = False
    ) -> None:
        """Show only rows whose key `keep` accepts, until changed; None shows all. `kept` are those of now, where they
        are known already.

        Of a filter that a person changed even the row under the cursor goes away if it does not match. Where only what
        it compares has changed that row is `held` until the cursor leaves it, and nothing is scrolled.
        """
        self.rows.only(keep, kept, held=held)
        self.changed(reveal=not held, cells=False)

    def move_to(self, key: str) -> bool:
        """Put the cursor on the row `key`; return False when it is not shown."""
        found = self.rows.select(key)
        self.changed(reveal=True, cells=False)
        return found

    def changed(self, *, reveal: bool = False, cells: bool = True) -> None:
        super().changed(reveal=reveal, cells=cells)
        self._post_changes()

    def on_mount(self) -> None:
        self._post_changes()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if (place := self.place_at(offset.y)) is not None:
            self._go(place)
        elif offset.y == 0 and (column := column_at(self.placed, offset.x - GUTTER)) is not None:
            self.post_message(self.TitleClicked(self, column.id))

    def action_move(self, lines: int) -> None:
        self._go(self.rows.place + lines)
        self.call_after_refresh(self.make_ahead, lines)

    def action_page(self, pages: int) -> None:
        self._go(self.rows.place + pages * max(1, self.page))

    def action_first(self) -> None:
        self._go(0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Ignore the marking keys where nothing can be marked."""
        return self._markable if action in _MARKING else super().check_action(action, parameters)

    def action_last(self) -> None:
        self._go(len(self.rows.shown) - 1)

    def action_select(self) -> None:
        if self.rows.cursor is None:
            self.post_message(self.NothingSelected(self))
        else:
            self.post_message(self.Selected(self, self.rows.cursor, self.rows.gone))

    def action_mark(self) -> None:
        if self.rows.current is None:
            self.post_message(self.NothingToMark(self))
        self.rows.toggle_mark()
        # The next one is most often the next to mark.
        self.action_move(1)

    def action_mark_shown(self) -> None:
        if not self.rows.mark_shown():
            self.post_message(self.NothingToMark(self))
        self.changed(cells=False)

    def unmark(self, keys: AbstractSet[str]) -> None:
        """Take the marks from these rows."""
        if self.rows.marks & keys:
            self.rows.marks -= keys
            self.changed(cells=False)

    def action_clear_marks(self) -> None:
        self.rows.marks = frozenset()
        self.changed(cells=False)

    def _go(self, place: int) -> None:
        self.rows.move_to(place)
        self.changed(reveal=True, cells=False)
        if self._moved is not None:
            self._moved()

    def _post_changes(self) -> None:
        if not self.is_mounted:
            return
        (key, marks), self._said = self._said, (self.cursor_key, self.marks)
        if key != self.cursor_key:
            self.post_message(self.Highlighted(self, self.cursor_key))
        if marks is not self.marks and marks != self.marks:
            self.post_message(self.MarksChanged(self, self.marks))


_MARKING = frozenset({"mark", "mark_shown", "clear_marks"})
