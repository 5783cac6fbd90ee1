"""The Unmanaged screen: the containers of every cluster without a record, which adoption offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.fleet import FleetRow
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.base.empty_state import HiddenGuestsScreen, no_guests
from proximity_tui.screens.base.list_screen import Listed
from proximity_tui.screens.base.row_entry import (
    COMMON_CELLS,
    COMMON_FIELDS,
    COMMON_FIGURES,
    CellMaker,
    FieldMaker,
    FigureMaker,
    RowEntry,
)
from proximity_tui.screens.container.shell import open_shell
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.keys import ScreenId
from proximity_tui.screens.presentation import containers
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.row_table import RowTable

CLUSTER = Column("cluster", "CLUSTER", 8, flex=1, max=16, priority=2)
COLUMNS = (
    Column("vmid", "VMID", 5, flex=1, max=9, align="right"),
    Column("name", "NAME", 10, flex=3, max=40),
    Column("node", "NODE", 6, flex=1, max=16, priority=3),
    Column("status", "STATUS", 13, live=True),
    Column("cpu", "CPU", 4, align="right", priority=6, live=True),
    Column("mem", "MEM", 9, align="right", priority=5, live=True),
    Column("disk", "DISK", 5, align="right", priority=8, live=True),
    Column("uptime", "UPTIME", 7, align="right", priority=7, live=True),
    Column("tags", "TAGS", 8, flex=2, max=30, priority=4),
    Column("notes", "NOTES", 10, flex=6, priority=2, live=True),
)


class UnmanagedScreen(HiddenGuestsScreen):
    """Guests without a record."""

    PLACE = ScreenId.UNMANAGED
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.UNMANAGED)]
    FILTER_KEYS = frozenset(
        {"vmid", "name", "node", "cluster", "status", "tag", "lock", "pool", "note", "cpu", "mem", "disk", "uptime"}
    )

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns; the cluster is one only where there is more than one."""
        return (CLUSTER, *COLUMNS) if len(view.looks) > 1 else COLUMNS

    def items(self, view: View) -> Sequence[FleetRow]:
        """Return one row per guest."""
        return view.unmanaged

    def entry(self, item: FleetRow) -> Listed:
        """Return the entry of a guest."""
        return GuestEntry(item)

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: loading, empty, forbidden, unreachable, stale or not checked, cluster by cluster."""
        return no_guests(view, now, self.hidden)

    def do_adopt(self) -> None:
        """Open the adoption of the marked guests, or the current one."""
        wanted = set(self.targets())
        guests = [(row.cluster, row.vmid) for row in self.view.unmanaged if row.key in wanted and row.vmid is not None]
        if guests:
            self.app.routes.open_adopt(guests)
        else:
            self.show_empty_state()

    @on(RowTable.Selected)
    async def _selected(self) -> None:
        await self.action_run("adopt")

    def do_raw(self) -> None:
        """Show the config as Proxmox has it."""
        row = self.current()
        if row is not None and row.vmid is not None:
            self.app.routes.open_raw(row.cluster, row.vmid)
        elif row is None:
            self.show_empty_state()

    def do_shell(self) -> None:
        """Leave the screen for a shell in the current guest."""
        row = self.current()
        if row is not None:
            open_shell(self.app, row.cluster, row.node, row.vmid)
        else:
            self.show_empty_state()

    def current(self) -> FleetRow | None:
        """Return the guest under the cursor, unless it is gone."""
        entry = self.current_entry()
        return entry.row if isinstance(entry, GuestEntry) else None


@value_object
class GuestEntry(RowEntry):
    """An unmanaged guest in the list. It has no state: that is ours alone."""

    CELLS: ClassVar[Mapping[str, CellMaker]] = {
        **COMMON_CELLS,
        "disk": lambda entry, at: containers.disk_cell(at.view.guest(entry.row), entry.is_stale(at)),
        "tags": lambda entry, at: " ".join(entry.row.tags),
    }
    FIELDS: ClassVar[Mapping[str, FieldMaker]] = {
        **COMMON_FIELDS,
        "pool": lambda entry, at: entry.row.pool or "",
    }

    FIGURES: ClassVar[Mapping[str, FigureMaker]] = COMMON_FIGURES

    @property
    def urgent(self) -> bool:
        """False: a guest that is not ours needs nobody."""
        return False
