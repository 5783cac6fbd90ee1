"""The Everything screen: each guest of every cluster in one list, managed, unmanaged, virtual machine or template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.fleet import GuestRow, order
from proximity_tui.screens.guest_columns import CPU, DISK, MEMORY, NAME, NOTES, STATUS, TREND, VMID, WITH_DISK
from proximity_tui.screens.guest_list_screen import GuestListScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.empty_state import no_guests
from proximity_tui.screens.lists.list_entry import gone_may_be_undone
from proximity_tui.screens.view.view import View, same_objects
from proximity_tui.widgets.table.columns import Column

COLUMNS = (
    Column("kind", "KIND", 7, max=9, priority=3),
    VMID,
    NAME,
    Column("node", "NODE", 8, max=16, priority=5),
    STATUS,
    CPU,
    TREND,
    MEMORY,
    replace(DISK, priority=10, shown_from=WITH_DISK),
    Column("uptime", "UPTIME", 7, align="right", priority=6, live=True, of_now=True),
    Column("state", "STATE", 9, priority=8, of_now=True),
    Column("tags", "TAGS", 8, max=30, priority=7),
    NOTES,
)


class EverythingScreen(GuestListScreen):
    """Every guest that is there, and every container that should be."""

    SCREEN_ID = ScreenId.EVERYTHING
    when_gone = staticmethod(gone_may_be_undone)
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.EVERYTHING)]
    COLUMNS = COLUMNS

    def __init__(self) -> None:
        super().__init__()
        self._lists: Sequence[Sequence[GuestRow]] = ()
        """The lists that the rows are of."""
        self._rows: Sequence[GuestRow] = ()

    def items(self, view: View) -> Sequence[GuestRow]:
        """Return the rows of all lists in one order; the same object until one of them changes."""
        if not same_objects(view.guest_lists, self._lists):
            self._lists, self._rows = view.guest_lists, order(view.everything)
        return self._rows

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: loading, empty, forbidden, unreachable, stale or not checked, cluster by cluster."""
        return no_guests(view, now, self.hidden)

    def is_blank(self, view: View, cluster: str) -> bool:
        """Return whether nothing at all is known of the cluster."""
        return cluster not in view.counts.clusters
