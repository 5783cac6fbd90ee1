"""The log of a daemon: lines on stderr and no file, because the journal, or the service manager, keeps them.

For the journal (`$JOURNAL_STREAM`) a line begins with its priority and has no time, as the journal has its own.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Mapping

from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.text import plain

QUIET = 60.0
"""Seconds for which a complaint is not repeated: a database that is away would be told of every second."""

_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
_handlers: list[logging.Handler] = []


def start(environ: Mapping[str, str] = os.environ) -> None:
    """Start to log on stderr; a second start replaces the first."""
    logging.raiseExceptions = False
    handler = logging.StreamHandler(sys.stderr)
    # On a terminal somebody reads, even where the variable leaked into it from the service that started it.
    journal = bool(environ.get("JOURNAL_STREAM")) and not sys.stderr.isatty()
    handler.setFormatter(_ForJournal() if journal else _ForPeople())
    handler.addFilter(_OnceInAWhile())
    _install(handler)
    logging.getLogger().setLevel(logging.INFO)
    # The pulse of the scheduler is two lines every two seconds.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def stop() -> None:
    """Stop logging, also for threads that are left behind."""
    # Without any handler Python would write warnings on stderr by itself.
    _install(logging.NullHandler())


def _install(handler: logging.Handler) -> None:
    root = logging.getLogger()
    root.addHandler(handler)
    while _handlers:
        root.removeHandler(_handlers.pop())
    _handlers.append(handler)


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
