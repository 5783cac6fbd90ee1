"""The Unmanaged screen: the containers of every cluster without a record, which adoption offers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.fleet import FleetRow
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.base.empty_state import no_guests
from proximity_tui.screens.guest_list import GuestListScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.widgets.table.columns import Column

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


class UnmanagedScreen(GuestListScreen):
    """Guests without a record."""

    PLACE = ScreenId.UNMANAGED
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.UNMANAGED)]
    COLUMNS = COLUMNS

    def items(self, view: View) -> Sequence[FleetRow]:
        """Return one row per guest."""
        return view.unmanaged

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: loading, empty, forbidden, unreachable, stale or not checked, cluster by cluster."""
        return no_guests(view, now, self.hidden)
