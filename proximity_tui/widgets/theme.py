"""The six tones of a text, and the themes that colour them: a dark, a light and a sixteen-colour one.

Colours only repeat what a word or a sign already says.
"""

from collections.abc import Mapping
from typing import Literal

from textual.theme import Theme

Tone = Literal["normal", "dim", "good", "warn", "bad", "accent"]
"""How a text is meant: `warn` needs a person soon, `bad` needs one now, `accent` is where to look first."""

STYLES: Mapping[Tone, str] = {
    "normal": "",
    "dim": "$text-muted",
    "good": "$text-success",
    "warn": "$text-warning bold",
    "bad": "$text-error bold",
    "accent": "$text-accent",
}
"""The one place that says how a tone looks: a colour of the theme and maybe `bold`, as a style of `Content`."""


def tone_css(tone: Tone, text_style: str = "") -> str:
    """Return the look of a tone as declarations of a style sheet, with `text_style` (such as `reverse`) added."""
    colour, *weight = STYLES[tone].split() or ["$foreground"]
    styles = " ".join([*weight, *text_style.split()])
    return f"color: {colour};" + (f" text-style: {styles};" if styles else "")


DARK = Theme(
    name="proximity-dark",
    dark=True,
    primary="#5fafff",
    secondary="#5f87af",
    accent="#55ffff",
    warning="#ffff55",
    error="#ff5555",
    success="#55ff55",
    foreground="#e4e4e4",
    background="#000000",
    surface="#121212",
    panel="#1c1c1c",
    # Pinned: the shades that are worked out turn white or pale pink where there are sixteen colours, and
    # `auto` shades differ with the background, which would paint the same state in two colours.
    variables={
        "text-error": "#ff5555",
        "text-warning": "#ffff55",
        "text-success": "#55ff55",
        "text-accent": "#55ffff",
        "text-primary": "#5fafff",
        "text-muted": "#a8a8a8",
        "border": "#5f87af",
        "border-blurred": "#5f87af",
        "footer-key-foreground": "#55ffff",
    },
)

LIGHT = Theme(
    name="proximity-light",
    dark=False,
    primary="#005faf",
    secondary="#5f87af",
    accent="#005f87",
    warning="#875f00",
    error="#af0000",
    success="#005f00",
    foreground="#121212",
    background="#ffffff",
    surface="#f4f4f4",
    panel="#e4e4e4",
    variables={
        "text-error": "#af0000",
        "text-warning": "#875f00",
        "text-success": "#005f00",
        "text-accent": "#005f87",
        "text-primary": "#005faf",
        "text-muted": "#5f5f5f",
        "border": "#5f87af",
        "border-blurred": "#5f87af",
        "footer-key-foreground": "#005f87",
    },
)

ANSI = Theme(
    name="proximity-ansi",
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

THEMES = (DARK, LIGHT, ANSI)


def theme_for(environ: Mapping[str, str]) -> str:
    """Return the name of the theme for this environment: `proximity-ansi` under NO_COLOR, else `proximity-dark`."""
    return ANSI.name if no_color(environ) else DARK.name


def no_color(environ: Mapping[str, str]) -> bool:
    """Return whether the user asked for no colour: NO_COLOR is set, if only to nothing, as Textual reads it too.

    The answer must go to `App(ansi_color=no_color(os.environ) or None)` at construction: Textual chooses its filter
    there, and without it writes greys in which "failed" is dimmer than "running" (measured on 8.2.8).
    """
    return "NO_COLOR" in environ
