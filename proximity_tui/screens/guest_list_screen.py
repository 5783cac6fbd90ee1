"""The base of every list of guests: what can be done with the row under the cursor, whichever list it is in.

A guest that is never touched, a virtual machine or a template, is no `FleetRow`: it can be opened, and nothing else.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Sequence

from proximity_tui.core.fleet import FleetRow, GuestRow, ReadOnlyRow, record_of
from proximity_tui.screens.container.shell import open_shell
from proximity_tui.screens.guest_columns import columns_of
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.empty_state import HiddenGuestsScreen
from proximity_tui.screens.lists.guest_entry import FIELDS, FIGURES, MEASURED, GuestEntry, entry_of, widths_of
from proximity_tui.screens.lists.list_entry import NEVER_SHOWN
from proximity_tui.screens.lists.list_screen import Listed, Moment
from proximity_tui.screens.lists.unmarking import UnmarkingScreen
from proximity_tui.screens.pane.backup_ages import BackupAgesScreen
from proximity_tui.screens.presentation.container_cells import NO_CONFIG, why_never_touched
from proximity_tui.screens.view.view import View
from proximity_tui.widgets.table.column_needs import ColumnNeeds
from proximity_tui.widgets.table.columns import Column

FOR_OURS = frozenset({"delete", "power", "clone", "edit", "migrate", "undo", "drift", "snapshots", "backups", "probe"})
"""The commands that need a record: an unmanaged container has no use for them."""
TOUCHING = FOR_OURS | {"adopt", "raw", "guest_tasks", "shell"}
"""The commands that a virtual machine or a template has no use for."""


class GuestListScreen(BackupAgesScreen, HiddenGuestsScreen, UnmarkingScreen):
    """A list of guests or containers. A subclass says which, and in which columns."""

    FILTER_KEYS = frozenset((*FIELDS, *FIGURES))
    COLUMNS: Sequence[Column]

    @abstractmethod
    def items(self, view: View) -> Sequence[GuestRow]:
        """Return the rows of the list."""

    def __init__(self) -> None:
        super().__init__()
        self._needs = ColumnNeeds[Listed](MEASURED, self._widths_of)
        self._measured_at = NEVER_SHOWN

    def idle_commands(self) -> frozenset[str]:
        """Return the commands that the row under the cursor has no use for: none where some are marked."""
        row = self.current()
        idle = super().idle_commands()
        if row is None or self.table.marks:
            return idle
        if isinstance(row, ReadOnlyRow):
            return idle | TOUCHING
        return idle | FOR_OURS if row.id is None else idle

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns as the rows need them; the cluster is one only where there is more than one."""
        return columns_of(view, self.COLUMNS, self._needs.needs, self.controller.clock.now())

    def measure(self, changed: Collection[str]) -> None:
        """Take over what the changed rows need."""
        self._measured_at = self.entries.moment
        self._needs.update(changed, self.entries.get, self.entries.are_shown)

    def measure_ahead(self, entries: Iterable[Listed], at: Moment) -> None:
        """Measure rows that are shown next."""
        self._measured_at = at
        for entry in entries:
            self._needs.measure_ahead(entry.key, entry)

    def move_unseen(self, view: View) -> None:
        """Move on, with the moment at which rows were measured."""
        super().move_unseen(view)
        self._measured_at = self.entries.moment

    def _widths_of(self, entry: Listed) -> tuple[int, ...]:
        assert isinstance(entry, GuestEntry)
        return widths_of(entry, self._measured_at)

    def entry(self, item: GuestRow) -> Listed:
        """Return the entry of a row."""
        return entry_of(item, self.controller.context)

    def current(self) -> GuestRow | None:
        """Return the guest under the cursor, unless it is gone."""
        entry = self.current_entry()
        return entry.row if isinstance(entry, GuestEntry) else None

    def chosen(self) -> FleetRow | None:
        """Return the row that a key for one is about, of which something is to be done; say why where it is none."""
        row = self.guest_row()
        if isinstance(row, FleetRow):
            return row
        if row is None:
            self.show_empty_state()
        else:
            self.app.show_message(why_never_touched(row), bad=True)
        return None

    def managed(self) -> int | None:
        """Return the record of that row; say why where there is none."""
        row = self.chosen()
        if row is not None and row.id is None:
            self.app.show_message(f"{row.name} is not managed. Adopt it first ({bound_key('adopt')}).", bad=True)
        return row.id if row is not None else None

    def do_open(self) -> None:
        """Open the page of the row under the cursor."""
        row = self.current()
        if row is not None:
            self.app.routes.open_row(row)
        else:
            self.show_empty_state()

    def do_guest_tasks(self) -> None:
        """Open the tasks of the guest, each with its log."""
        if (row := self.chosen()) is not None:
            self.app.routes.open_row(row, at_tasks=True)

    def do_adopt(self) -> None:
        """Open the adoption of the marked guests, or of the one under the cursor; lead from a managed one to the guests
        that are not.
        """
        rows = self.marked()
        if rows is None:
            row = self.chosen()
            if row is not None and row.id is not None:
                self.app.routes.go(ScreenId.UNMANAGED)
            elif row is not None:
                self.app.routes.open_adopt([row])
            return
        able = [row for row in rows if isinstance(row, FleetRow) and row.id is None]
        self._leave_out(len(rows) - len(able), "cannot be adopted")
        if able:
            self.app.routes.open_adopt(able)

    def do_delete(self) -> None:
        """Open the dialog for the marked containers, or the one under the cursor."""
        if containers := self.managed_targets():
            self.app.routes.open_delete(containers)

    def do_power(self) -> None:
        """Open the power dialog for the marked containers, or the one under the cursor."""
        if containers := self.managed_targets():
            self.app.routes.open_power(containers)

    def do_probe(self) -> None:
        """Open the dialog that probes the ports of the marked containers, or of the one under the cursor."""
        if containers := self.managed_targets():
            self.app.routes.open_probe(containers)

    def do_edit(self) -> None:
        """Open the form that changes the container under the cursor, or the dialog that changes the marked ones."""
        if containers := self.managed_targets():
            self.app.routes.open_edit(containers)

    def guest_row(self) -> GuestRow | None:
        """Return the row that a key for one is about, unless it is gone: the only marked one, which `space` has left
        since, else the one under the cursor.
        """
        if len(self.table.marks) != 1:
            return self.current()
        return next(iter(self.marked() or ()), None)

    def marked(self) -> list[GuestRow] | None:
        """Return the marked rows, which are handed over; None where none is marked."""
        marks = self.table.marks
        self.hand_over()
        return [row for row in self.items(self.view) if row.key in marks] if marks else None

    def managed_targets(self) -> list[int]:
        """Return the records of the marked rows, or of the one under the cursor; say which of them have none."""
        rows = self.marked()
        if rows is None:
            container = self.managed()
            return [] if container is None else [container]
        ids = [row.id for row in rows if isinstance(row, FleetRow) and row.id is not None]
        self._leave_out(len(rows) - len(ids), "are not managed containers")
        return ids

    def _leave_out(self, count: int, why: str) -> None:
        if count:
            self.app.show_message(f"{count} of the marked {why}. Nothing is done with them.", bad=True)

    def do_clone(self) -> None:
        """Open the form for a clone of the container."""
        if (container := self._only("A clone is made of one container.")) is not None:
            self.app.routes.open_clone(container)

    def do_migrate(self) -> None:
        """Open the form that moves the container to another node."""
        if (container := self._only("One container is moved at a time.")) is not None:
            self.app.routes.open_migrate(container)

    def _only(self, why: str) -> int | None:
        """Return the record that is meant; None, and say why, where several are marked."""
        return None if self.are_several_marked(why) else self.managed()

    def do_raw(self) -> None:
        """Show the config as Proxmox has it."""
        row = self.chosen()
        if row is None:
            return
        if row.vmid is None:
            self.app.show_message(NO_CONFIG, bad=True)
        elif row.cluster not in self.controller.clusters:
            why = self.controller.context.settings.why_not_contacted(row.cluster)
            self.app.show_message(f"{why}, so no config can be read.", bad=True)
        else:
            self.app.routes.open_raw(row.cluster, row.vmid, row.id)

    def do_snapshots(self) -> None:
        """Open the snapshots of the container."""
        container = self.managed()
        if container is not None:
            self.app.routes.open_snapshots(container)

    def do_backups(self) -> None:
        """Show the backups of the container under the cursor, or back the marked ones up."""
        containers = self.managed_targets()
        if len(containers) > 1:
            self.app.routes.open_back_up(containers)
        elif containers:
            self.app.routes.open_backups(containers[0])

    def do_undo(self) -> None:
        """Ask whether what was done last with the container is to be taken back. One that is no longer listed was
        perhaps let go by mistake a moment ago.
        """
        gone = record_of(self.table.cursor_key) if self.table.cursor_gone and not self.table.marks else None
        container = self._only("One container at a time is taken back.") if gone is None else gone
        if container is not None:
            self.app.routes.open_undo(container=container)

    def do_drift(self) -> None:
        """Open the revisions of the config of the container."""
        container = self.managed()
        if container is not None:
            self.app.routes.open_drift(container)

    def do_shell(self) -> None:
        """Leave the screen for a shell in the container."""
        if not self.are_several_marked("A shell is opened in one container.") and (row := self.chosen()) is not None:
            open_shell(self.app, row.cluster, row.node, row.vmid)
