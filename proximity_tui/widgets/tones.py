"""The six tones of a text, and the look of each. Colours only repeat what a word or a sign already says."""

from collections.abc import Mapping
from typing import Literal

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
