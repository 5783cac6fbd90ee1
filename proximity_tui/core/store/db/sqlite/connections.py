"""The connections to an SQLite file, kept open between two units of work.

Opening one costs more than most units do: the file, its log and four settings. A kept one is used again only while
its path still leads to the very file that it reads, and it holds no snapshot and no lock while it rests.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peewee

from proximity_tui.core.store.db.sqlite import files
from proximity_tui.core.store.db.statements import Statement

MAX_IDLE = 4
"""As many threads work with the store at the same moment, but for rare crowds."""


class SqliteConnection(sqlite3.Connection):
    """A connection that remembers the file that it opened, and can let go of all that it read."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.file: tuple[int, int] | None = None
        """Device and inode."""
        self._cursors: weakref.WeakSet[sqlite3.Cursor] = weakref.WeakSet()

    def cursor(self, *args: Any, **given: Any) -> Any:
        """Return a new cursor that `rest` will close."""
        cursor = super().cursor(*args, **given)
        self._cursors.add(cursor)
        return cursor

    def rest(self) -> bool:
        """End every statement, as one that was not read to its end keeps its snapshot. Return whether the connection
        can be used again: not in the middle of a transaction.
        """
        for cursor in tuple(self._cursors):
            cursor.close()
        return not self.in_transaction


class KeptConnections(peewee.SqliteDatabase):
    """A database whose units borrow a connection each, of those that rest or a new one."""

    context_class = Statement

    def __init__(
        self,
        path: Path,
        address: str,
        look_at: Callable[[Path], tuple[int, int] | None] = files.place_of,
        **given: Any,
    ) -> None:
        """`look_at` returns the device and inode of a file, and raises where it must not be used any more."""
        self._path = path
        self._look_at = look_at
        self._idle: list[SqliteConnection] = []
        # `_lock` is peewee's own.
        self._idle_lock = threading.Lock()
        self._ended = False
        # Every connection serves one thread at a time, and not always the same one.
        super().__init__(address, uri=True, check_same_thread=False, factory=SqliteConnection, **given)

    def end(self) -> None:
        """Close what rests; a connection in use is closed when its thread gives it back."""
        with self._idle_lock:
            self._ended = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _connect(self) -> SqliteConnection:
        place = self._look_at(self._path)
        while (kept := self._take()) is not None:
            if kept.file == place and place is not None:
                return kept
            kept.close()
        connection: SqliteConnection = super()._connect()  # type: ignore[misc]
        # Asked before it was opened: a file that was exchanged meanwhile is opened again by the next unit.
        connection.file = place
        return connection

    def _close(self, connection: SqliteConnection) -> None:
        if connection.rest():
            with self._idle_lock:
                if not self._ended and len(self._idle) < MAX_IDLE:
                    self._idle.append(connection)
                    return
        connection.close()

    def _take(self) -> SqliteConnection | None:
        with self._idle_lock:
            return self._idle.pop() if self._idle else None
