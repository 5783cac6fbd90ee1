"""The log: JSON lines in a file of the user's state directory, and warnings on stderr. No secret gets into either.

Each running process has a file of its own (`log-1`, `log-2`, …), because several processes that rotate one file lose
lines. A log that cannot be written never stops a command.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import sys
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

from proximity_tui.config.errors import ConfigError
from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.text import plain

LARGEST = 2 * 1024 * 1024
"""Bytes of a log file before it is rotated; three older ones are kept."""

_SLOTS = 32

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
        file = _SlotFile(folder or _default_folder())
    except ConfigError:
        # A user without a home has no place for a log; whether that stops the command is for the command to say.
        pass
    else:
        file.setFormatter(_JsonLines())
        _install(file, logging.INFO)
    if not screen and sys.stderr is not None:
        stderr = logging.StreamHandler(sys.stderr) if held is None else _Held(held)
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
    files = (handler for handler in _installed if isinstance(handler, _SlotFile))
    return next((Path(file.baseFilename) for file in files if file.stream is not None), None)


def _install(handler: logging.Handler, level: int) -> None:
    handler.setLevel(level)
    logging.getLogger().addHandler(handler)
    _installed.append(handler)


def _default_folder() -> Path:
    from proximity_tui.config.places import user_folder

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
        return plain(redact(f"{record.levelname.lower()}: {record.getMessage()}"))


class _Held(logging.Handler):
    """A handler that keeps its lines."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))


class _SlotFile(RotatingFileHandler):
    """A rotating file that is chosen, and made, when there is something to write into it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "log-0", maxBytes=LARGEST, backupCount=3, encoding="utf-8", delay=True)
        self._folder = folder
        self._claim: int | None = None

    def _open(self) -> IO[str]:  # type: ignore[override]
        if self._claim is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._claim, slot = _claim_slot(self._folder)
            self.baseFilename = str(self._folder / f"log-{slot}")
        return open(self.baseFilename, "a", encoding="utf-8", opener=_private)

    def close(self) -> None:
        super().close()
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None


def _claim_slot(folder: Path) -> tuple[int, int]:
    """Return a lock that lasts as long as the process, and its number. Raises OSError when all are taken."""
    for slot in range(1, _SLOTS):
        claim = os.open(folder / f".log-{slot}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(claim)
        else:
            return claim, slot
    raise OSError("every log file is in use")


def _private(file: str, flags: int) -> int:
    return os.open(file, flags, 0o600)
