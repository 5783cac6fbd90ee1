"""The page of an unmanaged container: what it is, its figures, its config, what adoption would capture, its tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.engine.observe.shared_inventory import SharedInventory
from proximity_tui.core.fleet import FleetRow, GuestRow
from proximity_tui.core.model import GuestDetail
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.screens.adopt.candidate import Candidate, inspect_item
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.container.guest_sections import (
    adoption_lines,
    config_lines,
    gone_lines,
    guest_lines,
    reading_lines,
)
from proximity_tui.screens.container.live import GuestLocation, location_of
from proximity_tui.screens.container.page_tabs import LIVE, TASKS, TabbedPage
from proximity_tui.screens.container.shell import open_shell
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.text.lines import Piece, TextLine
from proximity_tui.widgets.background_work import in_background


class GuestScreen(TabbedPage):
    """The page of one guest that nobody manages; `a` adopts it."""

    SCREEN_ID = ScreenId.GUEST
    TABS = ("overview", LIVE, "adoption", "config", TASKS)
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.GUEST)]

    def __init__(self, row: FleetRow, *, at_tasks: bool = False) -> None:
        super().__init__(at_tasks=at_tasks)
        self._row = row
        self._managed: FleetRow | None = None
        """The container that its guest is now."""
        self._listed = True
        self._reveal = False
        self._candidate = Candidate(row.cluster, row.vmid or 0, row.name, row.node or "?", row.status)
        self._trouble: str | None = None

    @property
    def location(self) -> GuestLocation | None:
        """The location where it is, by the last list."""
        return location_of(self._row)

    async def on_mount(self) -> None:
        """Read the guest as adoption does: config, snapshots and interfaces."""
        self._inspect()

    def guest_row(self) -> GuestRow | None:
        """Return the guest of this page."""
        return self._row

    def show(self, view: View) -> None:
        """Follow the row."""
        found = next((row for row in view.unmanaged if row.key == self._row.key), None)
        self._listed, self._row = found is not None, found or self._row
        same = (self._row.cluster, self._row.vmid)
        self._managed = next((row for row in view.rows if (row.cluster, row.vmid) == same), None)
        self.add_reading()
        self.redraw()

    def do_adopt(self) -> None:
        """Open its adoption."""
        if self._listed:
            self.app.routes.open_adopt([self._row])
        else:
            self.app.show_message("Only a listed, unmanaged container can be adopted. Nothing was done.", bad=True)

    def do_open(self) -> None:
        """Open the page of the container that it became."""
        if self._managed is not None:
            self.app.pop_screen()
            self.app.routes.open_row(self._managed)
        else:
            self.app.show_message(
                f"{self._row.name} is not managed: this is its whole page. {bound_key('adopt')} adopts it."
            )

    def idle_commands(self) -> frozenset[str]:
        """Return the commands that do not apply: there is another page only of a container that it became."""
        return super().idle_commands() | {"open" if self._managed is None else "adopt"}

    def do_raw(self) -> None:
        """Show the config as Proxmox has it."""
        if self._row.vmid is not None:
            self.app.routes.open_raw(self._row.cluster, self._row.vmid)

    def do_shell(self) -> None:
        """Leave the screen for a shell in the container."""
        open_shell(self.app, self._row.cluster, self._row.node, self._row.vmid)

    def do_reveal(self) -> None:
        """Show values that may be secret, or mask them again."""
        self._reveal = not self._reveal
        self.redraw()

    def do_refresh(self) -> None:
        """Poll the cluster, and read the guest and its tasks again."""
        super().do_refresh()
        self._inspect()
        self.read_tasks()

    def heading(self) -> list[Piece]:
        """Return what it is and where."""
        row = self._row
        trouble: list[Piece] = [(f"  {self._trouble}", "bad")] if self._trouble else []
        return [(f"{row.name} (unmanaged, CT {row.vmid})", "accent"), (f", cluster {row.cluster}", "normal"), *trouble]

    def text(self) -> list[TextLine]:
        """Return the text of the current tab."""
        one, now = self._candidate, self.controller.clock.now()
        texts: dict[str, Callable[[], list[TextLine]]] = {
            "overview": self._overview,
            LIVE: self.live_text,
            "adoption": lambda: [*reading_lines(one.lookup, now), *adoption_lines(one.preview, one.captures)],
            "config": lambda: [*reading_lines(one.lookup, now), *config_lines(one.lookup, reveal=self._reveal)],
        }
        return texts[self.tab]()

    def _overview(self) -> list[TextLine]:
        if not self._listed:
            return list(gone_lines(self._row, self._managed))
        return list(guest_lines(self._row, self.view, self.controller.clock.now()))

    def _inspect(self) -> None:
        if self._row.cluster in self.controller.clusters:
            in_background(self, self._read_detail, exclusive=True, group="inspection")

    async def _read_detail(self) -> None:
        engine = self.controller.context.engine
        inventory = SharedInventory(engine.clients[self._row.cluster], engine.clock)
        try:
            self._candidate = await self.controller.ask(inspect_item, engine, self._candidate, inventory)
            self._trouble = None
            seen = self._candidate.lookup
            self.controller.remember_config(self._row.key, seen.config if isinstance(seen, GuestDetail) else None)
        except StoreError as error:
            self._trouble = str(error)
        self.redraw()
