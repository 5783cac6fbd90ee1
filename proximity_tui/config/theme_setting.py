"""The themes that a person can choose, by the names in the configuration."""

from enum import StrEnum


class ThemeSetting(StrEnum):
    """The colours of the screens. `auto` follows the terminal; `terminal` is its own sixteen colours."""

    AUTO = "auto"
    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"
    TERMINAL = "terminal"
