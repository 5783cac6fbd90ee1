"""The menu of the columns that a list can be sorted by. It is dismissed with the id of one, empty for none, or None."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from proximity_tui.widgets.dialogs.dialog import MOVES_FOCUS, Dialog
from proximity_tui.widgets.glyphs import glyphs
from proximity_tui.widgets.line_controls import ChoiceLine, LineButton
from proximity_tui.widgets.table.columns import Column

UNSORTED = "default order"


class SortDialog(Dialog[str | None]):
    """The menu: enter sorts by the column under the cursor, and reverses the order of the one that it is sorted by."""

    DEFAULT_CSS = "SortDialog > DialogBox { width: 60; }"
    AUTO_FOCUS = "ChoiceLine"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("S", "cancel", "Close", show=False),
        *MOVES_FOCUS,
    ]

    def __init__(self, columns: Sequence[Column], shown: Collection[str], sorting: tuple[str, bool] | None) -> None:
        """`shown` are the ids of the columns that have room, `sorting` the present one, and whether it is reversed."""
        super().__init__()
        self._columns = [column for column in columns if column.title]
        self._shown = shown
        self._sorting = sorting

    def compose_body(self) -> ComposeResult:
        """Yield a line for each column, and one for the order that the list has by itself."""
        for column in self._columns:
            yield ChoiceLine(column.id, f"{column.title:<13}", id=f"sort-{column.id}")
        yield ChoiceLine("", f"{UNSORTED:<13}", id="sort-none")

    def compose_buttons(self) -> ComposeResult:
        """Yield Close."""
        yield LineButton("Close", id="sort-close")

    def on_mount(self) -> None:
        """Mark the present order, and go to it."""
        self.show_title("Sort by")
        sorted_by, reverse = self._sorting or ("", False)
        for line in self.query(ChoiceLine):
            now = (line.name or "") == sorted_by
            line.show(self._note_on(line.name or "", reverse if now else None), chosen=now, disabled=False)
            if now:
                line.focus()

    def _note_on(self, column: str, reverse: bool | None) -> str:
        """Return what is said of a column; `reverse` is None where the list is not sorted by it."""
        if not column:
            return ""
        order = "" if reverse is None else f"{glyphs().descending if reverse else glyphs().ascending} enter reverses it"
        return ", ".join(filter(None, (order, "" if column in self._shown else "no room for it here")))

    @on(ChoiceLine.Chosen)
    def _chosen(self, event: ChoiceLine.Chosen) -> None:
        self.dismiss(event.line.name or "")
