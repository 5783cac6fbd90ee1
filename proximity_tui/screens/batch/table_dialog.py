"""The base of dialogs with a table: its keys move the cursor whatever has the focus, because the line below the table
says everything of one row. What stands in the table is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from proximity_tui.screens.pct_commands import PlanDialog
from proximity_tui.widgets.table.row_table import RowTable


class TableDialog(PlanDialog[None]):
    """A dialog whose body is one RowTable."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, tooltip="One row up."),
        Binding("down,j", "move(1)", "Down", show=False, tooltip="One row down."),
    ]

    def action_move(self, lines: int) -> None:
        """Move the cursor by lines."""
        self.query_one(RowTable).action_move(lines)

    def action_scroll_page(self, pages: int) -> None:
        """Move it by pages."""
        self.query_one(RowTable).action_page(pages)

    def lead_to(self, keys: Sequence[str]) -> None:
        """Put the cursor on the first of these rows, unless it is on one: a reason needs more room than a cell."""
        table = self.query_one(RowTable)
        if keys and table.cursor_key not in keys:
            table.move_to(keys[0])
