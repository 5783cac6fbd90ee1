"""The colours of each theme, the number of colours that a terminal shows, and the choice of a theme for it.

Plain data: the list that is painted at a start, before the libraries of the screens are loaded, takes its colours here,
too, so that the two can never differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

from proximity_tui.config.theme_setting import ThemeSetting


class ThemeColors(NamedTuple):
    """The colours of one theme, each as `#rrggbb`."""

    is_dark: bool
    normal: str
    dim: str
    good: str
    warn: str
    bad: str
    accent: str
    background: str
    surface: str
    """Behind a dialog."""
    panel: str
    """Behind the first and the last line, and behind a field."""
    cursor: str
    """Behind the current row: its text keeps its colours."""
    border: str


DARK = ThemeColors(
    is_dark=True,
    normal="#d7dce2",
    dim="#98a3b0",
    good="#6fce7f",
    warn="#f0c95c",
    bad="#ff7a72",
    accent="#74c0ff",
    background="#0e1217",
    surface="#151b23",
    panel="#1d252f",
    cursor="#1b344c",
    border="#4a6280",
)
LIGHT = ThemeColors(
    is_dark=False,
    normal="#1b2026",
    dim="#545e68",
    good="#0b6b24",
    warn="#704b00",
    bad="#b3131f",
    accent="#0a58a8",
    background="#fbfbfa",
    surface="#f1f3f5",
    panel="#e4e8ec",
    cursor="#d3e5f8",
    border="#8299b3",
)
CONTRAST = ThemeColors(
    is_dark=True,
    normal="#ffffff",
    dim="#d0d0d0",
    good="#5fff5f",
    warn="#ffff5f",
    bad="#ffa8a8",
    accent="#5fffff",
    background="#000000",
    surface="#000000",
    panel="#262626",
    cursor="#00305f",
    border="#ffffff",
)
COLORS: Mapping[ThemeSetting, ThemeColors] = {
    ThemeSetting.DARK: DARK,
    ThemeSetting.LIGHT: LIGHT,
    ThemeSetting.CONTRAST: CONTRAST,
}
"""Of each theme with colours of its own. `terminal` has those of the terminal."""


class ColorDepth(IntEnum):
    """The number of colours that a terminal shows."""

    NONE = 0
    """The user asked for no colours."""
    FEW = 16
    MANY = 256
    ALL = 1 << 24


def color_depth(environ: Mapping[str, str]) -> ColorDepth:
    """Return the number of colours of the terminal of this environment, by the same variables as Textual."""
    if no_color(environ):
        return ColorDepth.NONE
    if environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return ColorDepth.ALL
    return ColorDepth.MANY if environ.get("TERM", "").endswith(("-256color", "-kitty")) else ColorDepth.FEW


def no_color(environ: Mapping[str, str]) -> bool:
    """Return whether the user asked for no colour: NO_COLOR is set, if only to nothing, as Textual reads it too.

    The answer must go to `App(ansi_color=no_color(os.environ) or None)` at construction: Textual chooses its filter
    there, and without it writes greys in which "failed" is dimmer than "running" (measured on 8.2.8).
    """
    return "NO_COLOR" in environ


def theme_for(setting: ThemeSetting, environ: Mapping[str, str], *, light: bool | None = None) -> ThemeSetting:
    """Return the theme for a setting, never `auto`. `light` says whether the background of the terminal is light; None
    where it did not tell.

    NO_COLOR decides alone. `auto` is the terminal's own colours where there are few, else it follows the background.
    """
    depth = color_depth(environ)
    if depth is ColorDepth.NONE:
        return ThemeSetting.TERMINAL
    if setting is not ThemeSetting.AUTO:
        return setting
    if depth is ColorDepth.FEW:
        return ThemeSetting.TERMINAL
    return ThemeSetting.LIGHT if _is_light(environ, light) else ThemeSetting.DARK


def _is_light(environ: Mapping[str, str], told: bool | None) -> bool:
    if told is not None:
        return told
    # Some terminals tell their colours in a variable, the background last: `0;15` is black on white.
    return environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")
