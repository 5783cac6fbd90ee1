"""The Templates screen: the container templates on the storages of every cluster, and those that can be downloaded.

They are read when it opens and on request, because that costs requests to every node.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual import work
from textual.binding import BindingType

from proximity_tui.core.fleet import kept
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.insight.templates import TemplateList, TemplateRow, read_templates
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.list_screen import Listed, ListScreen
from proximity_tui.screens.templates.template_entry import COLUMNS, TemplateEntry
from proximity_tui.widgets.table.columns import Column


class TemplatesScreen(ListScreen):
    """The list of templates."""

    SCREEN_ID = ScreenId.TEMPLATES
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.TEMPLATES)]
    FILTER_KEYS = frozenset({"template", "cluster", "node", "storage", "status", "size"})

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[TemplateRow] | None = None
        """None until every cluster was asked for the first time."""
        self._reading = False

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns; the cluster is one only where there is more than one."""
        return COLUMNS if view.several_clusters else [one for one in COLUMNS if one.id != "cluster"]

    def items(self, view: View) -> Sequence[TemplateRow]:
        """Return the templates, those that are on a storage first."""
        return self._rows or ()

    def entry(self, item: TemplateRow) -> Listed:
        """Return the entry of a template."""
        return TemplateEntry(item)

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: loading, or none."""
        if self._rows is None:
            return "Reading the templates of every node."
        return "No node has a template or can download one, as far as our tokens see. r reads again."

    def show(self, view: View) -> None:
        """List what was read; the first time, read it."""
        super().show(view)
        if self._rows is None and not self._reading:
            self._read()

    def do_refresh(self) -> None:
        """Poll, and read the templates again."""
        super().do_refresh()
        self.read_again()

    def read_again(self) -> None:
        """Read the templates of every cluster again."""
        self._read()

    def do_download(self) -> None:
        """Open the download of the template under the cursor."""
        entry = self.current_entry()
        if not isinstance(entry, TemplateEntry):
            self.show_empty_state()
        elif entry.row.volid is not None:
            self.app.show_message(f"{entry.row.volid} is on {entry.row.node} already.")
        else:
            self.app.routes.open_download(entry.row.cluster, entry.row.goes_to, entry.row.template, self.read_again)

    @work(group="templates", exclusive=True)
    async def _read(self) -> None:
        self._reading = True
        clients = self.controller.context.clients
        answers = await asyncio.gather(*(self._ask(one) for one in clients.values()))
        found = [row for one in answers if one is not None for row in one.rows]
        self._rows = kept(self._rows or (), sorted(found, key=lambda row: row.volid is None))
        self._reading = False
        for gap in (gap for one in answers if one is not None for gap in one.gaps):
            self.app.show_message(gap, bad=True)
        super().show(self.view)
        self.show_keys()

    async def _ask(self, client: PveClient) -> TemplateList | None:
        try:
            return await self.controller.ask(read_templates, client)
        except ProxmoxError as error:
            self.app.show_message(f"The templates of {client.cluster} cannot be read: {error}", bad=True)
            return None
