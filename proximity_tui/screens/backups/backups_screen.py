"""The Backups screen: the backups of one container on every storage of its cluster, and what could not be seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.base.text import number_of
from proximity_tui.core.model import BackupList, Container
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.backups.backup_change_form import BackupChangeDialog, BackupChangeForm
from proximity_tui.screens.backups.backup_entries import BackupEntry, BackupRow, GapEntry, GapRow, facts_of, rows_of
from proximity_tui.screens.container.text_reader import FactsReader
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.container_list import ContainerList
from proximity_tui.screens.lists.list_screen import Listed
from proximity_tui.screens.presentation.container_cells import ONLY_GONE, may_be_gone
from proximity_tui.screens.text.lines import Piece
from proximity_tui.widgets.table.columns import Column

COLUMNS = (
    Column("age", "AGE", 7, align="right", live=True),
    Column("made", "MADE", 16, priority=4),
    Column("size", "SIZE", 5, align="right", priority=2),
    Column("storage", "STORAGE", 8, flex=1, max=24),
    Column("verified", "VERIFIED", 8, priority=3),
    Column("protected", "PROTECTED", 9, priority=3),
    Column("notes", "NOTES", 12, flex=3),
)


class BackupsScreen(ContainerList):
    """The backups of the VMID of one record, also after the record was closed."""

    SCREEN_ID = ScreenId.BACKUPS
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.BACKUPS)]
    FILTER_KEYS = frozenset({"storage", "node", "verified", "protected", "note", "owner", "size", "age"})

    def __init__(self, container_id: int) -> None:
        super().__init__(container_id)
        self.listed: BackupList | None = None
        self._rows: tuple[BackupRow | GapRow, ...] = ()
        self._uncovered: bool | None = None
        """Whether no backup job covers the container; None where that is not known."""

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
        if self.trouble:
            return f"The backups cannot be read: {self.trouble}"
        if self.container is None or self.listed is None:
            return "Reading the backups."
        return f"There is no backup of {self.container.label}. {bound_key('back_up')} makes one."

    def counts(self) -> str:
        """Return how many are listed: `Backups 3`."""
        return f"Backups {len(self.listed.found) if self.listed is not None else '?'}"

    def summary(self) -> list[Piece]:
        """Return how many are listed, and whether no job makes more; or why they cannot be read."""
        if self.trouble is not None:
            return [(f" {self.trouble}", "bad")]
        if self.listed is None:
            return []
        count = len(self.listed.found)
        pieces: list[Piece] = [(f" {number_of(count, 'backup')}. ", "normal")]
        if self.listed.gaps:
            pieces.append(("There may be more. ", "warn"))
        return [*pieces, ("IN NO BACKUP JOB.", "warn")] if self._uncovered else pieces

    def do_back_up(self) -> None:
        """Open the form for a backup."""
        self.app.routes.open_back_up([self.container_id])

    def do_backup_details(self) -> None:
        """Show everything about the backup under the cursor."""
        entry = self.current_entry()
        if isinstance(entry, BackupEntry):
            self.app.push_screen(FactsReader(f"Backup {entry.row.backup.volid}", facts_of(entry.row)))
        elif isinstance(entry, GapEntry):
            self.app.show_message(entry.row.gap.sentence, bad=True)
        else:
            self.show_empty_state()

    def do_protect(self) -> None:
        """Open the change of the protection of the backup under the cursor."""
        self._change(note=False)

    def do_backup_note(self) -> None:
        """Open the change of the note of the backup under the cursor."""
        self._change(note=True)

    def _change(self, *, note: bool) -> None:
        entry = self.current_entry()
        if isinstance(entry, BackupEntry):
            backup = entry.row.backup
            protected = None if note else not backup.protected
            form = BackupChangeForm(self.container_id, backup.volid, protected, backup.notes or "")
            self.app.push_screen(BackupChangeDialog(form))
        elif isinstance(entry, GapEntry):
            self.app.show_message(entry.row.gap.sentence, bad=True)
        else:
            self.show_empty_state()

    def idle_commands(self) -> frozenset[str]:
        """Return the commands that do not apply: what is not gone cannot be restored."""
        gone = self.container is not None and may_be_gone(self.container)
        return super().idle_commands() | (frozenset() if gone else {"restore"})

    def do_restore(self) -> None:
        """Open the dialog that restores the container from the backup under the cursor."""
        entry = self.current_entry()
        if self.container is None or not may_be_gone(self.container):
            self.app.show_message(ONLY_GONE)
        elif isinstance(entry, BackupEntry):
            self.app.routes.open_restore(self.container_id, entry.row.backup.volid)
        else:
            self.show_empty_state()

    async def read_list(self, container: Container) -> str | None:
        """List the backups of the VMID, and find out whether a job makes more."""
        context = self.controller.context
        client = context.clients.get(container.cluster)
        if client is None:
            return f"{context.settings.why_not_contacted(container.cluster)}."
        if container.vmid is None:
            return "It has no VMID yet, so it has no backups."
        self.listed = await self.controller.ask(client.all_backups, container.vmid)
        self._rows = rows_of(container, self.listed)
        self._uncovered = await self._is_uncovered(client, container.vmid)
        return None

    async def _is_uncovered(self, client: PveClient, vmid: int) -> bool | None:
        """Return whether no backup job covers the container. Not every token may ask: then nothing is said of it."""
        try:
            return vmid in await self.controller.ask(client.uncovered)
        except ProxmoxError:
            return None
