"""The banner of every screen: the newest open red alert, the number of others, and the key to the list.

Without a red alert it takes no room. Its words say everything; the colour only repeats them (law 7).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widget import Widget

from proximity_tui.core.model.alert import Alert
from proximity_tui.screens.chrome.tab_strip import go_by_click
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.presentation.alert_text import headline
from proximity_tui.widgets.table.cells import fit
from proximity_tui.widgets.theme import SHORT, tone_css
from proximity_tui.widgets.wrapping import wrapped

MOST_LINES = 3
"""A banner may not push the list off a small screen."""


class AlertBanner(Widget):
    """The banner. Texts come from outside: they are never markup."""

    DEFAULT_CSS = f"AlertBanner {{ height: 1; width: 1fr; display: none; {tone_css('bad', 'reverse')} }}"

    def __init__(self) -> None:
        super().__init__(id="alert-banner")
        self._text = ""
        self._hint = ""
        self._lines: list[str] = []

    def show(self, alerts: Sequence[Alert], now: datetime, key: str) -> None:
        """Show the first of these alerts; without any, take no room. `key` leads to the list. The same again paints
        nothing.
        """
        self._text = "" if not alerts else f"ALERT  {headline(alerts[0], now)}"
        more = f"+{len(alerts) - 1} more  " if len(alerts) > 1 else ""
        self._hint = f"{more}[{key}] alerts"
        self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        self._lay_out()

    async def on_click(self) -> None:
        """Go to the alerts, as the key at its end does."""
        await go_by_click(self.screen, ScreenId.ALERTS)

    def render(self) -> Content:
        """Return the lines, which fill the width."""
        return Content("\n").join(Content(line) for line in self._lines)

    def _most(self) -> int:
        """Return how many lines it may have: on a small screen a list needs them more, and a dialog needs all."""
        if self.app.size.height >= SHORT:
            return MOST_LINES
        return 1 if self.screen.is_modal else MOST_LINES - 1

    def _lay_out(self) -> None:
        lines = banner_lines(self._text, self._hint, self.app.size.width, self._most()) if self._text else []
        if lines == self._lines:
            return
        self._lines = lines
        self.display = bool(lines)
        self.styles.height = max(1, len(lines))
        self.refresh(layout=True)


def banner_lines(text: str, hint: str, width: int, most: int = MOST_LINES) -> list[str]:
    """Return the text in as few lines as it needs, at most so many; the hint stands at the end of the last one."""
    lines = wrapped(text, width - 2)
    room = max(0, width - 2 - cell_len(hint))
    if cell_len(lines[-1]) + 2 > room and len(lines) < most:
        lines.append("")
    lines = lines[:most]
    body = [fit(f" {line}", width) for line in lines[:-1]]
    return [*body, fit(fit(f" {lines[-1]}", room) + f" {hint}", width)]
