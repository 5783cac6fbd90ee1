"""The watcher of an SQLite file: it counts the writes of others, and notices that another file was put in its place, or
that the file was written over.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from proximity_tui.core.store.db import waits
from proximity_tui.core.store.db.backend import EXCHANGE
from proximity_tui.core.store.db.sqlite import files
from proximity_tui.core.store.db.sqlite.checkpoints import WrittenFile
from proximity_tui.core.store.db.store_errors import StoreUnavailable


class FileWatcher:
    """A connection that never writes, so it sees the writes of all others. It also keeps the WAL from being
    checkpointed after every unit.
    """

    def __init__(self, address: Callable[[], str], *, notes: bool = True) -> None:
        """`address` returns the URI by which a connection opens the file. With `notes` it is noted of a file that was
        written over that whoever opens it next has to look through it.
        """
        self.exchanges = 0
        """How often another file was found at the path."""
        self._address = address
        self._notes = notes
        self._connection: sqlite3.Connection | None = None
        self._place: tuple[int, int] | None = None
        """Device and inode of the file that is watched."""
        self._log: tuple[Path, tuple[int, int]] | None = None
        """The log of the watched file, and its device and inode; None while none is known."""
        self._written: WrittenFile | None = None
        """The watched file; None where its checkpoints are not known."""
        self._lock = threading.Lock()

    def open(self, path: Path, *, connect: bool = True) -> None:
        """Begin to watch. Without `connect` only an exchange of the file is noticed, and no write."""
        with self._lock:
            # Asked before it is opened: a file that is exchanged meanwhile is then noticed as such.
            self._place = files.place_of(path)
            self._connection = self._connect() if connect else None
            self._note_files(path)

    def version(self, path: Path, *, connected: bool = True) -> int:
        """Return a number that changes with every write of others, and with every exchange. Raises StoreUnavailable."""
        with self._lock:
            if connected and self._connection is None:
                raise StoreUnavailable("the database is not open")
            try:
                self._follow(path)
                self._refuse_overwritten(path, self._place)
                counted = 0
                if self._connection is not None:
                    counted = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.Error as error:
                raise StoreUnavailable(f"the database failed: {error}") from error
            return self.exchanges * EXCHANGE + counted

    def refuse_unusable(self, path: Path) -> tuple[int, int] | None:
        """Return the device and inode of the file at the path. Raises `StoreUnavailable` where it is the watched one
        and must not be used any more, because its log was removed or it was written over.
        """
        place = files.place_of(path)
        self._refuse_removed_log(place)
        self._refuse_overwritten(path, place)
        return place

    def _refuse_removed_log(self, place: tuple[int, int] | None) -> None:
        """Raise `StoreUnavailable` where the file at `place` is the watched one, and its log was removed or replaced:
        SQLite would go on writing into the removed one, which no other process reads and no restart finds. It removes a
        log itself only when nobody has the file open.
        """
        log = self._log
        if log is None or place != self._place or files.place_of(log[0]) == log[1]:
            return
        raise StoreUnavailable(
            f"{log[0]} was removed while the database was open: nothing is read or written any more."
            " End every proximity-tui that has it open, then run `proximity-tui doctor`"
        )

    def _refuse_overwritten(self, path: Path, place: tuple[int, int] | None) -> None:
        """Raise `StoreUnavailable` where the file at `place` is the watched one, and another program wrote into it, as
        `cp` does: what SQLite keeps in memory and in the log belongs to the former content, and would be mixed into the
        new one.
        """
        written = self._written
        if written is None or place != self._place or not written.was_overwritten():
            return
        if self._notes:
            files.forget_checked(path)
        raise StoreUnavailable(
            f"{path} was written over by another program while the database was open: nothing is read or written any"
            " more. End every proximity-tui that has it open, then put the copy back once more, without the -wal and"
            " -shm of the former file (docs/one-host.md)"
        )

    def close(self) -> None:
        """End to watch."""
        with self._lock:
            self._log = self._written = None
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _follow(self, path: Path) -> None:
        """Watch the file that is at the path now. One that is gone is no other one."""
        place = files.place_of(path)
        if place in (None, self._place):
            return
        self._log = None
        if self._connection is not None:
            former, self._connection = self._connection, self._connect()
            former.close()
        self._place = place
        self._note_files(path)
        self.exchanges += 1

    def _note_files(self, path: Path) -> None:
        """Note which log there is, which SQLite does not remove while our connection is open, and how the file is."""
        log = files.log_of(path)
        place = files.place_of(log) if self._connection is not None else None
        self._log = None if place is None else (log, place)
        self._written = None if place is None else WrittenFile(path, files.index_of(path))

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._address(), uri=True, isolation_level=None, check_same_thread=False, timeout=waits.WRITER
        )
        connection.execute("PRAGMA data_version").fetchone()
        return connection
