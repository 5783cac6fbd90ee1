"""The SQLite file of a read-only look: nothing of it is made, upgraded or changed.

Where there is no database yet, an empty one stands in for it in a temporary directory.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import peewee

from proximity_tui.core.store.db import waits
from proximity_tui.core.store.db.sqlite import access, files, places
from proximity_tui.core.store.db.sqlite.sqlite import SqliteBackend
from proximity_tui.core.store.db.statements import Statement
from proximity_tui.core.store.db.store_errors import StoreUnavailable


class SelectOnlySqlite(SqliteBackend):
    """A file that is only read, also where neither it nor its directory may be written."""

    select_only = True
    _is_prepared = False
    """Whether the place was found to be one where SQLite may open the file."""
    _counts = False
    """Whether SQLite counts the writes of others here."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.db = _ReadOnlyDatabase(self)
        self._stand_in: Path | None = None

    def prepare(self) -> None:
        """Look for the file. Raises `StoreUnavailable` for one that is gone, or that lies where SQLite is not safe."""
        path = self.path
        try:
            places.refuse_directory(path)
            places.refuse_network_file_system(path)
            files.refuse_to_replace(path)
            if path.exists() and not os.access(path, os.R_OK):
                raise StoreUnavailable(access.why_closed(path, writing=False) or f"{path} cannot be read")
            if not path.exists():
                self._stand_in = Path(tempfile.mkdtemp(prefix="proximity-tui-"))
                self.path = self._stand_in / path.name
                self.missing = self.label
        except OSError as error:
            why = access.why_closed(path, writing=False)
            raise StoreUnavailable(why or f"{path} cannot be read: {error.strerror or error}") from error
        self._is_prepared = True

    def check_usable(self) -> None:
        """Refuse a damaged file."""
        self.refuse_damaged()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Wait while another process prepares the database, where its lock can be read; keep nobody out."""
        try:
            handle = os.open(files.lock_of(self.path), os.O_RDONLY)
        except OSError:
            yield
            return
        with files.locked(self.path, handle, fcntl.LOCK_SH):
            yield

    def was_made(self) -> bool:
        """Return whether a database was made here, where that can be read."""
        try:
            return super().was_made()
        except PermissionError:
            return False

    def watch(self) -> None:
        """Open the connection that watches, unless the file has to be read as one that nobody changes."""
        self._counts = not self.is_still()
        self._watcher.open(self.path, connect=self._counts)

    def data_version(self) -> int:
        """Return a number that changes with the counter of SQLite, the size and the time of the files."""
        counted = self._watcher.version(self.path, connected=self._counts)
        found = [file.stat() for file in (self.path, files.log_of(self.path)) if file.exists()]
        return hash((counted, *((one.st_size, one.st_mtime_ns) for one in found)))

    def close(self) -> None:
        """Release everything, and remove a stand-in."""
        super().close()
        if self._stand_in is not None:
            shutil.rmtree(self._stand_in, ignore_errors=True)

    def refuse_unusable(self) -> None:
        """Raise `StoreUnavailable` where the watched file must not be read any more."""
        self._watcher.refuse_unusable(self.path)

    def is_still(self) -> bool:
        """Return whether no process of ours can write now: there is no log, and none can be made here, because we may
        not or because the disk is full.

        SQLite reads a file without its log only as one that nobody changes.
        """
        # Unlike those of Path, these take what may not be looked at for what is not there.
        places = [place for place in (self.path, self.path.resolve().parent) if os.path.exists(place)]
        # The mode is looked at too, because root may write what somebody marked read-only on purpose.
        may_write = all(os.access(place, os.W_OK) and place.stat().st_mode & 0o222 for place in places)
        log = files.log_of(self.path)
        if os.path.exists(log) and log.stat().st_size:
            return False
        return not may_write or self._has_no_room()

    def _has_no_room(self) -> bool:
        """Return whether SQLite cannot make the files that it keeps beside this one. While a connection of ours counts,
        they are there.
        """
        if self._counts or not self._is_prepared:
            return False
        try:
            with closing(sqlite3.connect(f"{self._uri()}?mode=ro", uri=True, timeout=waits.WRITER)) as connection:
                connection.execute("PRAGMA schema_version").fetchone()
        except sqlite3.OperationalError as error:
            return error.sqlite_errorname.startswith(("SQLITE_IOERR", "SQLITE_FULL"))
        return False

    def address(self) -> str:
        """Return the URI by which a connection made now can read."""
        still = "&immutable=1" if self.is_still() else ""
        return f"{self._uri()}?mode=ro{still}"

    def _uri(self) -> str:
        return f"file:{quote(os.fsencode(self.path))}"


class _ReadOnlyDatabase(peewee.SqliteDatabase):
    """Connections that cannot write; each one asks again how the file can be read."""

    context_class = Statement

    def __init__(self, file: SelectOnlySqlite) -> None:
        self._file = file
        pragmas = [("busy_timeout", waits.milliseconds(waits.WRITER)), ("query_only", 1)]
        super().__init__(str(file.path), uri=True, timeout=waits.WRITER, pragmas=pragmas)

    def _connect(self) -> Any:
        self._file.refuse_unusable()
        try:
            self.database = self._file.address()
        except OSError as error:
            raise peewee.OperationalError(f"unable to open the file: {error.strerror}") from error
        return super()._connect()  # type: ignore[misc]
