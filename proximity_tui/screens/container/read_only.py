"""The page of a guest that is never touched, a virtual machine or a template: what the list says of it.

It requests nothing, and has no key that leads to a change.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.fleet import GuestKind, GuestRow, ReadOnlyRow
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.container.guest_sections import gone_lines, guest_lines
from proximity_tui.screens.container.live import GuestLocation, live_lines, location_of
from proximity_tui.screens.container.page_tabs import LIVE, TabbedPage
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.text.lines import Piece, TextLine


class ReadOnlyScreen(TabbedPage):
    """The page of one such guest."""

    SCREEN_ID = ScreenId.READ_ONLY
    TABS = ("overview", LIVE)
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.READ_ONLY)]

    def __init__(self, row: ReadOnlyRow) -> None:
        super().__init__()
        self._row = row
        self._listed = True

    @property
    def location(self) -> GuestLocation | None:
        """The location where it is, by the last list."""
        return location_of(self._row)

    def guest_row(self) -> GuestRow | None:
        """Return the guest of this page."""
        return self._row

    def show(self, view: View) -> None:
        """Follow the row."""
        found = next((row for row in (*view.vms, *view.templates) if row.key == self._row.key), None)
        self._listed, self._row = found is not None, found or self._row
        self.add_reading()
        self.redraw()

    def heading(self) -> list[Piece]:
        """Return what it is and where."""
        row = self._row
        what = "VM" if row.kind == GuestKind.VM else "template"
        return [(f"{row.name} ({what} {row.vmid})", "accent"), (f", cluster {row.cluster}", "normal")]

    def text(self) -> list[TextLine]:
        """Return the text of the current tab."""
        if self.tab == LIVE:
            return live_lines(self._readings, self.size.width, self.controller.clock.now())
        if not self._listed:
            return list(gone_lines(self._row, None))
        return list(guest_lines(self._row, self.view, self.controller.clock.now()))
