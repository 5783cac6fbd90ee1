"""The messages that come while a dialog is open. They have lines of their own in it: a toast would hide its buttons."""

from __future__ import annotations

from functools import partial
from typing import Protocol, runtime_checkable

from textual.content import Content
from textual.widgets import Static

from proximity_tui.widgets.theme import STYLES


@runtime_checkable
class ShowsMessages(Protocol):
    """An App that tells how something went."""

    def show_message(self, text: str, *, bad: bool = False) -> None:
        """Show a message wherever there is room for it."""


class DialogMessages(Static):
    """The messages of the last seconds, the newest first. What a dialog that closes has just shown is shown again."""

    DEFAULT_CSS = "DialogMessages { height: auto; max-height: 4; display: none; }"

    def __init__(self) -> None:
        super().__init__()
        self._messages: list[tuple[str, bool]] = []

    def add(self, text: str, *, bad: bool) -> None:
        """Show one more message for as long as a toast is shown; the same again takes the place of the one before."""
        message = (text, bad)
        self._messages = [message, *(one for one in self._messages if one[0] != text)]
        self._show()
        self.set_timer(self.app.NOTIFICATION_TIMEOUT, partial(self._forget, message))

    def on_unmount(self) -> None:
        """Hand on what was hardly shown. Not at the end of the program, when this dialog is still the last screen."""
        if isinstance(self.app, ShowsMessages) and self.app.screen_stack and self.app.screen is not self.screen:
            for text, bad in reversed(self._messages):
                self.app.show_message(text, bad=bad)

    def _forget(self, message: tuple[str, bool]) -> None:
        self._messages = [one for one in self._messages if one is not message]
        self._show()

    def _show(self) -> None:
        lines = (Content.assemble((text, STYLES["bad" if bad else "accent"])) for text, bad in self._messages)
        self.display = bool(self._messages)
        self.update(Content("\n").join(lines))
