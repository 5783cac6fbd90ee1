"""The page of a storage: what each node tells of it, what it may hold, and which of our containers have disks on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.base.text import first_of, human_bytes, percent
from proximity_tui.core.doctrine.observation.surroundings import best_reading, root_storage
from proximity_tui.core.fleet import FleetRow, StorageRow, storage_rows
from proximity_tui.core.model import NodeStatus
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.node_details import StorageDetail
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.cluster.detail_page import DetailPage, PageAnswer, of_offline, unknown_line
from proximity_tui.screens.container.sections import pair
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.presentation.cluster_cells import amount, content_words, storage_notes, storage_status_cell
from proximity_tui.screens.text.lines import Piece, TextLine
from proximity_tui.widgets.glyphs import bar

FEW = 20
"""How many of our containers are named."""


class StorageScreen(DetailPage):
    """The page of one storage."""

    SCREEN_ID = ScreenId.STORAGE_PAGE
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.STORAGE_PAGE)]

    def __init__(self, row: StorageRow) -> None:
        super().__init__(row.cluster)
        self._opened = row
        self._details: dict[str, PageAnswer[StorageDetail]] = {node: PageAnswer() for node in row.nodes}

    def counts(self) -> str:
        """Return the name of the storage."""
        return f"Storage {self._opened.label}"

    async def ask_all(self) -> None:
        """Ask each node that is not offline for the storage."""
        await asyncio.gather(*(self._ask(node) for node in self._opened.nodes))

    async def _ask(self, node: str) -> None:
        inventory, storage = self.inventory, self._opened.storage
        if inventory is not None and inventory.node_status(node) is NodeStatus.OFFLINE:
            self._details[node] = of_offline(node)
            return
        await self.take(self.answer(_reader(node, storage)), lambda answer: self._details.update({node: answer}))

    def lines(self, view: View) -> Iterator[TextLine]:
        """Yield the lines of the page."""
        row = self._row()
        yield [(self._opened.label, "accent"), (f", storage of {self.cluster}", "normal")]
        yield from self.silent_lines()
        if row is None:
            yield [("The last list does not name this storage any more.", "warn")]
            return
        reading = best_reading(self.inventory, row.storage, row.nodes) if self.inventory is not None else None
        status, notes = storage_status_cell(row), storage_notes(row, reading)
        yield pair("status", (status.shown, status.tone), (f"  {notes.text}" if notes.text else "", notes.tone))
        yield pair("type", (f"{row.type}, {'shared' if row.shared else 'of one node'}", "normal"))
        yield pair("may hold", (content_words(row.content) or "not known", "normal"))
        if reading is not None and reading.used is not None:
            left = human_bytes(max(0, (reading.maxdisk or 0) - (reading.disk or 0)))
            used = f"{bar(reading.used, 20)} {percent(reading.used)}  {amount(reading.disk, reading.maxdisk)}"
            yield pair("used", (f"{used}, {left} left", "warn" if row.full else "normal"))
        threshold = percent(self.controller.context.settings.alerts.storage_used)
        yield pair("threshold", (f"an alert above {threshold} (alerts.storage_used)", "dim"))
        yield []
        for node, answer in sorted(self._details.items()):
            yield _node_line(node, answer, self.age(answer))
        yield []
        yield self._disks(view, row)

    def _row(self) -> StorageRow | None:
        inventory = self.inventory
        if inventory is None:
            return None
        silent = {} if self.silent is None else {self.cluster: self.silent}
        rows = storage_rows({self.cluster: inventory}, silent, self.controller.context.settings.alerts.storage_used)
        return next((row for row in rows if row.key == self._opened.key), None)

    def _disks(self, view: View, row: StorageRow) -> TextLine:
        ours = [one for one in view.rows if one.cluster == self.cluster and has_root_on(one, row)]
        if not ours:
            return pair("root disks", ("no container of ours has its root disk on it", "dim"))
        names = first_of([one.name for one in ours], FEW)
        return pair("root disks", (f"{len(ours)} of our containers: {names}", "normal"))


def has_root_on(container: FleetRow, row: StorageRow) -> bool:
    """Return whether the root disk of a container was on the storage when its fingerprint was read last."""
    record = container.container
    on_node = row.shared or container.node == row.node
    return record is not None and root_storage(record) == row.storage and on_node


def _reader(node: str, storage: str) -> Callable[[PveClient], StorageDetail]:
    return lambda client: client.details.storage(node, storage)


def _node_line(node: str, answer: PageAnswer[StorageDetail], age: Piece) -> TextLine:
    detail = answer.value
    if detail is None:
        return unknown_line(node, answer)
    if not detail.active:
        why = "switched off" if detail.enabled is False else "not active: the node cannot reach it"
        return pair(node, (why, "bad"), age)
    return pair(node, (f"active, {amount(detail.space.used, detail.space.total)}", "good"), age)
