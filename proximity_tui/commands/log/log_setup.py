"""The log: JSON lines in a file of the user's state directory, and warnings on stderr. No secret gets into either.

A log that cannot be written never stops a command.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from proximity_tui.commands.printed.stderr_lines import when_read
from proximity_tui.config.config_errors import ConfigError
from proximity_tui.core.base.advised_commands import as_called
from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.text import plain

if TYPE_CHECKING:
    from proximity_tui.commands.log.log_file import SlotFile

LARGEST = 2 * 1024 * 1024
"""Bytes of a log file before it is rotated; three older ones are kept."""

_SAID_ANYWAY = ("proximity_tui.commands.base.execution", "proximity_tui.core.engine.operations.executor")
"""Whose warnings a command tells at its end, in its own words."""

_installed: list[logging.Handler] = []


def start(folder: Path | None = None, *, screen: bool = False, held: list[str] | None = None) -> None:
    """Start to log into `folder` (the user's state directory if None); a second start replaces the first.

    `screen` says that a full-screen program owns the terminal, so nothing goes to stderr. With `held` the lines for
    stderr are added there, for whoever gives the terminal back.
    """
    stop()
    # A handler that fails must not write about it over whatever is on the terminal.
    logging.raiseExceptions = False
    try:
        file = _LateFile(folder or _default_folder())
    except ConfigError:
        # A user without a home has no place for a log; whether that stops the command is for the command to say.
        pass
    else:
        file.setFormatter(_JsonLines())
        _install(file, logging.INFO)
    if not screen and sys.stderr is not None:
        stderr = _Stderr(sys.stderr) if held is None else _Held(held)
        stderr.setFormatter(_OneLine())
        stderr.addFilter(lambda record: record.name not in _SAID_ANYWAY)
        _install(stderr, logging.WARNING)
    logging.getLogger().setLevel(logging.INFO)
    # Its beat, every other second, would bury what happened.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def stop() -> None:
    """Close everything that `start` opened."""
    while _installed:
        handler = _installed.pop()
        logging.getLogger().removeHandler(handler)
        handler.close()


def path() -> Path | None:
    """Return the log file of this process, once it has written something."""
    return next((handler.path for handler in _installed if isinstance(handler, _LateFile)), None)


def _install(handler: logging.Handler, level: int) -> None:
    handler.setLevel(level)
    logging.getLogger().addHandler(handler)
    _installed.append(handler)


def _default_folder() -> Path:
    from proximity_tui.config.user_paths import user_folder

    return user_folder("state") / "log"


class _JsonLines(logging.Formatter):
    """The format of one JSON object a record and line; times in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "thread": record.threadName,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return redact(json.dumps(line))


class _OneLine(logging.Formatter):
    """The format for people on stderr: never more than a line."""

    def format(self, record: logging.LogRecord) -> str:
        return plain(redact(as_called(f"{record.levelname.lower()}: {record.getMessage()}")))


class _Stderr(logging.StreamHandler[TextIO]):
    """A handler whose lines do not run into what stands at the bottom of the terminal."""

    def emit(self, record: logging.LogRecord) -> None:
        when_read(partial(super().emit, record))


class _Held(logging.Handler):
    """A handler that keeps its lines."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))


class _LateFile(logging.Handler):
    """The log file, whose code is loaded when there is something to write into it: most commands write nothing."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._file: SlotFile | None = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._opened().emit(record)
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        super().close()
        if self._file is not None:
            self._file.close()

    @property
    def path(self) -> Path | None:
        """The file, once something was written into it."""
        return self._file.path if self._file is not None else None

    def _opened(self) -> SlotFile:
        if self._file is None:
            from proximity_tui.commands.log.log_file import SlotFile

            self._file = SlotFile(self._folder, LARGEST)
            self._file.setFormatter(self.formatter)
        return self._file
