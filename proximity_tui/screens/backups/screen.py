"""The Backups screen: the backups of one container on every storage of its cluster, and what could not be seen.

They are read when the screen opens, on request, and after an operation of the container ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType

from proximity_tui.core.model import BackupList, Container
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import records
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.backups.detail import BackupDetail
from proximity_tui.screens.backups.rows import BackupEntry, BackupRow, GapEntry, GapRow, rows_of
from proximity_tui.screens.base.list_screen import Listed, ListScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.presentation.containers import may_be_gone
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.row_table import RowTable

COLUMNS = (
    Column("age", "AGE", 7, align="right", live=True),
    Column("made", "MADE", 16, priority=4),
    Column("size", "SIZE", 5, align="right", priority=2),
    Column("storage", "STORAGE", 8, flex=1, max=24),
    Column("verified", "VERIFIED", 8, priority=3),
    Column("protected", "PROTECTED", 9, priority=3),
    Column("notes", "NOTES", 12, flex=3),
)


class BackupsScreen(ListScreen):
    """The backups of the VMID of one record, also after the record was closed."""

    PLACE = ScreenId.BACKUPS
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.BACKUPS)]
    FILTER_KEYS = frozenset({"storage", "node", "verified", "protected", "note", "owner", "size", "age"})

    def __init__(self, container_id: int) -> None:
        super().__init__()
        self.record_id = container_id
        self.record: Container | None = None
        self.listed: BackupList | None = None
        self._rows: tuple[BackupRow | GapRow, ...] = ()
        self._trouble = ""
        self._uncovered: bool | None = None
        """Whether no backup job covers the container; None where that is not known."""
        self._worked = False
        """Whether an operation was at work on the container when it was shown last."""

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns, which never change."""
        return COLUMNS

    def items(self, view: View) -> Sequence[BackupRow | GapRow]:
        """Return what was listed, and before it what could not be."""
        return self._rows

    def entry(self, item: BackupRow | GapRow) -> Listed:
        """Return the entry of a line."""
        return GapEntry(item) if isinstance(item, GapRow) else BackupEntry(item)

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: loading, unreadable, or none."""
        if self._trouble:
            return f"The backups cannot be read: {self._trouble}"
        if self.record is None or self.listed is None:
            return "Reading the backups."
        return f"There is no backup of {self.record.label}. b makes one."

    def counts(self) -> str:
        """Return whose backups they are, how many, and whether no job makes more: `Backups of web-1: 3`."""
        name = self.record.name if self.record is not None else "?"
        job = ", IN NO BACKUP JOB" if self._uncovered else ""
        return f"Backups of {name}: {len(self.listed.found) if self.listed is not None else '?'}{job}"

    def on_screen_resume(self) -> None:
        """Read the backups when the list appears, also after a dialog that may have made one."""
        super().on_screen_resume()
        self.read_backups()

    def show(self, view: View) -> None:
        """List what was read, and read again once an operation of the container has ended."""
        super().show(view)
        row = view.row(self.record_id)
        works = row is not None and row.operation is not None
        if self._worked and not works:
            self.read_backups()
        self._worked = works

    def do_refresh(self) -> None:
        """Poll every cluster, and read the backups again."""
        super().do_refresh()
        self.read_backups()

    def do_back_up(self) -> None:
        """Open the form for a backup."""
        self.app.routes.open_back_up([self.record_id])

    def do_backup_details(self) -> None:
        """Show everything about the backup under the cursor."""
        entry = self.current_entry()
        if isinstance(entry, BackupEntry):
            self.app.push_screen(BackupDetail(entry.row))
        elif isinstance(entry, GapEntry):
            self.app.show_message(entry.row.gap.sentence, bad=True)
        else:
            self.show_empty_state()

    def idle_commands(self) -> frozenset[str]:
        """Return the commands that do not apply: what is not gone cannot be restored."""
        gone = self.record is not None and may_be_gone(self.record)
        return super().idle_commands() | (frozenset() if gone else {"restore"})

    def do_restore(self) -> None:
        """Open the dialog that restores the container from the backup under the cursor."""
        entry = self.current_entry()
        if self.record is None or not may_be_gone(self.record):
            self.app.show_message("Only a container that is gone can be restored.")
        elif isinstance(entry, BackupEntry):
            self.app.routes.open_restore(self.record_id, entry.row.backup.volid)
        else:
            self.show_empty_state()

    @on(RowTable.Selected)
    def _selected(self) -> None:
        self.do_backup_details()

    @work(group="backups", exclusive=True)
    async def read_backups(self) -> None:
        """Read the list, and show it."""
        try:
            self.record = record = await self.controller.ask(records.get, self.record_id)
            client = self.controller.session.clients.get(record.cluster)
            if client is None or record.vmid is None:
                self._trouble = f"{record.cluster} is not configured or not enabled."
            else:
                self.listed = await self.controller.ask(client.all_backups, record.vmid)
                self._rows, self._trouble = rows_of(record, self.listed), ""
        except (ProxmoxError, StoreError) as error:
            self._trouble = str(error)
        else:
            await self._read_cover()
        super().show(self.view)
        self.show_keys()

    async def _read_cover(self) -> None:
        """Read whether a backup job covers the container. Not every token may ask: then nothing is said of it."""
        assert self.record is not None
        client = self.controller.session.clients.get(self.record.cluster)
        try:
            uncovered = None if client is None else await self.controller.ask(client.uncovered)
        except ProxmoxError:
            uncovered = None
        self._uncovered = None if uncovered is None else self.record.vmid in uncovered
