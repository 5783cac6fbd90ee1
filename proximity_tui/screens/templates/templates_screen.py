"""The Templates screen: the container templates on the storages of every cluster, and those that can be downloaded.

They are read when it opens and on request, because that costs requests to every node.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.widget import Widget

from proximity_tui.core.fleet import kept
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.insight.template_list import TemplateRow, read_templates
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.cluster_readings import ClusterReadings
from proximity_tui.screens.lists.empty_state import NOTHING_CHECKED
from proximity_tui.screens.lists.list_screen import Listed, ListScreen, Moment
from proximity_tui.screens.presentation.ages import read_a_while_ago
from proximity_tui.screens.templates.template_entry import COLUMNS, TemplateEntry
from proximity_tui.screens.text.lines import Lines
from proximity_tui.widgets.table.columns import Column


class TemplatesScreen(ListScreen):
    """The list of templates."""

    SCREEN_ID = ScreenId.TEMPLATES
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.TEMPLATES)]
    FILTER_KEYS = frozenset({"template", "cluster", "node", "storage", "status", "size"})

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[TemplateRow] = ()
        self._templates: ClusterReadings[TemplateRow] = ClusterReadings("template")
        self._is_read = False
        """Whether the first reading was begun."""

    def content(self) -> Iterable[Widget]:
        """Yield what is not true of the list below, and the list."""
        yield Lines(id="templates-age")
        yield from super().content()

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns; the cluster is one only where there is more than one."""
        return COLUMNS if view.several_clusters else [one for one in COLUMNS if one.id != "cluster"]

    def items(self, view: View) -> Sequence[TemplateRow]:
        """Return the templates, those that are on a storage first."""
        found = self._templates.rows(view.polls)
        self._rows = kept(self._rows, sorted(found, key=lambda row: row.volid is None))
        return self._rows

    def entry(self, item: TemplateRow) -> Listed:
        """Return the entry of a template."""
        return TemplateEntry(item)

    def read_at(self, entry: Listed, at: Moment) -> datetime | None:
        """Return when the templates of its cluster were read."""
        return self._templates.read_at(entry.row.cluster) if isinstance(entry, TemplateEntry) else None

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: loading, not readable, or none."""
        if view.taken_at is None:
            return "Loading the templates."
        if not view.polls:
            return NOTHING_CHECKED
        errors = " ".join(self._reading_errors(view, now))
        none = (
            f"No node has a template or can download one, as far as our tokens see. {bound_key('refresh')} reads again."
        )
        return f"{self._age(view, now)} {errors or none}".lstrip()

    @property
    def is_read(self) -> bool:
        return self._templates.is_read(self.view.polls)

    def show(self, view: View) -> None:
        """List what was read; the first time, read it."""
        self._show_what_was_read(view)
        if not self._is_read:
            self._read()

    def pass_time(self) -> None:
        """Update the age."""
        super().pass_time()
        self._show_age()

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
        self._is_read = True
        await asyncio.gather(*(self._ask(one) for one in self.controller.context.clients.values()))

    async def _ask(self, client: PveClient) -> None:
        """Read the templates of a cluster, and show them; one that does not answer keeps no other waiting."""
        name, now = client.cluster, self.controller.clock.now()
        try:
            found = await self.controller.ask(read_templates, client)
        except ProxmoxError as error:
            self._templates.fail(name, error.sentence)
        else:
            self._templates.take(name, found.rows, found.gaps, now)
        self._show_what_was_read(self.view)
        self.show_keys()

    @unless_unmounted
    def _show_what_was_read(self, view: View) -> None:
        super().show(view)
        self._show_age()

    @unless_unmounted
    def _show_age(self) -> None:
        # An empty list says it itself.
        view, now = self.view, self.controller.clock.now()
        lines = [*self._reading_errors(view, now), self._age(view, now)] if self.entries.rows else []
        self.query_one("#templates-age", Lines).set_text([[(f" {line}", "warn")] for line in lines if line])

    def _reading_errors(self, view: View, now: datetime) -> Iterator[str]:
        """Yield of each cluster why its templates are old ones, are not all that there are, or are none."""
        yield from filter(None, (self._templates.remark(name, now) for name in view.polls))

    def _age(self, view: View, now: datetime) -> str:
        """Return how old the oldest list is, of those that could be read again."""
        return read_a_while_ago(self._templates.oldest(view.polls), now)
