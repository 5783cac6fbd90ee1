"""Which theme a terminal gets, and that every theme can be read."""

from __future__ import annotations

from itertools import product

import pytest
from textual.color import Color

from proximity_tui.config.theme_setting import ThemeSetting
from proximity_tui.widgets.colors import COLORS, color_depth, no_color, theme_for

AUTO, DARK, LIGHT, TERMINAL = ThemeSetting.AUTO, ThemeSetting.DARK, ThemeSetting.LIGHT, ThemeSetting.TERMINAL
MANY = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("setting", "environ", "light", "expected"),
    [
        (AUTO, MANY, None, DARK),
        (AUTO, MANY, True, LIGHT),
        (AUTO, MANY, False, DARK),
        (AUTO, MANY | {"COLORFGBG": "0;15"}, None, LIGHT),
        (AUTO, MANY | {"COLORFGBG": "15;0"}, None, DARK),
        (AUTO, MANY | {"COLORFGBG": "0;default;15"}, False, DARK),
        (AUTO, {"TERM": "linux"}, None, TERMINAL),
        (AUTO, {"TERM": "xterm", "COLORTERM": "truecolor"}, None, DARK),
        (DARK, {"TERM": "linux"}, None, DARK),
        (DARK, MANY, True, DARK),
        (TERMINAL, MANY, None, TERMINAL),
        (LIGHT, MANY | {"NO_COLOR": ""}, True, TERMINAL),
    ],
)
def test_the_theme_follows_the_setting_then_the_terminal(
    setting: ThemeSetting, environ: dict[str, str], light: bool | None, expected: ThemeSetting
) -> None:
    assert theme_for(setting, environ, light=light) is expected


def test_no_color_is_obeyed_if_only_set_to_nothing() -> None:
    assert no_color({"NO_COLOR": ""})
    assert not no_color({})
    assert color_depth(MANY | {"NO_COLOR": ""}) == 0


@pytest.mark.parametrize(("theme", "least"), [(DARK, 4.5), (LIGHT, 4.5), (ThemeSetting.CONTRAST, 7.0)])
def test_every_tone_can_be_read_on_everything_that_may_be_behind_it(theme: ThemeSetting, least: float) -> None:
    """4.5 to 1 is what WCAG 2 requires of text (level AA), 7 to 1 of enhanced contrast (level AAA)."""
    colors = COLORS[theme]
    tones = ("normal", "dim", "good", "warn", "bad", "accent")
    grounds = ("background", "surface", "panel", "cursor")
    unreadable = [
        (tone, ground, round(contrast, 2))
        for tone, ground in product(tones, grounds)
        if (contrast := _contrast(getattr(colors, tone), getattr(colors, ground))) < least
    ]
    assert unreadable == []


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in Color.parse(color).normalized
    )
    red, green, blue = parts
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
