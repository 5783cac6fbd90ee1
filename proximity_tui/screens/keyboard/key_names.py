"""Keys as a person reads them."""

from __future__ import annotations

from collections.abc import Iterable

from proximity_tui.widgets.glyphs import UNICODE, glyphs


def shown(key: str) -> str:
    """Return a key as a person reads it: `ctrl+d`, `/`, `?`, `↑`."""
    *modifiers, last = key.split("+")
    # Where an arrow cannot be shown, the name says it; a `v` would be the key v.
    named = {} if glyphs() is UNICODE else {"up": "up", "down": "down"}
    return "+".join((*modifiers, named.get(last) or _SHOWN.get(last, last)))


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
