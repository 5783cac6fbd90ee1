"""The Storage screen: the storages of every cluster, a shared one once, those in trouble first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.surroundings import best_reading
from proximity_tui.core.fleet import StorageRow, storage_rows
from proximity_tui.core.fleet.cluster_rows import why_no_storage
from proximity_tui.core.model import Inventory, StorageReading
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.cluster.cluster_list import ClusterEntry, ClusterList, is_stale, last_inventory
from proximity_tui.screens.cluster.storage_page import StorageScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.list_entry import Listed, Moment
from proximity_tui.screens.presentation.cluster_cells import (
    content_words,
    share_cell,
    storage_notes,
    storage_status_cell,
    used_of,
    where_cell,
)
from proximity_tui.screens.presentation.figure_cells import age_tone
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.filter import Fields
from proximity_tui.widgets.table.quantity import Amount


class StoragesScreen(ClusterList[StorageRow]):
    """Every storage that our tokens may see."""

    SCREEN_ID = ScreenId.STORAGE
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.STORAGE)]
    FILTER_KEYS = frozenset({"storage", "node", "cluster", "type", "status", "content", "shared", "note", "used"})
    COLUMNS = (
        Column("storage", "STORAGE", 10, flex=2, max=30),
        Column("where", "WHERE", 11, flex=1, max=16, priority=3),
        Column("type", "TYPE", 7, priority=5),
        Column("status", "STATUS", 13, of_now=True),
        Column("used", "USED", 15, priority=2, live=True, of_now=True),
        Column("size", "SIZE", 9, align="right", priority=4, live=True),
        Column("notes", "NOTES", 22, flex=2, priority=6, live=True),
        Column("content", "MAY HOLD", 12, flex=3, max=60, priority=7),
    )

    def rows(self, view: View, inventories: Mapping[str, Inventory], silent: Mapping[str, str]) -> Sequence[StorageRow]:
        """Return the storages."""
        return storage_rows(inventories, silent, self.controller.context.settings.alerts.storage_used)

    def entry(self, item: StorageRow) -> Listed:
        """Return the entry of a storage."""
        return StorageEntry(item)

    def why_none(self, cluster: str) -> str:
        """Return why there is no storage."""
        return why_no_storage(cluster)

    def do_open(self) -> None:
        """Open the page of the current storage."""
        row = self.current()
        if row is None:
            self.show_empty_state()
        else:
            self.app.push_screen(StorageScreen(row))


@value_object
class StorageEntry(ClusterEntry[StorageRow]):
    """A storage in the list."""

    def reading(self, at: Moment) -> StorageReading | None:
        """Return the storage as the last list has it, by a node that is online."""
        inventory = last_inventory(at, self.row.cluster)
        return None if inventory is None else best_reading(inventory, self.row.storage, self.row.nodes)

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return a cell; the figures are those of the last list."""
        row, reading, stale = self.row, self.reading(at), is_stale(at, self.row.cluster)
        match column:
            case "where":
                return where_cell(row)
            case "status":
                return storage_status_cell(row)
            case "used":
                return share_cell(reading.used if reading else None, "warn" if row.full else age_tone(stale))
            case "size":
                return used_of(reading.disk, reading.maxdisk, stale) if reading is not None else ""
            case "content":
                return content_words(row.content)
            case "notes":
                return storage_notes(row, reading)
            case _:
                return str(getattr(row, column))

    def fields(self, at: Moment) -> Fields:
        """Return the fields of the filter's `key:value`."""
        row, reading = self.row, self.reading(at)
        used = {} if reading is None or reading.used is None else {"used": Amount(100 * reading.used)}
        return {
            "storage": row.storage,
            "node": row.nodes,
            "cluster": row.cluster,
            "type": row.type,
            "status": storage_status_cell(row).text,
            "content": row.content,
            "shared": "yes" if row.shared else "no",
            "note": storage_notes(row, reading).text,
            **used,
        }

    def detail(self, at: Moment) -> str:
        """Return name, status, use and contents in full."""
        row, notes = self.row, storage_notes(self.row, self.reading(at)).text
        holds = f" May hold {content_words(row.content)}." if row.content else ""
        return f"{row.label}, {row.type}, {storage_status_cell(row).text}" + (f": {notes}." if notes else ".") + holds
