"""Keys as a person reads them."""

from __future__ import annotations

from collections.abc import Iterable


def shown(key: str) -> str:
    """Return a key as a person reads it: `ctrl+d`, `/`, `?`, `↑`."""
    *modifiers, last = key.split("+")
    return "+".join((*modifiers, _SHOWN.get(last, last)))


def shown_all(keys: Iterable[str]) -> str:
    """Return several keys for one command: `ctrl+d delete`."""
    return " ".join(shown(key) for key in keys)


_SHOWN = {
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "exclamation_mark": "!",
    "asterisk": "*",
    "backslash": "\\",
    "up": "↑",
    "down": "↓",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "escape": "esc",
}
