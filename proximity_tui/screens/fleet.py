"""The Fleet screen: every container that we manage, those that need a person first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.fleet import FleetRow
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.base.empty_state import HiddenGuestsScreen, no_containers
from proximity_tui.screens.base.list_screen import Listed
from proximity_tui.screens.container.shell import open_shell
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.keys import ScreenId
from proximity_tui.screens.presentation import containers
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.filter import Fields
from proximity_tui.widgets.table.row_table import RowTable

CLUSTER = Column("cluster", "CLUSTER", 8, flex=1, max=16, priority=2)
COLUMNS = (
    Column("kind", "KIND", 7, priority=4),
    Column("vmid", "VMID", 5, flex=1, max=9, align="right"),
    Column("name", "NAME", 10, flex=3, max=40),
    Column("node", "NODE", 5, flex=1, max=16, priority=5),
    Column("state", "STATE", 7, flex=1, max=9, priority=3),
    Column("status", "STATUS", 10, flex=3, max=13),
    Column("cpu", "CPU", 4, align="right", priority=6),
    Column("mem", "MEM", 9, align="right", priority=7),
    Column("uptime", "UPTIME", 7, align="right", priority=8),
    Column("ports", "PORTS", 9, flex=2, max=30, priority=9),
    Column("notes", "NOTES", 20, flex=8, priority=2),
)


class FleetScreen(HiddenGuestsScreen):
    """The first screen."""

    PLACE = ScreenId.FLEET
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.FLEET)]
    FILTER_KEYS = frozenset(
        {"kind", "vmid", "name", "node", "cluster", "state", "status", "presence", "tag", "lock", "port", "note"}
    )

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns; the cluster is one only where there is more than one."""
        several = len(view.looks) + len(view.not_checked) > 1
        return (CLUSTER, *COLUMNS) if several else COLUMNS

    def entries(self, view: View, now: datetime) -> Iterable[Listed]:
        """Yield one entry per record."""
        several = self.columns(view)[0] is CLUSTER
        owner = self.controller.session.engine.owner
        wait = self.controller.session.settings.reconciler.confirm_after
        return [FleetEntry(row, view, now, several, owner, wait) for row in view.rows]

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: loading, empty or unreadable, and where guests may be hidden from us."""
        return no_containers(view, now, self.hidden)

    def is_blank(self, view: View, cluster: str) -> bool:
        """Return whether there is no record at all, and nothing of the cluster to adopt."""
        return not view.rows and super().is_blank(view, cluster)

    def current(self) -> FleetRow | None:
        """Return the container under the cursor, unless it is gone."""
        key = self.table.cursor_key
        return None if self.table.cursor_gone else next((row for row in self.view.rows if row.key == key), None)

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


@value_object
class FleetEntry:
    """A container in the list. `several` says that there is more than one cluster; `owner` executes our own operations;
    a container missing for `confirm_after` may be concluded to be gone.
    """

    row: FleetRow
    view: View
    now: datetime
    several: bool
    owner: str
    confirm_after: timedelta | None = None

    @property
    def key(self) -> str:
        """The id of the record."""
        return self.row.key

    @property
    def urgent(self) -> bool:
        """True when it needs a person."""
        return self.row.needs_a_person

    @property
    def seen_at(self) -> datetime | None:
        """The time at which its guest was seen."""
        return containers.last_seen(self.row, self.view.looks)

    def make_cells(self) -> Sequence[str | Cell]:
        """Return the cells. State and status are two of them, never one."""
        row = self.row
        vmid = Cell(str(row.vmid), order=row.vmid) if row.vmid is not None else containers.nothing()
        figures = containers.figure_cells(row, containers.is_stale(row, self.view.looks, self.now))
        ports = containers.ports_cell(row.ports)
        who = (row.kind, vmid, row.name, row.node or "?")
        line = (*who, containers.state_cell(row), self._status(), *figures, ports, self._notes())
        return (row.cluster, *line) if self.several else line

    def make_fields(self) -> Fields:
        """Return the fields of the filter's `key:value`."""
        row = self.row
        return {
            "kind": row.kind,
            "vmid": str(row.vmid or ""),
            "name": row.name,
            "node": row.node or "",
            "cluster": row.cluster,
            "state": row.state.value if row.state else "",
            "status": row.status.value,
            "presence": row.presence.value,
            "tag": row.tags,
            "lock": row.lock or "",
            "port": [str(number) for port in row.ports for number in (port.public, port.container)],
            "note": self._notes().text,
        }

    def make_detail(self) -> str:
        """Return name, status, and every note in full."""
        notes = self._notes().text
        return f"{self.row.name}, {self._status().text}" + (f": {notes}" if notes else "")

    def _status(self) -> Cell:
        return containers.status_cell(self.row, self.seen_at, self.now)

    def _notes(self) -> Cell:
        return containers.notes_cell(self.row, self.seen_at, self.now, self.owner, self.confirm_after)
