"""The first lines of every screen, and of every dialog that lies on one: what is true whatever is done below them."""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Size

from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.chrome.banner import AlertBanner
from proximity_tui.screens.chrome.header import StatusLine
from proximity_tui.screens.chrome.tab_strip import TabStrip
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.text.lines import Line
from proximity_tui.screens.view.view import View
from proximity_tui.widgets.theme import SHORT


class TopLines(Vertical):
    """The status line, the tabs, the banner of a red alert, and what keeps the database from being read or written. It
    follows the view while its screen is on top.
    """

    DEFAULT_CSS = """
    TopLines {
        dock: top; height: auto; max-height: 50%; background: $background;
        & > #trouble { display: none; }
    }
    """

    app = getters.app(ControllerApp)

    _shown_at: Size | None = None
    """The size of the screen when they were shown last."""

    def compose(self) -> ComposeResult:
        """Yield the lines from top to bottom."""
        yield StatusLine()
        yield TabStrip()
        yield AlertBanner()
        yield Line(id="trouble")

    def on_mount(self) -> None:
        """Follow the view from now on."""
        self.app.controller.changed.subscribe(self, self._view_changed)
        self.screen.screen_layout_refresh_signal.subscribe(self, lambda _: self._laid_out())
        self.show()

    def on_unmount(self) -> None:
        """Follow it no more: a subscription would keep a closed dialog until the next view."""
        self.app.controller.changed.unsubscribe(self)

    @unless_unmounted
    def show(self) -> None:
        """Show what is true now; the same again paints nothing."""
        self._shown_at = self.app.size
        controller = self.app.controller
        view = controller.view
        self.query_one(StatusLine).show(controller)
        tabs = self.query_one(TabStrip)
        tabs.show()
        if self.screen.is_modal and self.app.size.height < SHORT:
            # A dialog has no line to spare there.
            tabs.display = False
        key = bound_key("alerts")
        self.query_one(AlertBanner).show(view.red_alerts, controller.clock.now(), key)
        trouble = self.query_one("#trouble", Line)
        told = database_trouble(view)
        trouble.display = told is not None
        trouble.set_text([(f" {told}", "bad")])

    @unless_unmounted
    def tick(self) -> None:
        """Update the ages, once a second while the screen is on top; only what looks different is painted."""
        self.query_one(StatusLine).show(self.app.controller)

    def _laid_out(self) -> None:
        """Show what there is room for now. What is hidden is told no new size, nor is what keeps its own."""
        if self.app.size != self._shown_at:
            self.show()

    @unless_unmounted
    def _view_changed(self, view: View) -> None:
        if self.is_mounted and self.screen.is_current:
            self.show()


def database_trouble(view: View) -> str | None:
    """Return what is wrong with the database, and what that means; None where it is read and takes what is seen."""
    if view.store_error is not None:
        return f"The database cannot be read, so these values may be old: {view.store_error}"
    if view.missing_database is not None:
        return f"No database, so no records and no alerts are known: none was found at {view.missing_database}"
    # After a failed poll this is of the last good one: whether the database takes the next is not known.
    refused = (poll.store_error for poll in view.polls.values() if poll.error is None and poll.store_error is not None)
    why = next(refused, None)
    return f"No change and no job can begin: {why}" if why is not None else None
