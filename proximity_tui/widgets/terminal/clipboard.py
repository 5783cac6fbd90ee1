"""The clipboard of the terminal that a person sits at, through OSC 52: over SSH, and through tmux and screen.

No terminal answers whether it took the text, so whoever copies has to show it, too.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

WITHOUT = ("linux", "vt100", "vt220", "dumb")
"""Terminals that have no clipboard."""

LONGEST = 74_000
"""Characters of base64 that xterm and tmux take."""

SCREEN_PIECE = 256
"""Characters of a piece: GNU screen takes 768 bytes at once."""


def copying(text: str, environ: Mapping[str, str]) -> str:
    """Return what has to be written so that `text` is in the clipboard; empty where there is none."""
    encoded = base64.b64encode(text.encode()).decode()
    if environ.get("TERM", "") in WITHOUT or len(encoded) > LONGEST:
        return ""
    sequence = f"\x1b]52;c;{encoded}\x07"
    if environ.get("TMUX"):
        # The first for `set-clipboard on`, the second for `allow-passthrough on`; either is ignored without.
        return f"{sequence}\x1bPtmux;\x1b{sequence}\x1b\\"
    if environ.get("STY"):
        pieces = [sequence[place : place + SCREEN_PIECE] for place in range(0, len(sequence), SCREEN_PIECE)]
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return sequence


def outcome(text: str, written: str, environ: Mapping[str, str]) -> str:
    """Return what to say after `written` was written: what was copied, and where the text is if it did not arrive."""
    if not written:
        return f"This terminal has no clipboard. Select the text here: {text}"
    if environ.get("TMUX"):
        return f"Copied: {text}. If it did not arrive, tmux needs `set -g set-clipboard on`; or select the text here."
    if environ.get("STY"):
        return f"Copied: {text}. If it did not arrive, the terminal does not allow it; select the text here."
    return f"Copied: {text}"
