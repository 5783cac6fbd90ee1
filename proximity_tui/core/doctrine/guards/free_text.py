"""The one rule for a text that a person writes and Proxmox keeps: a description, a note, a setting without a grammar.

What a terminal obeys, or what turns the direction of a line, shows whoever reads it something else than what is there.
"""

from __future__ import annotations

import unicodedata

_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories: control characters, halves of a pair, separators of lines and paragraphs."""

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def wrong_text(text: str, *, lines: bool = False, longest: int | None = None) -> str | None:
    """Return what is wrong with a text, as the end of a sentence, or None. It may have tabs, and with `lines` several
    lines. `longest` is in characters.
    """
    if longest is not None and len(text) > longest:
        return f"at most {longest} characters"
    allowed, read = ("\n\t", text.replace("\r\n", "\n")) if lines else ("\t", text)
    bad = next((letter for letter in read if letter not in allowed and _is_bad(letter)), None)
    if bad is None:
        return None
    if bad == "\n":
        return "one line, without a line break"
    return f"without the control character U+{ord(bad):04X}"


def _is_bad(letter: str) -> bool:
    return letter in _TURNING or unicodedata.category(letter) in _CONTROLS
