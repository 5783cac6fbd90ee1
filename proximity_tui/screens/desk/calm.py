"""What every Textual App of ours has: no mouse, no motion, own colours, the filter against text from outside, and
an end that never prints a local variable. It knows no screen.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from typing import ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.filter import LineFilter

from proximity_tui.core.text import plain
from proximity_tui.widgets.scrub import Scrub
from proximity_tui.widgets.theme import THEMES, no_color, theme_for

log = logging.getLogger(__name__)

CRASHED = 1
"""Exit status after an error in the program itself."""


class CalmApp(App[str]):
    """An App that is silent while idle and obeys nothing that it shows."""

    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = False
    INLINE_PADDING = 0
    TITLE = "Proximity"

    def __init__(self) -> None:
        super().__init__(ansi_color=no_color(os.environ) or None)
        self.animation_level = "none"
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = theme_for(os.environ)
        self.crash: str | None = None

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own filters, and behind them the wall against what a terminal would obey."""
        return [*super().get_line_filters(), Scrub()]

    def clear_selection(self) -> None:
        """Forget what was selected. From Python 3.12 on Textual starts tasks eagerly: the fields of the first screen
        are then mounted, and ask for this, before the App has that screen."""
        if self.screen_stack:
            super().clear_selection()

    def say(self, text: str, *, bad: bool = False) -> None:
        """Show a toast. `text` may hold anything: it is never read as markup."""
        self.notify(plain(text), severity="error" if bad else "information", markup=False)

    def _handle_exception(self, error: Exception) -> None:
        # Textual's own way prints every local variable, tokens among them, into the scrollback.
        log.critical("the screen ended: %s", type(error).__name__, exc_info=error)
        if self.crash is None:
            self.crash = f"{type(error).__name__}: {plain(str(error), limit=300)}"
        self._return_code = CRASHED
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def run_to_end(self) -> int:
        """Run until somebody quits; the exit status. A crash is told in two lines on stderr."""
        self.run(mouse=False)
        if self.crash is not None:
            print(f"proximity-tui ended: {self.crash}", file=sys.stderr)
            print("Operations under way are journaled; start again to resume them.", file=sys.stderr)
            return CRASHED
        return self.return_code or 0
