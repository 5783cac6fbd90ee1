"""The standard streams in every condition: closed, full, read no more, or of a terminal with few characters."""

from __future__ import annotations

import errno
import io
import os
import sys

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def make_usable() -> None:
    """Make every standard stream safe to query, read and write, whatever the process was started with.

    A closed file number below 3 would be given to the next file that is opened, and a message printed into a database.
    A closed output means that nobody wants to read it: that is no failure.
    """
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


def flush() -> None:
    """Write the rest of the answer. Raises OSError where it cannot be written."""
    sys.stdout.flush()


def write_no_more() -> None:
    """Discard the rest of the answer: Python must not complain about it at exit."""
    for stream in (sys.stdout, sys.stderr):
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
