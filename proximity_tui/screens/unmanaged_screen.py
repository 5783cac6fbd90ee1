"""The Unmanaged screen: the containers of every cluster without a record, which adoption offers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.fleet import FleetRow
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.guest_columns import CPU, DISK, MEMORY, NAME, NOTES, STATUS, TREND, VMID
from proximity_tui.screens.guest_list_screen import GuestListScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.empty_state import no_guests
from proximity_tui.screens.lists.list_entry import gone_is_audited
from proximity_tui.widgets.table.columns import Column

COLUMNS = (
    VMID,
    NAME,
    Column("node", "NODE", 8, max=16, priority=3),
    STATUS,
    CPU,
    TREND,
    MEMORY,
    DISK,
    Column("uptime", "UPTIME", 7, align="right", priority=5, live=True, of_now=True),
    Column("tags", "TAGS", 8, max=30, priority=6),
    NOTES,
)


class UnmanagedScreen(GuestListScreen):
    """Guests without a record."""

    SCREEN_ID = ScreenId.UNMANAGED
    when_gone = staticmethod(gone_is_audited)
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.UNMANAGED)]
    COLUMNS = COLUMNS

    def items(self, view: View) -> Sequence[FleetRow]:
        """Return one row per guest."""
        return view.unmanaged

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: loading, empty, forbidden, unreachable, stale or not checked, cluster by cluster."""
        return no_guests(view, now, self.hidden)
