"""The Fleet screen: every container that we manage, those that need a person first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.fleet import FleetRow
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.snapshot_keeper import FleetTop
from proximity_tui.screens.base.empty_state import HiddenGuestsScreen, no_containers
from proximity_tui.screens.base.list_screen import Listed, Moment
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
from proximity_tui.screens.presentation import containers, figures
from proximity_tui.screens.presentation.alerts import headline
from proximity_tui.widgets.table.cells import Cell, Row
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.row_table import RowTable

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

CLUSTER = Column("cluster", "CLUSTER", 8, flex=1, max=16, priority=2)
COLUMNS = (
    Column("kind", "KIND", 7, priority=4),
    Column("vmid", "VMID", 5, flex=1, max=9, align="right"),
    Column("name", "NAME", 10, flex=3, max=40),
    Column("node", "NODE", 5, flex=1, max=16, priority=5),
    Column("state", "STATE", 7, flex=1, max=9, priority=3),
    Column("status", "STATUS", 10, flex=3, max=13, live=True),
    Column("cpu", "CPU", 4, align="right", priority=6, live=True),
    Column("mem", "MEM", 9, align="right", priority=7, live=True),
    Column("uptime", "UPTIME", 7, align="right", priority=8, live=True),
    Column("ports", "PORTS", 9, flex=2, max=30, priority=9),
    Column("notes", "NOTES", 20, flex=8, priority=2, live=True),
)


class FleetScreen(HiddenGuestsScreen):
    """The first screen."""

    PLACE = ScreenId.FLEET
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.FLEET)]
    FILTER_KEYS = frozenset(
        {"kind", "vmid", "name", "node", "cluster", "state", "status", "presence", "tag", "lock", "port", "note"}
        | {"cpu", "mem", "disk", "uptime", "drift"}
    )

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns; the cluster is one only where there is more than one."""
        return columns_of(view)

    def items(self, view: View) -> Sequence[FleetRow]:
        """Return one row per record."""
        return view.rows

    def entry(self, item: FleetRow) -> Listed:
        """Return the entry of a row."""
        return entry_of(item, self.controller.session)

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: loading, empty or unreadable, and where guests may be hidden from us."""
        return no_containers(view, now, self.hidden)

    def is_blank(self, view: View, cluster: str) -> bool:
        """Return whether there is no record at all, and nothing of the cluster to adopt."""
        return not view.rows and super().is_blank(view, cluster)

    def current(self) -> FleetRow | None:
        """Return the container under the cursor, unless it is gone."""
        entry = self.current_entry()
        return entry.row if isinstance(entry, FleetEntry) else None

    @on(RowTable.Selected)
    def _selected(self) -> None:
        self.do_open()

    def do_open(self) -> None:
        """Open the container under the cursor."""
        row = self.current()
        if row is not None and row.id is not None:
            self.app.routes.open_container(row.id)
        elif row is None:
            self.show_empty_state()

    def do_adopt(self) -> None:
        """Say that listed containers are managed already; adoption starts from Unmanaged."""
        self.app.routes.go(ScreenId.UNMANAGED)

    def do_delete(self) -> None:
        """Open the dialog for the marked containers, or the current one."""
        wanted = set(self.targets())
        ids = [row.id for row in self.view.rows if row.key in wanted and row.id is not None]
        if ids:
            self.app.routes.open_delete(ids)
        else:
            self.show_empty_state()

    def do_power(self) -> None:
        """Open the power dialog for the current container."""
        row = self.current()
        if row is not None and row.id is not None:
            self.app.routes.open_power(row.id)
        elif row is None:
            self.show_empty_state()

    def do_create(self) -> None:
        """Open the form for a new container, on the cluster of the current one, else on one that the filter names."""
        row, clusters = self.current(), self.controller.clusters
        wanted = [row.cluster] if row is not None else []
        wanted += [name for name in clusters if self.filter_allows("cluster", name)]
        cluster = next((name for name in (*wanted, *clusters) if name in clusters), None)
        if cluster is not None:
            self.app.routes.open_create(cluster)
        else:
            self.app.show_message("No cluster is configured and enabled.", bad=True)

    def do_clone(self) -> None:
        """Open the form for a clone of the current container."""
        row = self.current()
        if row is not None and row.id is not None:
            self.app.routes.open_clone(row.id)
        elif row is None:
            self.show_empty_state()

    def do_raw(self) -> None:
        """Show the config as Proxmox has it."""
        row = self.current()
        if row is not None and row.vmid is not None and row.cluster in self.controller.clusters:
            self.app.routes.open_raw(row.cluster, row.vmid, row.id)
        elif row is None:
            self.show_empty_state()

    def do_shell(self) -> None:
        """Leave the screen for a shell in the current container."""
        row = self.current()
        if row is not None:
            open_shell(self.app, row.cluster, row.node, row.vmid)
        else:
            self.show_empty_state()


def columns_of(view: View) -> tuple[Column, ...]:
    """Return the columns; the cluster is one only where there is more than one."""
    several = len(view.looks) + len(view.not_checked) > 1
    return (CLUSTER, *COLUMNS) if several else COLUMNS


def top_of_fleet(view: View, now: datetime, session: AppContext, most: int) -> FleetTop:
    """Return the columns of the list, its first lines in the order of a start, and the alert above it."""
    columns, at = columns_of(view), Moment(view, now)
    entries = [entry_of(row, session) for row in view.rows[:most]]
    rows = [Row(entry.key, [entry.cell(column.id, at) for column in columns]) for entry in entries]
    return columns, rows, headline(view.red_alerts[0], now) if view.red_alerts else ""


def entry_of(row: FleetRow, session: AppContext) -> FleetEntry:
    """Return the entry of a row."""
    return FleetEntry(row, session.engine.owner, session.settings.reconciler.confirm_after)


@value_object
class FleetEntry(RowEntry):
    """A container in the list. `owner` executes our own operations; a container missing for `confirm_after` may be
    concluded to be gone.
    """

    owner: str
    confirm_after: timedelta | None = None

    CELLS: ClassVar[Mapping[str, CellMaker]] = {
        **COMMON_CELLS,
        "kind": lambda entry, at: entry.row.kind,
        "state": lambda entry, at: containers.state_cell(entry.row),
        "ports": lambda entry, at: containers.ports_cell(entry.row.ports),
    }
    FIELDS: ClassVar[Mapping[str, FieldMaker]] = {
        **COMMON_FIELDS,
        "kind": lambda entry, at: entry.row.kind,
        "state": lambda entry, at: entry.row.state.value if entry.row.state else "",
        "presence": lambda entry, at: entry.row.presence.value,
        "port": lambda entry, at: [str(one) for port in entry.row.ports for one in (port.public, port.container)],
    }

    FIGURES: ClassVar[Mapping[str, FigureMaker]] = {
        **COMMON_FIGURES,
        "drift": lambda entry, at: figures.count(entry.row.drift),
    }

    @property
    def urgent(self) -> bool:
        """True when it needs a person."""
        return self.row.needs_a_person

    def notes(self, at: Moment) -> Cell:
        """Return all notes, those on our record among them."""
        return containers.notes_cell(self.row, self.seen_at(at), at.now, self.owner, self.confirm_after)
