"""The interface of the App for screens: the controller, the keys, and the routes to other screens."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from proximity_tui.screens.app.base_app import BaseApp
from proximity_tui.screens.app.controller import Controller
from proximity_tui.screens.app.prompt_history import History
from proximity_tui.screens.app.routes_protocol import Routes
from proximity_tui.screens.app.saved_views import Views
from proximity_tui.screens.keyboard import unused
from proximity_tui.screens.keyboard.aliases import Aliases
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.keyboard.keymap import Keymap
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.widgets.dialogs.dialog import Dialog


@runtime_checkable
class Notifying(Protocol):
    """A screen that shows some messages itself."""

    def shows(self, text: str) -> bool:
        """Return whether the text stands on it already."""


@runtime_checkable
class FullScreen(Protocol):
    """A full screen, whose keys are those of the table of commands."""

    SCREEN_ID: ScreenId


@runtime_checkable
class SaysWhyNot(Protocol):
    """A dialog that knows why one of its keys does nothing now."""

    def why_not(self, key: str) -> str | None:
        """Return why a key of the dialog does nothing now; None where it knows nothing of that."""


class ControllerApp(BaseApp):
    """An App with a controller, as screens see it: `app = getters.app(ControllerApp)`, then `self.app.controller`."""

    controller: Controller
    keymap: Keymap
    aliases: Aliases
    history: History
    views: Views
    routes: Routes
    _answered = ""
    """The last answer to a key that does nothing."""

    def action_help_quit(self) -> None:
        """Show which key quits: ctrl+c ends nothing, and Textual's own text names a key that is not ours."""
        self.show_message(f"ctrl+c does nothing here. esc closes a dialog, {bound_key('quit')} quits.")

    def answer_unused(self, key: str) -> None:
        """Say what a key is for that does nothing on a full screen, or that it does nothing in a dialog."""
        top: object = self.screen
        if isinstance(top, Dialog):
            why = top.why_not(key) if isinstance(top, SaysWhyNot) else None
            if (sentence := why or unused.answer_in_dialog(key, typing=bool(top.open_fields))) is not None:
                top.take_message(sentence, bad=False, about_dialog=True)
        elif isinstance(top, FullScreen) and (sentence := unused.answer(key, self.keymap)) is not None:
            # One such answer is enough to read.
            self.take_back(self._answered)
            self._answered = sentence
            self.show_message(sentence)

    def show_message(self, text: str, *, bad: bool = False) -> None:
        """Show a toast, unless the top screen shows the same text: the toast would only hide it and
        the button below.
        """
        top: object = self.screen_stack[-1] if self.screen_stack else None
        if not (isinstance(top, Notifying) and top.shows(text)):
            super().show_message(text, bad=bad)
