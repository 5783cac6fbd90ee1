"""The check for a terminal to draw on."""

from __future__ import annotations

import sys

from proximity_tui.commands.base.exit_codes import CommandEnd, Exit


def must_be_terminal() -> None:
    """Refuse to draw without a terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandEnd(Exit.USAGE, "the screens need a terminal; `proximity-tui --help` lists what works without")
