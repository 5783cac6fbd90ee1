"""The entry of a guest in a list, with or without a record. All lists of guests have the same cells and fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from proximity_tui.config.schema import ThresholdSettings
from proximity_tui.core.base.text import display_width
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.fleet import FleetRow, GuestKind, GuestRow
from proximity_tui.core.model import Guest, Presence
from proximity_tui.screens.lists.list_entry import Moment
from proximity_tui.screens.presentation import container_cells, figure_cells
from proximity_tui.screens.presentation.backup_cells import last_backup_cell
from proximity_tui.screens.presentation.notes import guest_notes_cell, notes_cell
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.filter import Field, Fields

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

CellMaker = Callable[[Any, Moment], str | Cell]
FieldMaker = Callable[[Any, Moment], str | Sequence[str]]
FigureMaker = Callable[[Any, Moment], Field]


@value_object
class GuestEntry:
    """A guest without a record in a list. The tones of its figures follow `limits`."""

    row: GuestRow
    limits: ThresholdSettings = ThresholdSettings()

    @property
    def key(self) -> str:
        """The key of the row."""
        return self.row.key

    @property
    def urgent(self) -> bool:
        """True when it needs a person; a guest that is not ours needs nobody."""
        return self.row.needs_a_person

    def seen_at(self, at: Moment) -> datetime | None:
        """Return the time at which its guest was seen."""
        return container_cells.last_seen(self.row, at.view.polls)

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return a cell. State and status are two of them, never one."""
        return CELLS[column](self, at)

    def field(self, key: str, at: Moment) -> Field:
        """Return one field or figure."""
        return FIELDS[key](self, at) if key in FIELDS else FIGURES[key](self, at)

    def fields(self, at: Moment) -> Fields:
        """Return all fields that are text: in figures nothing is searched."""
        return {key: make(self, at) for key, make in FIELDS.items()}

    def detail(self, at: Moment) -> str:
        """Return name, status, and every note in full."""
        notes = self.notes(at).text
        return f"{self.row.name}, {self.status(at).text}" + (f": {notes}" if notes else "")

    def status(self, at: Moment) -> Cell:
        """Return the status of Proxmox, or the verdict that replaces it."""
        return container_cells.status_cell(self.row, self.seen_at(at), at.now)

    def notes(self, at: Moment) -> Cell:
        """Return all notes."""
        former = at.view.reappeared.get(self.row.cluster, {}).get(self.row.vmid or 0)
        return guest_notes_cell(self.row, self.seen_at(at), at.now, former)

    def figure(self, make: Callable[[Guest | None, bool], Cell], at: Moment) -> Cell:
        """Return a figure of the guest as the last list has it; only a running one has any."""
        return make(self.running(at), self.is_stale(at))

    def trend(self, at: Moment) -> Sequence[float | None]:
        """Return its CPU over the last hour; only a running guest has any."""
        return () if self.running(at) is None else at.view.trend(self.row, at.now)

    def running(self, at: Moment) -> Guest | None:
        """Return the guest as the last list has it, if it runs; only then it has figures."""
        return figure_cells.measured(at.view.guest(self.row), self.row.status)

    def is_stale(self, at: Moment) -> bool:
        """Return whether what is shown of the guest is older than it should be."""
        return container_cells.is_stale(self.row, at.view.polls, at.now)


@value_object
class ContainerEntry(GuestEntry):
    """A container of ours in a list. `owner` executes our own operations; a container missing for `confirm_after` may
    be concluded to be gone.
    """

    row: FleetRow
    owner: str = ""
    confirm_after: timedelta | None = None

    def notes(self, at: Moment) -> Cell:
        """Return all notes, those on our record among them."""
        return notes_cell(self.row, self.seen_at(at), at.now, self.owner, self.confirm_after)


SHORT_KINDS = {GuestKind.UNMANAGED: "unman."}
"""What stands for a kind where its column is narrow."""

DIFFERS = "state differs from status"
COUNTDOWN = "countdown"
MEASURED = ("cluster", "kind", "vmid", "name", "node", "state", DIFFERS, "status", "ports", "tags", "notes", COUNTDOWN)
"""The columns that are as wide as their values need, whether a state says more than its status, and how much of the
notes is waited for."""
WIDEST_COUNTDOWN = len("missing? in 600 s")


def widths_of(entry: GuestEntry, at: Moment) -> tuple[int, ...]:
    """Return the cells that a row needs of the measured columns."""
    row = entry.row
    state = row.state.value if row.state is not None else ""
    verdict = row.status if row.presence in (Presence.PRESENT, Presence.UNKNOWN) else row.presence
    ports = container_cells.ports_cell(row.ports).text if isinstance(row, FleetRow) and row.ports else ""
    return (
        display_width(row.cluster),
        len(row.kind),
        len(str(row.vmid or "")),
        display_width(row.name),
        display_width(row.node or "?"),
        len(state),
        bool(state) and state != row.status.value,
        len(verdict) + len("* "),
        len(ports),
        display_width(" ".join(row.tags)) if row.tags else 0,
        display_width(entry.notes(at).text),
        WIDEST_COUNTDOWN if isinstance(row, FleetRow) and row.missing else 0,
    )


def entry_of(row: GuestRow, context: AppContext) -> GuestEntry:
    """Return the entry of a row."""
    limits = context.settings.thresholds
    if isinstance(row, FleetRow) and row.id is not None:
        confirm_after = context.settings.reconciler.confirm_after
        return ContainerEntry(row, limits, owner=context.owner, confirm_after=confirm_after)
    return GuestEntry(row, limits)


def _ports(entry: GuestEntry) -> Sequence[str]:
    ports = entry.row.ports if isinstance(entry.row, FleetRow) else ()
    return [str(one) for port in ports for one in (port.public, port.container)]


FIELDS: Mapping[str, FieldMaker] = MappingProxyType(
    {
        "kind": lambda entry, at: entry.row.kind,
        "vmid": lambda entry, at: str(entry.row.vmid or ""),
        "name": lambda entry, at: entry.row.name,
        "node": lambda entry, at: entry.row.node or "",
        "cluster": lambda entry, at: entry.row.cluster,
        "state": lambda entry, at: entry.row.state.value if entry.row.state else "",
        "status": lambda entry, at: entry.row.status.value,
        "presence": lambda entry, at: entry.row.presence.value,
        "tag": lambda entry, at: entry.row.tags,
        "lock": lambda entry, at: entry.row.lock or "",
        "address": lambda entry, at: [one.text for one in at.view.addresses(entry.row)],
        "pool": lambda entry, at: entry.row.pool or "",
        "port": lambda entry, at: _ports(entry),
        "note": lambda entry, at: entry.notes(at).text,
    }
)
"""What makes a field of the filter's `key:value`. A filter that one list understands is understood by the others."""

FIGURES: Mapping[str, FigureMaker] = MappingProxyType(
    {
        "cpu": lambda entry, at: figure_cells.cpu(entry.running(at)),
        "mem": lambda entry, at: figure_cells.memory(entry.running(at)),
        "disk": lambda entry, at: figure_cells.disk(at.view.guest(entry.row), entry.running(at)),
        "uptime": lambda entry, at: figure_cells.uptime(entry.running(at)),
        "drift": lambda entry, at: figure_cells.count(entry.row.drift if isinstance(entry.row, FleetRow) else None),
    }
)
"""What makes a figure that the filter compares. It may change although the row does not."""

MADE_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"cpu": ("cpu",), "mem": ("mem", "maxmem"), "disk": ("disk", "maxdisk"), "uptime": ("uptime",)}
)
"""What of a listed guest makes these figures. Every other one is part of the row."""

CELLS: Mapping[str, CellMaker] = MappingProxyType(
    {
        "cluster": lambda entry, at: entry.row.cluster,
        "kind": lambda entry, at: Cell(entry.row.kind, brief=SHORT_KINDS.get(entry.row.kind, "")),
        "vmid": lambda entry, at: container_cells.vmid_cell(entry.row.vmid),
        "name": lambda entry, at: entry.row.name,
        "node": lambda entry, at: entry.row.node or "?",
        "state": lambda entry, at: container_cells.state_cell(entry.row),
        "status": lambda entry, at: entry.status(at),
        "cpu": lambda entry, at: figure_cells.cpu_cell(entry.running(at), entry.is_stale(at), entry.limits.cpu),
        "mem": lambda entry, at: figure_cells.memory_bar(entry.running(at), entry.is_stale(at), entry.limits.mem),
        "disk": lambda entry, at: figure_cells.disk_bar(
            at.view.guest(entry.row), entry.running(at), entry.is_stale(at), entry.limits.disk
        ),
        "trend": lambda entry, at: figure_cells.trend_cell(entry.trend(at), entry.is_stale(at)),
        "uptime": lambda entry, at: entry.figure(figure_cells.uptime_cell, at),
        "backup": lambda entry, at: last_backup_cell(at.view.backups.of(entry.row), at.now),
        "ports": lambda entry, at: container_cells.ports_cell(
            entry.row.ports if isinstance(entry.row, FleetRow) else ()
        ),
        "tags": lambda entry, at: " ".join(entry.row.tags),
        "notes": lambda entry, at: entry.notes(at),
    }
)
"""What makes the cell of a column, by the id of the column."""
