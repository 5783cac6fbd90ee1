"""The base of a screen with figures of a time: the last hour, day, week. `h` chooses the next one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from proximity_tui.screens.base.base_screen import BaseScreen


class SpanScreen(BaseScreen):
    """A screen whose figures are read when it opens, when another time is chosen, and on request."""

    SPANS: ClassVar[Mapping[str, timedelta]]
    """The times that the figures are of, in the order in which `h` goes through them."""

    def __init__(self) -> None:
        super().__init__()
        self.span = next(iter(self.SPANS))
        """The time that is shown, by its name."""

    def read_figures(self) -> None:
        """Start to read the figures of the chosen time in the background."""
        raise NotImplementedError

    def do_span(self) -> None:
        """Show the figures of the next time."""
        names = list(self.SPANS)
        self.span = names[(names.index(self.span) + 1) % len(names)]
        self.read_figures()

    def do_refresh(self) -> None:
        """Poll, and read the figures again."""
        super().do_refresh()
        self.read_figures()
