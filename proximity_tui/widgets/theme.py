"""The six tones of a text, and the themes that colour them: dark, light, of high contrast, and the terminal's own.

Colours only repeat what a word or a sign already says.
"""

from collections.abc import Mapping

from textual.theme import Theme

from proximity_tui.config.theme_setting import ThemeSetting
from proximity_tui.core.base.tone import Tone
from proximity_tui.widgets.colors import COLORS, ThemeColors

STYLES: Mapping[Tone, str] = {
    "normal": "",
    "dim": "$text-muted",
    "good": "$text-success",
    "warn": "$text-warning bold",
    "bad": "$text-error bold",
    "accent": "$text-accent",
}
"""The one place that says how a tone looks: a colour of the theme and maybe `bold`, as a style of `Content`."""


SHORT = 16
"""Below so many lines a screen has none to spare for blank ones: a dialog then has the class `-short`."""


def tone_css(tone: Tone, text_style: str = "") -> str:
    """Return the look of a tone as declarations of a style sheet, with `text_style` (such as `reverse`) added."""
    colour, *weight = STYLES[tone].split() or ["$foreground"]
    styles = " ".join([*weight, *text_style.split()])
    return f"color: {colour};" + (f" text-style: {styles};" if styles else "")


def name_of(theme: ThemeSetting) -> str:
    """Return the name under which Textual knows a theme; `auto` has none."""
    return f"proximity-{theme.value}"


def _theme(setting: ThemeSetting, colors: ThemeColors) -> Theme:
    return Theme(
        name=name_of(setting),
        dark=colors.is_dark,
        primary=colors.accent,
        secondary=colors.border,
        accent=colors.accent,
        warning=colors.warn,
        error=colors.bad,
        success=colors.good,
        foreground=colors.normal,
        background=colors.background,
        surface=colors.surface,
        panel=colors.panel,
        # Pinned: the shades that are worked out turn white or pale pink where there are few colours, and
        # `auto` shades differ with the background, which would paint the same state in two colours.
        variables={
            "text-error": colors.bad,
            "text-warning": colors.warn,
            "text-success": colors.good,
            "text-accent": colors.accent,
            "text-primary": colors.accent,
            "text-muted": colors.dim,
            "border": colors.border,
            "border-blurred": colors.border,
            "block-cursor-foreground": colors.normal,
            "block-cursor-background": colors.cursor,
            "footer-key-foreground": colors.accent,
            "scrollbar": colors.border,
            "scrollbar-background": colors.background,
        },
    )


TERMINAL = Theme(
    name=name_of(ThemeSetting.TERMINAL),
    ansi=True,
    dark=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    accent="ansi_cyan",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        # Textual's own styles name these two, but only its own themes define them.
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "text-error": "ansi_red",
        "text-warning": "ansi_yellow",
        "text-success": "ansi_green",
        "text-accent": "ansi_cyan",
        "text-primary": "ansi_blue",
        "text-muted": "ansi_default",
        "border": "ansi_default",
        "border-blurred": "ansi_default",
        "block-cursor-text-style": "reverse",
        "footer-key-foreground": "ansi_cyan",
    },
)
"""The terminal's own colours and background; with NO_COLOR only bold, dim and reverse are left of it."""

THEMES = (*(_theme(setting, colors) for setting, colors in COLORS.items()), TERMINAL)
