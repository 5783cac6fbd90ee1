"""The log of a daemon: lines on stderr and no file, because the journal, or the service manager, keeps them.

A thread of its own writes them, so that a terminal that was stopped, or a journal that hangs, holds up nobody who logs.
For the journal (`$JOURNAL_STREAM`) a line begins with its priority and has no time, as the journal has its own.
"""

from __future__ import annotations

import io
import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Mapping
from typing import TextIO

from proximity_tui.core.base.daemon_threads import spawn
from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.text import plain

QUIET = 60.0
"""Seconds for which a complaint is not repeated: a database that is away would be told of every second."""

MOST_WAITING = 1000
"""Lines that wait for whoever reads them; later ones are dropped, and counted."""
WRITTEN_WITHIN = 0.5
"""Seconds at the end for the lines that are not written yet."""

_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
_handlers: list[logging.Handler] = []


def start(environ: Mapping[str, str] = os.environ) -> None:
    """Start to log on stderr; a second start replaces the first."""
    logging.raiseExceptions = False
    # None where whoever started it has closed it.
    stream = sys.stderr
    handler = logging.NullHandler() if stream is None else _Written(stream)
    # On a terminal somebody reads, even where the variable leaked into it from the service that started it.
    journal = bool(environ.get("JOURNAL_STREAM")) and stream is not None and not stream.isatty()
    handler.setFormatter(_ForJournal() if journal else _ForPeople())
    handler.addFilter(_OnceInAWhile())
    _install(handler)
    logging.getLogger().setLevel(logging.INFO)
    # The pulse of the scheduler is two lines every two seconds.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def stop() -> None:
    """Stop logging, also for threads that are left behind, once what was logged is written, if somebody reads it."""
    # Without any handler Python would write warnings on stderr by itself.
    _install(logging.NullHandler())


def _install(handler: logging.Handler) -> None:
    root = logging.getLogger()
    root.addHandler(handler)
    while _handlers:
        before = _handlers.pop()
        root.removeHandler(before)
        before.close()
    _handlers.append(handler)


class _Written(logging.Handler):
    """A handler whose lines are written by a thread."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._lines: queue.Queue[str | None] = queue.Queue(MOST_WAITING)
        self._dropped = 0
        self._written = threading.Event()
        spawn("log", self._write_all)

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        if self._dropped:
            line = f"{self._formatted_loss()}\n{line}"
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self._dropped += 1
        else:
            self._dropped = 0

    def close(self) -> None:
        super().close()
        try:
            self._lines.put_nowait(None)
        except queue.Full:
            return
        self._written.wait(WRITTEN_WITHIN)

    def _formatted_loss(self) -> str:
        words = f"{self._dropped} lines of the log are missing: they were not read"
        return self.format(logging.LogRecord(__name__, logging.WARNING, __file__, 0, words, (), None))

    def _write_all(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._write(f"{line}\n")
            except (OSError, ValueError):
                # Nobody is there to read, or its disk is full.
                continue
        self._written.set()

    def _write(self, text: str) -> None:
        try:
            number = self._stream.fileno()
        except (io.UnsupportedOperation, AttributeError):
            self._stream.write(text)
            self._stream.flush()
            return
        # Not by the stream: a thread that hangs in it would keep its lock, which the end of the program wants, too.
        left = text.encode(errors="backslashreplace")
        while left:
            left = left[os.write(number, left) :]


class _LineFormatter(logging.Formatter):
    """The format of a record: lines without secrets and control characters; a traceback has lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        lines = [record.getMessage()]
        if record.exc_info:
            lines += self.formatException(record.exc_info).splitlines()
        start = self.beginning(record)
        return "\n".join(f"{start}{plain(redact(line))}" for line in lines)

    def beginning(self, record: logging.LogRecord) -> str:
        """Return the beginning of each line."""
        raise NotImplementedError


class _ForJournal(_LineFormatter):
    def beginning(self, record: logging.LogRecord) -> str:
        priority = next((number for level, number in _PRIORITIES if record.levelno >= level), 7)
        return f"<{priority}>"


class _ForPeople(_LineFormatter):
    def beginning(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(record.created))
        return f"{at} {record.levelname.lower()}: "


class _OnceInAWhile(logging.Filter):
    """A filter that drops a warning that was logged word for word in the last minute."""

    def __init__(self) -> None:
        super().__init__()
        self._logged: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno != logging.WARNING:
            return True
        message, now = record.getMessage(), time.monotonic()
        self._logged = {words: at for words, at in self._logged.items() if now - at < QUIET}
        if message in self._logged:
            return False
        self._logged[message] = now
        return True
