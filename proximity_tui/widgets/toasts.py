"""The short messages in the corner of the screen: plain text, each shown once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from textual.await_remove import AwaitRemove
from textual.dom import DOMNode
from textual.notifications import Notification
from textual.widget import Widget
from textual.widgets._toast import ToastHolder

from proximity_tui.core.base.advised_commands import as_called
from proximity_tui.core.base.text import plain
from proximity_tui.widgets.themed_app import ThemedApp

log = logging.getLogger(__name__)


@runtime_checkable
class TakesMessages(Protocol):
    """A screen that shows messages itself, because a toast would hide what it asks."""

    def take_message(self, text: str, *, bad: bool) -> bool:
        """Show a message for some seconds; return False where that is not possible."""


class ToastingApp(ThemedApp):
    """An App that tells how something went."""

    def show_message(self, text: str, *, bad: bool = False) -> None:
        """Show a toast, or a line in the dialog on top; the same again takes the place of the one that is shown. `text`
        may hold anything: it is never read as markup. Once the last screen is gone it is only logged: a task of this
        process may end while the program does.
        """
        shown = plain(as_called(text))
        if not self.screen_stack:
            log.info("%s", shown)
            return
        self.take_back(shown)
        if isinstance(self.screen, TakesMessages) and self.screen.take_message(shown, bad=bad):
            return
        self.notify(shown, severity="error" if bad else "information", markup=False)

    def take_back(self, text: str) -> None:
        """Take the toast with this text away, if it is still shown."""
        self._take_away(lambda one: one.message == text)

    def make_room(self) -> None:
        """Take the toasts away: they would hide what a dialog asks. It shows those itself that say what failed."""
        failed = [one.message for one in self._notifications if one.severity == "error"]
        self._take_away(lambda one: True)
        for text in failed:
            self.show_message(text, bad=True)

    def _take_away(self, which: Callable[[Notification], bool]) -> None:
        for one in [one for one in self._notifications if which(one)]:
            self._unnotify(one)

    def _prune(self, *nodes: Widget, parent: DOMNode | None = None) -> AwaitRemove:
        """Remove widgets; a toast with its holder, which Textual 8.2.8 leaves behind: each message that is shown again
        would make every layout of the screen slower.
        """
        if isinstance(parent, ToastHolder):
            nodes, parent = (parent,), parent.parent
        return super()._prune(*nodes, parent=parent)
