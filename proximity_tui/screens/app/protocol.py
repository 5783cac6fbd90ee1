"""What screens find in their App: the desk, the keys, and the ways to other screens."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from proximity_tui.screens.app.base_app import BaseApp
from proximity_tui.screens.app.controller import Controller
from proximity_tui.screens.app.routes import Routes
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.keymap import Keymap


@runtime_checkable
class Notifying(Protocol):
    """A screen that says some things itself."""

    def shows(self, text: str) -> bool:
        """Whether this stands on it already."""


class ControllerApp(BaseApp):
    """An App with a desk, as screens see it: `app = getters.app(DeskApp)`, then `self.app.desk`."""

    controller: Controller
    keymap: Keymap
    routes: Routes

    def action_help_quit(self) -> None:
        """Ctrl+c ends nothing, and says what does; Textual's own words name a key that is not ours."""
        key = keys.shown(self.keymap.keys_of(keys.BY_ID["quit"])[0])
        self.show_message(f"ctrl+c ends nothing here: esc leaves a dialog, {key} ends the program.")

    def show_message(self, text: str, *, bad: bool = False) -> None:
        """Show a toast, unless the screen on top says the same: it would only hide that, and the button below it."""
        top: object = self.screen_stack[-1] if self.screen_stack else None
        if not (isinstance(top, Notifying) and top.shows(text)):
            super().show_message(text, bad=bad)
