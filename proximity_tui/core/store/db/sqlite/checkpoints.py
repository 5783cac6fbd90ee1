"""The traces of checkpoints: only a checkpoint of SQLite writes into a database file that has a write-ahead log.

So a file that was written without one was written by another program, such as `cp`. How far a checkpoint came stands in
the shared index (`-shm`), whose format SQLite documents: https://www.sqlite.org/walformat.html
"""

from __future__ import annotations

import os
import struct
import threading
from contextlib import suppress
from pathlib import Path

from proximity_tui.core.base.value_object import value_object

_SALTS, _ENDED, _BEGUN = 32, 96, 128
"""Where the index has the identity of the log, and up to which of its frames a checkpoint has come, and began to."""

_UNITS = (1, 1_000, 1_000_000, 1_000_000_000, 2_000_000_000)
"""Nanoseconds to which a file system may round the time of a file; FAT counts in steps of two seconds."""


class _Handle:
    """An open index. It is closed when nobody refers to it any more: its number may be that of another file then."""

    def __init__(self, number: int) -> None:
        self.number = number
        found = os.fstat(number)
        self.place = found.st_dev, found.st_ino

    def __del__(self) -> None:
        os.close(self.number)


_handles: list[_Handle] = []
"""A handle for each index. It is kept until the index was removed: whoever closes one handle of a file gives up every
lock that this process has on it, those of SQLite included."""
_opening = threading.Lock()


@value_object
class Checkpoint:
    """How far the last checkpoint came, by the frames of one log."""

    log: bytes
    begun: int
    ended: int

    @property
    def is_under_way(self) -> bool:
        """True while it writes into the file, and after one that was cut short."""
        return self.ended < self.begun


@value_object
class _Written:
    """How a file was when it was looked at, and the last checkpoint before that."""

    checkpoint: Checkpoint
    place: tuple[int, int]
    """Device and inode."""
    size: int
    written_at: int
    """In nanoseconds."""


class WrittenFile:
    """A database file while it is open. Every method may be called on any thread."""

    def __init__(self, file: Path, index: Path) -> None:
        self._file = file
        self._index = _handle_of(index)
        self._known = self._read()
        self._is_overwritten = False
        self._lock = threading.Lock()

    def was_overwritten(self) -> bool:
        """Return whether anything but a checkpoint has ever written into the file; also False where that cannot be
        told, and of another file that was put in its place.
        """
        with self._lock:
            found, known = self._read(), self._known
            if self._is_overwritten or found is None or known is None or found.place != known.place:
                return self._is_overwritten
            # The last one is asked for again after the file was looked at: it says that it begins before it writes.
            is_ours = known.checkpoint.is_under_way or self._checkpoint() != known.checkpoint
            self._is_overwritten = not is_ours and not _is_as_before(known, found)
            self._known = found
            return self._is_overwritten

    def _read(self) -> _Written | None:
        """Return how the file is; None where that cannot be told."""
        # What is told of checkpoints is not newer than what is told of the file.
        checkpoint = self._checkpoint()
        try:
            found = self._file.stat()
        except OSError:
            return None
        if checkpoint is None:
            return None
        return _Written(checkpoint, (found.st_dev, found.st_ino), found.st_size, found.st_mtime_ns)

    def _checkpoint(self) -> Checkpoint | None:
        if self._index is None:
            return None
        try:
            head = os.pread(self._index.number, _BEGUN + 4, 0)
        except OSError:
            return None
        if len(head) < _BEGUN + 4:
            return None
        begun, ended = (struct.unpack_from("=I", head, place)[0] for place in (_BEGUN, _ENDED))
        return Checkpoint(head[_SALTS : _SALTS + 8], begun, ended)


def _is_as_before(before: _Written, after: _Written) -> bool:
    """Return whether a file was not written meanwhile. Some file systems round its time down once it is on the disk."""
    times = (before.written_at - before.written_at % unit for unit in _UNITS)
    return before.size == after.size and after.written_at in times


def _handle_of(index: Path) -> _Handle | None:
    """Return the one handle of an index; None where it cannot be opened."""
    with _opening:
        _handles[:] = [one for one in _handles if os.fstat(one.number).st_nlink]
        with suppress(OSError):
            found = index.stat()
            known = next((one for one in _handles if one.place == (found.st_dev, found.st_ino)), None)
            if known is None:
                known = _Handle(os.open(index, os.O_RDONLY | os.O_CLOEXEC))
                _handles.append(known)
            return known
    return None
