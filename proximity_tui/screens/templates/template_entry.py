"""A template in the list."""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.text import human_bytes
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.names import storage_of
from proximity_tui.insight.template_list import TemplateRow
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.lists.list_entry import FewFields, Moment
from proximity_tui.screens.presentation.figure_cells import nothing
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.filter import Fields
from proximity_tui.widgets.table.quantity import Amount

COLUMNS = (
    Column("template", "TEMPLATE", 20, flex=6, max=60),
    Column("cluster", "CLUSTER", 8, flex=1, max=16, priority=4),
    Column("node", "NODE", 6, flex=1, max=16, priority=3),
    Column("storage", "STORAGE", 8, flex=1, max=20, priority=2),
    Column("size", "SIZE", 5, align="right", priority=5),
    Column("status", "STATUS", 17),
)


@value_object
class TemplateEntry(FewFields):
    """A template on one node."""

    row: TemplateRow

    @property
    def key(self) -> str:
        """The place and the name."""
        return self.row.key

    @property
    def urgent(self) -> bool:
        """False: a template needs nobody."""
        return False

    def seen_at(self, at: Moment) -> datetime | None:
        """Return None: it is as old as the list."""
        return None

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return the cell of a column, with ages as they are `at` that moment."""
        row = self.row
        match column:
            case "storage":
                return self._storage or nothing()
            case "size":
                return nothing() if row.size is None else Cell(human_bytes(row.size), order=row.size)
            case "status":
                return self._status if row.volid is not None else Cell(self._status, "dim")
            case _:
                return str(getattr(row, column))

    def fields(self, at: Moment) -> Fields:
        """Return the fields of the filter's `key:value`."""
        row = self.row
        return {
            "template": row.template,
            "cluster": row.cluster,
            "node": row.node,
            "storage": self._storage,
            "status": self._status,
            "size": () if row.size is None else Amount(row.size),
        }

    def detail(self, at: Moment) -> str:
        """Return where it is, or what it is and how it gets there."""
        row = self.row
        if row.volid is not None:
            return f"{row.volid} on {row.node}: {bound_key('create')} on Fleet makes a container of it"
        return f"{row.headline or row.template}: {bound_key('download')} downloads it"

    @property
    def _storage(self) -> str:
        return storage_of(self.row.volid or "")

    @property
    def _status(self) -> str:
        return "on the storage" if self.row.volid is not None else "can be downloaded"
