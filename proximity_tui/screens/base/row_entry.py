"""The entry of a guest in a list, with or without a record: what Fleet and Unmanaged have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.fleet import FleetRow
from proximity_tui.core.model import Guest, Status
from proximity_tui.screens.base.list_entry import Moment
from proximity_tui.screens.presentation import containers, figures
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.filter import Field, Fields

CellMaker = Callable[[Any, Moment], str | Cell]
FieldMaker = Callable[[Any, Moment], str | Sequence[str]]
FigureMaker = Callable[[Any, Moment], Field]


@value_object
class RowEntry:
    """A row of the fleet in a list."""

    row: FleetRow

    CELLS: ClassVar[Mapping[str, CellMaker]]
    """What makes the cell of a column, by the id of the column."""
    FIELDS: ClassVar[Mapping[str, FieldMaker]]
    """What makes a field of the filter's `key:value`."""
    FIGURES: ClassVar[Mapping[str, FigureMaker]] = MappingProxyType({})
    """What makes a figure that the filter compares. It may change although the row does not."""

    @property
    def key(self) -> str:
        """The key of the row."""
        return self.row.key

    def seen_at(self, at: Moment) -> datetime | None:
        """Return the time at which its guest was seen."""
        return containers.last_seen(self.row, at.view.looks)

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return a cell. State and status are two of them, never one."""
        return self.CELLS[column](self, at)

    def field(self, key: str, at: Moment) -> Field:
        """Return one field or figure."""
        return self.FIELDS[key](self, at) if key in self.FIELDS else self.FIGURES[key](self, at)

    def fields(self, at: Moment) -> Fields:
        """Return all fields that are text: in figures nothing is searched."""
        return {key: make(self, at) for key, make in self.FIELDS.items()}

    def detail(self, at: Moment) -> str:
        """Return name, status, and every note in full."""
        notes = self.notes(at).text
        return f"{self.row.name}, {self.status(at).text}" + (f": {notes}" if notes else "")

    def status(self, at: Moment) -> Cell:
        """Return the status of Proxmox, or the verdict that replaces it."""
        return containers.status_cell(self.row, self.seen_at(at), at.now)

    def notes(self, at: Moment) -> Cell:
        """Return all notes."""
        return containers.notes_cell(self.row, self.seen_at(at), at.now)

    def figure(self, make: Callable[[Guest | None, bool], Cell], at: Moment) -> Cell:
        """Return a figure of the guest as the last list has it; only a running one has any."""
        return make(self.running(at), self.is_stale(at))

    def running(self, at: Moment) -> Guest | None:
        """Return the guest as the last list has it, if it runs; only then it has figures."""
        return at.view.guest(self.row) if self.row.status is Status.RUNNING else None

    def is_stale(self, at: Moment) -> bool:
        """Return whether what is shown of the guest is older than it should be."""
        return containers.is_stale(self.row, at.view.looks, at.now)


COMMON_FIELDS: Mapping[str, FieldMaker] = MappingProxyType(
    {
        "vmid": lambda entry, at: str(entry.row.vmid or ""),
        "name": lambda entry, at: entry.row.name,
        "node": lambda entry, at: entry.row.node or "",
        "cluster": lambda entry, at: entry.row.cluster,
        "status": lambda entry, at: entry.row.status.value,
        "tag": lambda entry, at: entry.row.tags,
        "lock": lambda entry, at: entry.row.lock or "",
        "note": lambda entry, at: entry.notes(at).text,
    }
)
"""The fields that both lists have."""

COMMON_FIGURES: Mapping[str, FigureMaker] = MappingProxyType(
    {
        "cpu": lambda entry, at: figures.cpu(entry.running(at)),
        "mem": lambda entry, at: figures.memory(entry.running(at)),
        "disk": lambda entry, at: figures.disk(at.view.guest(entry.row)),
        "uptime": lambda entry, at: figures.uptime(entry.running(at)),
    }
)
"""The figures that both lists have."""

COMMON_CELLS: Mapping[str, CellMaker] = MappingProxyType(
    {
        "cluster": lambda entry, at: entry.row.cluster,
        "vmid": lambda entry, at: containers.vmid_cell(entry.row.vmid),
        "name": lambda entry, at: entry.row.name,
        "node": lambda entry, at: entry.row.node or "?",
        "status": lambda entry, at: entry.status(at),
        "cpu": lambda entry, at: entry.figure(containers.cpu_cell, at),
        "mem": lambda entry, at: entry.figure(containers.memory_cell, at),
        "uptime": lambda entry, at: entry.figure(containers.uptime_cell, at),
        "notes": lambda entry, at: entry.notes(at),
    }
)
"""The cells that both lists have."""
