"""The Snapshots screen of one container: the tree, with the present where it stands.

It inspects when it is opened, when asked, and after each operation on the container.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.base.text import number_of
from proximity_tui.core.doctrine.observation.snapshot_tree import Branch, tree
from proximity_tui.core.model import Container, GuestSnapshots, Refusal, Snapshot
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.container_list import ContainerList
from proximity_tui.screens.lists.list_screen import Listed
from proximity_tui.screens.request.request_dialog import RequestDialog
from proximity_tui.screens.snapshots.snapshot_dialogs import DeleteSnapshot, Rollback, SnapshotDialog
from proximity_tui.screens.snapshots.snapshot_entry import COLUMNS, SnapshotEntry
from proximity_tui.screens.snapshots.take_form import TakeForm
from proximity_tui.screens.text.lines import Piece
from proximity_tui.widgets.table.columns import Column

_OF_A_SNAPSHOT = frozenset({"roll_back", "delete_snapshot"})


class SnapshotsScreen(ContainerList):
    """The snapshots of one container."""

    SCREEN_ID = ScreenId.SNAPSHOTS
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.SNAPSHOTS)]
    FILTER_KEYS = frozenset({"name", "note", "state", "age"})

    def __init__(self, container_id: int) -> None:
        super().__init__(container_id)
        self._read_last: GuestSnapshots | None = None
        self._lines: tuple[tuple[int, Branch], ...] = ()

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
        return f"The snapshots cannot be read: {self.trouble}." if self.trouble else "Reading the snapshots."

    def idle_commands(self) -> frozenset[str]:
        """Return the commands that the row under the cursor has no use for: the present is no snapshot."""
        return super().idle_commands() | (frozenset() if self._current() is not None else _OF_A_SNAPSHOT)

    def counts(self) -> str:
        """Return the number of snapshots: the present is none."""
        found = self._read_last
        return "Snapshots ?" if found is None else f"Snapshots {len(found.listed.snapshots)}"

    def do_snapshots(self) -> None:
        """Go back, as `t` led here."""
        self.do_back()

    def do_take_snapshot(self) -> None:
        """Open the form for a new snapshot."""
        self.app.push_screen(RequestDialog(TakeForm(self.container_id)))

    def do_roll_back(self) -> None:
        """Open the dialog that rolls back to the snapshot under the cursor."""
        snapshot = self._snapshot()
        if snapshot is not None:
            self.app.push_screen(SnapshotDialog(Rollback(self.container_id, snapshot.name)))

    def do_delete_snapshot(self) -> None:
        """Open the dialog that deletes the snapshot under the cursor."""
        snapshot = self._snapshot()
        if snapshot is not None:
            self.app.push_screen(SnapshotDialog(DeleteSnapshot(self.container_id, snapshot.name)))

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

    async def read_list(self, container: Container) -> str | None:
        """Inspect the container and list its snapshots."""
        found = await self.controller.ask(self.controller.context.engine.snapshots, container)
        self._read_last = None if isinstance(found, Refusal) else found
        self._lines = () if isinstance(found, Refusal) else tuple(enumerate(tree(found.listed)))
        return found.reason if isinstance(found, Refusal) else None

    def summary(self) -> list[Piece]:
        """Return how many there are, and what stands in the way of another one, or of believing the list."""
        found = self._read_last
        if self.trouble is not None:
            return [(f" {self.trouble}", "bad")]
        if found is None:
            return []
        count = len(found.listed.snapshots)
        pieces: list[Piece] = [(f" {number_of(count, 'snapshot')}. ", "normal")]
        if found.possible is False:
            pieces.append(("No other can be taken: snapshot feature is not available. ", "warn"))
        elif found.possible is None:
            pieces.append((f"Whether another can be taken is not known: {found.why_unknown}. ", "warn"))
        return [*pieces, *((f"{gap}. ", "warn") for gap in found.listed.gaps)]
