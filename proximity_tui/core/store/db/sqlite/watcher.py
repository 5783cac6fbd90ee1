"""The watcher of an SQLite file: it counts the writes of others, and notices that another file was put in its place."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from proximity_tui.core.store.db import waits
from proximity_tui.core.store.db.backend import EXCHANGE
from proximity_tui.core.store.db.sqlite import files
from proximity_tui.core.store.db.store_errors import StoreUnavailable


class FileWatcher:
    """A connection that never writes, so it sees the writes of all others. It also keeps the WAL from being
    checkpointed after every unit.
    """

    def __init__(self, address: Callable[[], str]) -> None:
        """`address` returns the URI by which a connection opens the file."""
        self.exchanges = 0
        """How often another file was found at the path."""
        self._address = address
        self._connection: sqlite3.Connection | None = None
        self._place: tuple[int, int] | None = None
        """Device and inode of the file that is watched."""
        self._lock = threading.Lock()

    def open(self, path: Path, *, connect: bool = True) -> None:
        """Begin to watch. Without `connect` only an exchange of the file is noticed, and no write."""
        with self._lock:
            # Asked before it is opened: a file that is exchanged meanwhile is then noticed as such.
            self._place = files.place_of(path)
            self._connection = self._connect() if connect else None

    def version(self, path: Path, *, connected: bool = True) -> int:
        """Return a number that changes with every write of others, and with every exchange. Raises StoreUnavailable."""
        with self._lock:
            if connected and self._connection is None:
                raise StoreUnavailable("the database is not open")
            try:
                self._follow(files.place_of(path))
                counted = 0
                if self._connection is not None:
                    counted = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.Error as error:
                raise StoreUnavailable(f"the database failed: {error}") from error
            return self.exchanges * EXCHANGE + counted

    def close(self) -> None:
        """End to watch."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _follow(self, place: tuple[int, int] | None) -> None:
        """Watch the file that is at the path now. One that is gone is no other one."""
        if place in (None, self._place):
            return
        if self._connection is not None:
            former, self._connection = self._connection, self._connect()
            former.close()
        self._place = place
        self.exchanges += 1

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._address(), uri=True, isolation_level=None, check_same_thread=False, timeout=waits.WRITER
        )
        connection.execute("PRAGMA data_version").fetchone()
        return connection
