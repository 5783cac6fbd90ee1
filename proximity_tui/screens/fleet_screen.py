"""The Fleet screen: every container that we manage, those that need a person first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from proximity_tui.core.fleet import FleetRow
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.last_list_keeper import FleetTop
from proximity_tui.screens.guest_columns import (
    CPU,
    DISK,
    MEMORY,
    NAME,
    NOTES,
    STATUS,
    TREND,
    VMID,
    WITH_DISK,
    columns_of,
    needs_of,
)
from proximity_tui.screens.guest_list_screen import GuestListScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.empty_state import no_containers
from proximity_tui.screens.lists.guest_entry import entry_of
from proximity_tui.screens.lists.list_entry import gone_may_be_undone
from proximity_tui.screens.lists.list_screen import Moment
from proximity_tui.screens.presentation.alert_text import headline
from proximity_tui.widgets.table.cells import Row
from proximity_tui.widgets.table.columns import Column

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

COLUMNS = (
    Column("kind", "KIND", 7, priority=6),
    VMID,
    NAME,
    Column("node", "NODE", 8, max=16, priority=5),
    Column("state", "STATE", 9, priority=3, of_now=True),
    STATUS,
    CPU,
    TREND,
    MEMORY,
    replace(DISK, priority=10, shown_from=WITH_DISK),
    Column("uptime", "UPTIME", 7, align="right", priority=6, live=True, of_now=True),
    Column("backup", "BACKUP", 7, align="right", priority=11, live=True, shown_from=WITH_DISK),
    Column("ports", "PORTS", 9, max=30, priority=7),
    NOTES,
)
"""What is worth most has the lowest priority number, not the first place."""


class FleetScreen(GuestListScreen):
    """The first screen."""

    SCREEN_ID = ScreenId.FLEET
    when_gone = staticmethod(gone_may_be_undone)
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.FLEET)]
    COLUMNS = COLUMNS

    def items(self, view: View) -> Sequence[FleetRow]:
        """Return one row per record."""
        return view.rows

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: loading, empty or unreadable, and where guests may be hidden from us."""
        return no_containers(view, now, self.hidden)

    def is_blank(self, view: View, cluster: str) -> bool:
        """Return whether there is no record at all, and nothing of the cluster to adopt."""
        return not view.rows and super().is_blank(view, cluster)

    def do_adopt(self) -> None:
        """Say that listed containers are managed already; adoption starts from Unmanaged."""
        self.app.routes.go(ScreenId.UNMANAGED)

    def do_create(self) -> None:
        """Open the form for a new container, on the cluster of the current one, else on one that the filter names."""
        row, clusters = self.current(), self.clusters
        wanted = [row.cluster] if row is not None else []
        wanted += [name for name in clusters if self.filter_allows("cluster", name)]
        cluster = next((name for name in (*wanted, *clusters) if name in clusters), None)
        if cluster is not None:
            self.app.routes.open_create(cluster)
        else:
            self.app.show_message("No cluster is configured and enabled.", bad=True)


def top_of_fleet(view: View, now: datetime, context: AppContext, most: int) -> FleetTop:
    """Return the columns of the list, its first lines in the order of a start, and the alert above it."""
    at, entries = Moment(view, now), [entry_of(row, context) for row in view.rows[:most]]
    columns = columns_of(view, COLUMNS, needs_of(entries, at), now)
    rows = [Row(entry.key, [entry.cell(column.id, at) for column in columns]) for entry in entries]
    return columns, rows, headline(view.red_alerts[0], now) if view.red_alerts else ""
