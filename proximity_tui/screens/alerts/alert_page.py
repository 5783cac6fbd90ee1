"""The page of one alert: all that is known of it, and its commands. It reads, and decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from proximity_tui.core.model.alert import Alert
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.screens.alerts.alert_commands import AlertCommands
from proximity_tui.screens.alerts.alert_detail import AlertDetail, gather
from proximity_tui.screens.alerts.alert_lines import LABEL, alert_lines
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.text.lines import TextLine
from proximity_tui.screens.text.scroll_text import ScrollText
from proximity_tui.widgets.background_work import in_turn

IDLE_TICKS = 15
"""Ages are told in steps of so many seconds, and looked at as often."""


class AlertScreen(AlertCommands):
    """The page of an alert."""

    SCREEN_ID = ScreenId.ALERT
    NARROWED = False
    AUTO_FOCUS = "ScrollText"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.ALERT)]

    def __init__(self, alert_id: int) -> None:
        super().__init__()
        self._alert_id = alert_id
        self._detail: AlertDetail | None = None
        self._trouble: str | None = None
        """Why it could not be read again."""
        self._ticks = 0

    def content(self) -> Iterable[Widget]:
        """Yield a text that scrolls."""
        yield ScrollText(LABEL)

    def show(self, view: View) -> None:
        """Read it again: a changed view may have changed it."""
        self._redraw()
        in_turn(self, self._read, group="detail")

    def tick(self) -> None:
        """Update the ages, seldom."""
        self._ticks += 1
        if self._ticks % IDLE_TICKS == 0:
            self._redraw()

    def counts(self) -> str:
        """Return the number of the alert."""
        return f"Alert {self._alert_id}"

    def current_alert(self) -> Alert | None:
        """Return this alert, once it was read."""
        return self._detail.alert if self._detail is not None else None

    async def _read(self) -> None:
        try:
            self._detail = await self.controller.ask(gather, self._alert_id)
            self._trouble = None
        except StoreError as error:
            self._trouble = f"The alert cannot be read: {error}"
        self._redraw()

    def _redraw(self) -> None:
        trouble: list[TextLine] = [[(self._trouble, "bad")]] if self._trouble is not None else []
        if self._detail is None:
            self._show_text(trouble or [[("Reading the alert.", "dim")]])
            return
        settings = self.controller.context.settings
        cluster = settings.clusters.get(self._detail.alert.cluster or "")
        token = cluster.token_id if cluster is not None else "our token"
        sentry = settings.sentry.dsn is not None and not self.controller.context.simulated
        lines = alert_lines(self._detail, self.controller.clock.now(), token, sentry=sentry)
        self._show_text([*trouble, *lines])

    @unless_unmounted
    def _show_text(self, text: Sequence[TextLine]) -> None:
        self.query_one(ScrollText).set_text(text)
        self.show_keys()
