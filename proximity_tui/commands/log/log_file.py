"""The log file of a process, rotated.

Each running process has one of its own (`log-1`, `log-2`, …), because several processes that rotate one file lose
lines.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

_SLOTS = 32


class SlotFile(RotatingFileHandler):
    """A rotating file that is chosen, and made, when there is something to write into it."""

    def __init__(self, folder: Path, largest: int) -> None:
        """Write into `folder`; the file is rotated after `largest` bytes."""
        super().__init__(folder / "log-0", maxBytes=largest, backupCount=3, encoding="utf-8", delay=True)
        self._folder = folder
        self._claim: int | None = None

    @property
    def path(self) -> Path | None:
        """The file; None before something was written into it."""
        return None if self.stream is None else Path(self.baseFilename)

    def _open(self) -> IO[str]:  # type: ignore[override]
        if self._claim is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._claim, slot = _claim_slot(self._folder)
            self.baseFilename = str(self._folder / f"log-{slot}")
        return open(self.baseFilename, "a", encoding="utf-8", opener=_private)

    def close(self) -> None:
        """Close the file. Lines for which the disk has no room are lost, and the command that wrote them is not."""
        with suppress(OSError):
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
