"""An App that shows our themes: as the setting, NO_COLOR and the background of the terminal say."""

from __future__ import annotations

import os
from typing import Any

from textual import message_pump, on
from textual import screen as screen_module
from textual.app import App
from textual.timer import Timer

from proximity_tui.config.config_errors import Invalid
from proximity_tui.config.theme_setting import ThemeSetting
from proximity_tui.config.values import theme as theme_setting
from proximity_tui.widgets.colors import no_color, theme_for
from proximity_tui.widgets.dispatch import dispatch_methods
from proximity_tui.widgets.terminal.driver import BackgroundReported, TerminalDriver
from proximity_tui.widgets.theme import THEMES, name_of


class SureTimer(Timer):
    """A timer that calls back however late it is. Textual skips what is late already when the task of the timer begins,
    and `set_timer` has only one: on a busy machine a change of size, or the end of a pause, never came.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._skip = self._skip and self._repeat != 0


message_pump.Timer = SureTimer  # type: ignore[attr-defined]
message_pump.MessagePump._get_dispatch_methods = dispatch_methods  # type: ignore[assignment]

BETWEEN_FRAMES = 0.004
"""Seconds from one frame to the next, at least. Textual waits up to 33 ms, so that what follows the first frame of a
key, such as a filtered list, came that much later. The driver puts frames together where the terminal is slow.
"""

screen_module.UPDATE_PERIOD = BETWEEN_FRAMES  # type: ignore[misc]


class ThemedApp(App[str]):
    """An App on our driver, which tells the background of the terminal where that is known."""

    def __init__(self, theme: ThemeSetting = ThemeSetting.AUTO) -> None:
        super().__init__(driver_class=TerminalDriver, ansi_color=no_color(os.environ) or None)
        for one in THEMES:
            self.register_theme(one)
        self._theme_setting = theme
        self.light_background: bool | None = None
        """Whether the background of the terminal is light; None where it did not tell."""
        self._follow_theme()

    def choose_theme(self, name: str) -> str | None:
        """Show the colours of the theme `name` until the program ends. Return the problem where there is no such theme,
        or where it cannot be seen.
        """
        try:
            self._theme_setting = theme_setting(name.strip().lower())
        except Invalid as error:
            return f"A theme {error}."
        self._follow_theme()
        if no_color(os.environ):
            return "NO_COLOR is set, so no theme has colours. Unset it and start again."
        return None

    @on(BackgroundReported)
    def _background_reported(self, message: BackgroundReported) -> None:
        self.light_background = message.light
        self._follow_theme()

    def _follow_theme(self) -> None:
        self.theme = name_of(theme_for(self._theme_setting, os.environ, light=self.light_background))
