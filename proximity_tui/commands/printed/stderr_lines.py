"""Whole lines for people on stderr, which may be a pipe that nobody reads: whoever waits for its reader holds up nobody
else, and after the answer of the command nobody waits.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from select import select

from proximity_tui.commands.printed.progress_line import out_of_the_way


class _Answer:
    is_given = False


def answer_given(*, given: bool) -> None:
    """Note whether the document of this command was written: what is told after it is told only to who reads."""
    _Answer.is_given = given


def when_read(write: Callable[[], object], *, waits: bool = True) -> None:
    """Call a function that prints a line on stderr, once that takes one; without `waits` now or never. Raises OSError
    where it cannot be written.
    """
    while _takes_more(None if waits and not _Answer.is_given else 0.0):
        with out_of_the_way():
            # Another thread may have filled it meanwhile; to wait while the terminal is held would hold up all others.
            if _takes_more(0.0):
                write()
                return


def _takes_more(seconds: float | None) -> bool:
    """Return whether stderr takes a line within so many seconds (None: waits for as long as its reader likes)."""
    try:
        return bool(select([], [sys.stderr], [], seconds)[1])
    except (OSError, ValueError):
        # What has no number, or is closed, lets nobody wait.
        return True
