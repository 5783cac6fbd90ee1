"""The standard streams in every condition: closed, full, read no more, or of a terminal with few characters."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TextIO

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
_lost: list[OSError] = []


def make_usable() -> None:
    """Make every standard stream safe to query, read and write, whatever the process was started with.

    A closed file number below 3 would be given to the next file that is opened, and a message printed into a database.
    A closed output means that nobody wants to read it: that is no failure.
    """
    _lost.clear()
    missing = [number for number in range(3) if not _is_open(number)]
    for number in missing:
        os.set_inheritable(os.open(os.devnull, os.O_RDONLY if number == 0 else os.O_WRONLY), True)
    if sys.stdin is None:
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that knows few characters gets escapes for the others, instead of an error.
            stream.reconfigure(errors="backslashreplace")


def keep_lost(error: OSError) -> None:
    """Keep why a part of the answer could not be written, for `flush`: the work goes on."""
    _lost.append(error)


def flush() -> None:
    """Write the rest of the answer. Raises OSError where it cannot be written, or a part of it could not."""
    sys.stdout.flush()
    if _lost:
        raise _lost[0]


def forget_unread() -> None:
    """Discard what people could not be told on stderr: Python would end with an exit code of its own for it."""
    _discard_unwritten(sys.stderr)


def write_no_more() -> None:
    """Discard the rest of the answer: Python must not complain about it at exit."""
    for stream in (sys.stdout, sys.stderr):
        _discard_unwritten(stream)


def _discard_unwritten(stream: TextIO) -> None:
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def why_unwritten(error: Exception) -> str | None:
    """Return why the answer of a command could not be written, if `error` is about that; else None."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return (error.strerror or "no reason given").lower()
    return None


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def must_be_terminal() -> None:
    """Raise CommandEnd, with advice, where no screen can be shown."""
    from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
    from proximity_tui.runtime.early_screen import why_undrawable

    if (why := why_undrawable()) is not None:
        advice = "`proximity-tui list` answers without a screen, `proximity-tui --help` shows the rest"
        raise CommandEnd(Exit.USAGE, f"{why}; {advice}")
