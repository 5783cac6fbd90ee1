"""Whole lines for people on stderr, which may be a pipe that nobody reads: whoever waits for its reader holds up nobody
else. After the answer of the command nobody waits, and after an interruption nobody waits for long.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from select import select

LONGEST_AFTER_INTERRUPTION = 2.0
"""Seconds from an interruption for which a reader is waited for."""
_POLL = 0.2
"""Seconds between two looks at whether the command was interrupted."""


class _Command:
    is_answered = False
    interrupted_at: float | None = None


def answer_given(*, given: bool) -> None:
    """Note whether the document of this command was written: what is told after it is told only to who reads."""
    _Command.is_answered = given


def interrupted(at: float | None) -> None:
    """Note when this command was interrupted, by the monotonic clock; None: it was not. It only notes it, so that a
    handler of signals may call it.
    """
    _Command.interrupted_at = at


def when_read(write: Callable[[], object], *, waits: bool = True) -> None:
    """Call a function that prints a line on stderr, once that takes one; without `waits` now or never. Raises OSError
    where it cannot be written.
    """
    # Not above: the handling of signals, which notes an interruption here, is loaded by every command.
    from proximity_tui.commands.printed.progress_line import out_of_the_way

    while _is_read(waits=waits):
        with out_of_the_way():
            # Another thread may have filled it meanwhile; to wait while the terminal is held would hold up all others.
            if _takes_more(0.0):
                write()
                return


def _is_read(*, waits: bool) -> bool:
    """Wait until stderr takes a line; return False where its reader is not waited for any more."""
    while not _takes_more(_POLL if waits else 0.0):
        if not waits or _Command.is_answered or _is_interrupted_long_ago():
            return False
    return True


def _is_interrupted_long_ago() -> bool:
    at = _Command.interrupted_at
    return at is not None and time.monotonic() - at >= LONGEST_AFTER_INTERRUPTION


def _takes_more(seconds: float) -> bool:
    """Return whether stderr takes a line within so many seconds."""
    try:
        return bool(select([], [sys.stderr], [], seconds)[1])
    except (OSError, ValueError):
        # What has no number, or is closed, lets nobody wait.
        return True
