"""Ctrl+Z: the App gives the terminal to the shell that started it, until that continues it."""

from __future__ import annotations

from textual._time import get_time
from textual.binding import Binding

from proximity_tui.widgets.terminal.driver import TerminalDriver
from proximity_tui.widgets.terminal.job_control import NO_SHELL
from proximity_tui.widgets.terminal.key_queue import KeyQueue
from proximity_tui.widgets.toasts import ToastingApp

SUSPENDS = (Binding("ctrl+z", "suspend_process", "suspend", show=False, id="suspend", priority=True),)
"""Before any field or dialog sees it: it is a key of the terminal, and no command of one screen."""


class SuspendingApp(ToastingApp):
    """An App that can be suspended wherever a shell could continue it."""

    keys: KeyQueue

    def action_suspend_process(self) -> None:
        """Give the terminal to the shell until it continues the program; where it could not, say so."""
        if (why := self.why_not_suspended()) is not None:
            self.show_message(why, bad=True)
        else:
            self.suspend_now()

    def why_not_suspended(self) -> str | None:
        """Return a sentence where the program cannot be suspended, else None."""
        return self._driver.why_not_suspended() if isinstance(self._driver, TerminalDriver) else NO_SHELL

    def suspend_now(self) -> None:
        """Stop until the shell continues the program. What was typed behind the key was meant for the shell."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.suspend_to_shell()
            self.drop_typed_to_others()

    def drop_typed_to_others(self) -> None:
        """Drop what was typed before another program got the terminal: it was meant for that."""
        self.keys.drop_typed_until(self._driver.left_at if isinstance(self._driver, TerminalDriver) else get_time())
