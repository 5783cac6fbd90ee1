"""The standard streams as a command may find them: closed, full, read no more, or of a terminal with few characters."""

from __future__ import annotations

import errno
import io
import os
import sys

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def make_usable() -> None:
    """Let every standard stream be one that can be asked, read and written, whatever the process was started with.

    A number below 3 that is free would be given to the next file that is opened, and a message printed into a database.
    Who closes an output wants to read nothing: that is no failure.
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
    """Write what is left of the answer. Raises OSError where it finds no room."""
    sys.stdout.flush()


def write_no_more() -> None:
    """Let what is left of the answer go nowhere: Python must not complain about it at exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def why_unwritten(error: Exception) -> str | None:
    """Return why the answer of a command could not be written, if that is what `error` says."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return (error.strerror or "no reason given").lower()
    return None


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
