"""The Ports screen: every public port that is held, those in conflict first, and how many of the range are free."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.actions.port_plan import PortChange
from proximity_tui.core.model.port_registry import PortHolding, PortRegistry
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import public_ports
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.list_entry import FewFields, gone_is_audited
from proximity_tui.screens.lists.list_screen import Listed, ListScreen, Moment
from proximity_tui.screens.ports.port_form import PortDialog, PortForm, containers_of
from proximity_tui.screens.presentation.ages import coarse_age, since
from proximity_tui.widgets.background_work import in_turn
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.filter import Fields
from proximity_tui.widgets.table.quantity import Amount

COLUMNS = (
    Column("public", "PORT", 5, align="right"),
    Column("inner", "LEADS TO", 8, align="right", priority=4),
    Column("holder", "HELD BY", 12, flex=3, max=40),
    Column("cluster", "CLUSTER", 8, flex=1, max=16, priority=3),
    Column("since", "SINCE", 7, align="right", priority=5),
    Column("conflict", "CONFLICT", 20, flex=2, max=44, priority=2),
)


class PortsScreen(ListScreen):
    """The registry of public ports. It is read again after each change of the database, while it is shown."""

    SCREEN_ID = ScreenId.PORTS
    when_gone = staticmethod(gone_is_audited)
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.PORTS)]
    FILTER_KEYS = frozenset({"port", "leads", "name", "vmid", "cluster", "conflict", "age"})

    def __init__(self) -> None:
        super().__init__()
        self._registry: PortRegistry | None = None
        self._rows: tuple[RegistryRow, ...] = ()
        self._read_at: int | None = None
        """The version of the database that was read."""
        self._trouble: str | None = None

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns, which never change."""
        return COLUMNS

    def items(self, view: View) -> Sequence[RegistryRow]:
        """Return the held ports, those in conflict first."""
        return self._rows

    def entry(self, item: RegistryRow) -> Listed:
        """Return the entry of a held port."""
        return PortEntry(item)

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: loading, unreadable, or none is held."""
        if self._trouble is not None:
            return f"The ports cannot be read: {self._trouble}"
        if self._registry is None:
            return "Loading the ports."
        return f"No port is held. All {self._registry.free} ports of {self._registry.range_words} are free."

    @property
    def is_read(self) -> bool:
        return self._registry is not None

    def counts(self) -> str:
        """Return how many are held and free, and the next one: `Ports 3, 897 of 900 free, next 8103`."""
        if self._registry is None:
            return super().counts()
        free, following = self._registry.free, self._registry.next_free
        rest = f"{free} of {len(self._registry.pool)} free" if following is not None else "NONE FREE"
        return f"{super().counts()}, {rest}" + (f", next {following}" if following is not None else "")

    def show(self, view: View) -> None:
        """List what was read, and read again after any change of the database."""
        super().show(view)
        if view.store_version != self._read_at or self._registry is None:
            self._read_at = view.store_version
            in_turn(self, self._read, group="ports")

    def do_open(self) -> None:
        """Open the page of the container that holds the current port."""
        entry = self.current_entry()
        if not isinstance(entry, PortEntry):
            self.show_empty_state()
        elif (container := entry.row.holding.container) is not None:
            self.app.routes.open_container(container)
        else:
            self.app.show_message(f"No container holds port {entry.row.holding.public} yet.")

    def do_reserve(self) -> None:
        """Open the form for a port."""
        self._open(PortChange.RESERVE, None)

    def do_move(self) -> None:
        """Open the form that moves the current port."""
        self._of_current(PortChange.MOVE)

    def do_release(self) -> None:
        """Open the dialog that releases the current port."""
        self._of_current(PortChange.RELEASE)

    def do_probe(self) -> None:
        """Open the dialog that probes the ports of the container that holds the current one."""
        entry = self.current_entry()
        if isinstance(entry, PortEntry) and entry.row.holding.container is not None:
            self.app.routes.open_probe([entry.row.holding.container])
        elif isinstance(entry, PortEntry):
            self.app.show_message(f"No container holds port {entry.row.holding.public} yet.")
        else:
            self.show_empty_state()

    def _of_current(self, change: PortChange) -> None:
        entry = self.current_entry()
        if isinstance(entry, PortEntry):
            self._open(change, entry.row.holding)
        else:
            self.show_empty_state()

    def _open(self, change: PortChange, held: PortHolding | None) -> None:
        if self._registry is None:
            self.app.show_message(self.why_empty(self.view, self.controller.clock.now()))
            return
        containers = containers_of(self.controller.view.rows)
        self.app.push_screen(PortDialog(PortForm(change, self._registry, held, containers)))

    async def _read(self) -> None:
        try:
            pool = self.controller.context.settings.ports.public
            registry, rows = await self.controller.ask(_read_registry, pool, self._rows)
        except StoreError as error:
            # What could not be read is read again, also where nobody changes anything after that.
            self._trouble, self._read_at = str(error), None
        else:
            self._trouble, self._registry, self._rows = None, registry, rows
        await self.prepare()
        super().show(self.view)


def _read_registry(pool: range, before: Sequence[RegistryRow]) -> tuple[PortRegistry, tuple[RegistryRow, ...]]:
    """Return the registry of a range of ports, and its rows. Runs on a thread."""
    known = [row.holding for row in before]
    registry = PortRegistry(public_ports.registry_with_givers(known), pool)
    return registry, rows_of(registry, before)


@value_object
class RegistryRow:
    """A held port and what is wrong with it."""

    holding: PortHolding
    conflict: str

    @property
    def cluster(self) -> str | None:
        """The cluster of its holder."""
        return self.holding.cluster


def rows_of(registry: PortRegistry, before: Sequence[RegistryRow] = ()) -> tuple[RegistryRow, ...]:
    """Return the rows, those in conflict first; what says what it said is the same object as `before`."""
    known = {row: row for row in before}
    rows = [RegistryRow(one, ", ".join(registry.conflicts(one))) for one in registry.holdings]
    return tuple(known.get(row, row) for row in sorted(rows, key=lambda row: not row.conflict))


def holder_cell(holding: PortHolding) -> Cell:
    """Return who holds a port: `101 web-1`."""
    if holding.container is None:
        return Cell(holding.holder, "dim")
    return Cell(" ".join(filter(None, (str(holding.vmid or ""), holding.name))), order=holding.vmid)


@value_object
class PortEntry(FewFields):
    """A held port in the list."""

    row: RegistryRow

    @property
    def key(self) -> str:
        """Its identity in the registry."""
        return self.row.holding.key

    @property
    def urgent(self) -> bool:
        """True when something is wrong with it."""
        return bool(self.row.conflict)

    def seen_at(self, at: Moment) -> datetime | None:
        """Return None: this is our own record, not an observation."""
        return None

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return the cell of a column, with ages as they are `at` that moment."""
        holding = self.row.holding
        match column:
            case "public":
                return Cell(str(holding.public), order=holding.public)
            case "inner":
                return Cell(str(holding.container_port or ""), order=holding.container_port or 0)
            case "holder":
                return holder_cell(holding)
            case "cluster":
                return holding.cluster or ""
            case "since":
                seconds = since(holding.since, at.now)
                return Cell(coarse_age(seconds), "dim", order=seconds)
            case _:
                return Cell(self.row.conflict, "bad")

    def fields(self, at: Moment) -> Fields:
        """Return the fields of the filter's `key:value`."""
        holding = self.row.holding
        return {
            "port": str(holding.public),
            "leads": str(holding.container_port or ""),
            "name": holding.name or "",
            "vmid": str(holding.vmid or ""),
            "cluster": holding.cluster or "",
            "conflict": self.row.conflict,
            "age": Amount(since(holding.since, at.now) or 0.0),
        }

    def detail(self, at: Moment) -> str:
        """Return everything about it, in one line."""
        holding = self.row.holding
        wrong = f" Conflict: {self.row.conflict}." if self.row.conflict else ""
        began = local_time(holding.since, seconds=False) if holding.since is not None else "unknown"
        by = f" by {holding.by}" if holding.by else ""
        return f"P{holding.words[1:]}, since {began}{by}.{wrong}"
