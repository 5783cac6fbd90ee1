"""The Snapshots screen of one container: the tree, with the present where it stands.

It inspects when it is opened, when asked, and after each operation on the container.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType

from proximity_tui.core.doctrine.observation.snapshot_tree import Branch, tree
from proximity_tui.core.model import Container, GuestSnapshots, Refusal, Snapshot
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import records
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.base.container_list import ContainerList, named
from proximity_tui.screens.base.list_screen import Listed
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.request.dialog import RequestDialog
from proximity_tui.screens.snapshots.dialog import DeleteSnapshot, Rollback, SnapshotDialog
from proximity_tui.screens.snapshots.entry import COLUMNS, SnapshotEntry
from proximity_tui.screens.snapshots.take import TakeForm
from proximity_tui.screens.text.lines import Piece
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.row_table import RowTable

_OF_A_SNAPSHOT = frozenset({"roll_back", "delete_snapshot"})


class SnapshotsScreen(ContainerList):
    """The snapshots of one container."""

    PLACE = ScreenId.SNAPSHOTS
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.SNAPSHOTS)]
    FILTER_KEYS = frozenset({"name", "note", "state", "age"})

    def __init__(self, container_id: int) -> None:
        super().__init__(container_id)
        self._container: Container | None = None
        self._read_last: GuestSnapshots | None = None
        self._lines: tuple[tuple[int, Branch], ...] = ()
        self._read_at: tuple[int | None, int | None] = (None, None)
        """The version of the record, and the operation that held it, when the snapshots were read last."""

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns; the state is one only where a snapshot is not whole."""
        broken = any(line.snapshot is not None and line.snapshot.state for _, line in self._lines)
        return COLUMNS if broken else tuple(column for column in COLUMNS if column.id != "state")

    def items(self, view: View) -> Sequence[tuple[int, Branch]]:
        """Return the lines of the tree, from the top down."""
        return self._lines

    def entry(self, item: tuple[int, Branch]) -> Listed:
        """Return the entry of a line."""
        place, branch = item
        return SnapshotEntry(branch, place)

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: loading, or not readable."""
        return f"The snapshots cannot be read: {self._trouble}." if self._trouble else "Reading the snapshots."

    def idle_commands(self) -> frozenset[str]:
        """Return the commands that the row under the cursor has no use for: the present is no snapshot."""
        return super().idle_commands() | (frozenset() if self._current() is not None else _OF_A_SNAPSHOT)

    def counts(self) -> str:
        """Return the number of snapshots: the present is none."""
        found = self._read_last
        return "Snapshots ?" if found is None else f"Snapshots {len(found.listed.snapshots)}"

    def show(self, view: View) -> None:
        """Show the tree, and read it again when an operation on the container began or ended."""
        super().show(view)
        if self._place_in(view) != self._read_at:
            self.read()

    def do_snapshots(self) -> None:
        """Go back, as `t` led here."""
        self.do_back()

    def do_take_snapshot(self) -> None:
        """Open the form for a new snapshot."""
        self.app.push_screen(RequestDialog(TakeForm(self._container_id)))

    def do_roll_back(self) -> None:
        """Open the dialog that rolls back to the snapshot under the cursor."""
        snapshot = self._snapshot()
        if snapshot is not None:
            self.app.push_screen(SnapshotDialog(Rollback(self._container_id, snapshot.name)))

    def do_delete_snapshot(self) -> None:
        """Open the dialog that deletes the snapshot under the cursor."""
        snapshot = self._snapshot()
        if snapshot is not None:
            self.app.push_screen(SnapshotDialog(DeleteSnapshot(self._container_id, snapshot.name)))

    @on(RowTable.Selected)
    async def _selected(self) -> None:
        await self.action_run("roll_back")

    def _current(self) -> Snapshot | None:
        entry = self.current_entry()
        return entry.branch.snapshot if isinstance(entry, SnapshotEntry) else None

    def _snapshot(self) -> Snapshot | None:
        """Return the snapshot under the cursor; say why where there is none."""
        snapshot = self._current()
        if snapshot is None and self.current_entry() is not None:
            self.app.show_message("This is the container as it is now. Select a snapshot.")
        elif snapshot is None:
            self.show_empty_state()
        return snapshot

    def _place_in(self, view: View) -> tuple[int | None, int | None]:
        """Return where the record is in its history: what a begun or ended operation changes."""
        row = view.row(self._container_id)
        if row is None or row.container is None:
            return None, None
        return row.container.version, row.operation.id if row.operation is not None else None

    @work(group="snapshots", exclusive=True)
    async def read(self) -> None:
        """Inspect the container and list its snapshots, then show them."""
        engine = self.controller.session.engine
        self._read_at = self._place_in(self.view)
        try:
            self._container = await self.controller.ask(records.get, self._container_id)
            found = await self.controller.ask(engine.snapshots, self._container)
        except (StoreError, ProxmoxError) as error:
            self._trouble = str(error)
        else:
            self._trouble = found.reason if isinstance(found, Refusal) else None
            self._read_last = None if isinstance(found, Refusal) else found
            self._lines = () if isinstance(found, Refusal) else tuple(enumerate(tree(found.listed)))
        self.show_what_was_read()

    def heading(self) -> list[Piece]:
        """Return the container, or that its record is being read."""
        if self._container is None:
            return [(f" {self._trouble or 'Reading the record.'}", "bad" if self._trouble else "dim")]
        return named(self._container)

    def summary(self) -> list[Piece]:
        """Return how many there are, and what stands in the way of another one, or of believing the list."""
        found = self._read_last
        if self._trouble is not None:
            return [(f" {self._trouble}", "bad")]
        if found is None:
            return []
        count = len(found.listed.snapshots)
        pieces: list[Piece] = [(f" {count} snapshot{'' if count == 1 else 's'}. ", "normal")]
        if found.possible is False:
            pieces.append(("No other can be taken: snapshot feature is not available. ", "warn"))
        elif found.possible is None:
            pieces.append((f"Whether another can be taken is not known: {found.why_unknown}. ", "warn"))
        return [*pieces, *((f"{gap}. ", "warn") for gap in found.listed.gaps)]
