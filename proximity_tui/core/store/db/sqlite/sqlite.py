"""The SQLite file: its opening, locks, backups, checks and change counter."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import peewee

from proximity_tui.core.base.clock import boot_id
from proximity_tui.core.store.db import change_triggers, triggers, waits
from proximity_tui.core.store.db.backend import Weakness
from proximity_tui.core.store.db.queries import run_many, run_sql
from proximity_tui.core.store.db.sqlite import access, files, places
from proximity_tui.core.store.db.sqlite.connections import KeptConnections
from proximity_tui.core.store.db.sqlite.watcher import FileWatcher
from proximity_tui.core.store.db.store_errors import StoreDamaged, StoreMisconfigured, StoreUnavailable

QUICK_LOOK_LIMIT = 64 * 2**20
"""Up to this size in bytes a file is looked through at an opening when that is due: about 3 ms a MiB. A larger one is
looked through by `doctor`; what SQLite itself finds damaged is refused at any size."""

CACHE = 512
"""KiB of the file that a connection keeps in memory. Several rest at the same time, and what was read lately is in the
cache of the system: with four times as much no statement is quicker."""


class SqliteBackend:
    """A file of ours in WAL mode, where a commit is on the disk before it returns."""

    is_remote = False
    read_only = False
    select_only = False
    missing: str | None = None
    was_promoted = False
    remark = None
    primary_key = "INTEGER PRIMARY KEY AUTOINCREMENT"

    def __init__(self, path: Path) -> None:
        self.path = _absolute(path)
        self.label = f"sqlite:///{self.path}"
        self._watcher = FileWatcher(self.address, notes=not self.select_only)
        # IMMEDIATE: a deferred transaction that reads and then writes fails at once under contention.
        self.db: peewee.Database = KeptConnections(
            self.path,
            self.address(),
            self._watcher.refuse_unusable,
            lock_type="IMMEDIATE",
            timeout=waits.WRITER,
            pragmas=[
                ("busy_timeout", waits.milliseconds(waits.WRITER)),
                ("journal_mode", "wal"),
                ("synchronous", "full"),
                ("foreign_keys", 1),
                ("cache_size", -CACHE),
            ],
        )

    def address(self) -> str:
        """Return the URI by which connections open the file."""
        # Without a mode, whoever connects makes an empty file where there is none.
        return f"file:{quote(os.fsencode(self.path))}?mode=rw"

    def prepare(self) -> None:
        """Make the directories (0700) and the file, and refuse places where SQLite is not safe or colleagues would be
        locked out.
        """
        places.make(self.path)

    def was_made(self) -> bool:
        """Return whether a database was made here, by the content of the lock file."""
        return files.was_made(self.path)

    def note_made(self) -> None:
        """Note it in the lock file, which stays behind when the database file goes."""
        files.note_made(self.path)

    def make_private(self) -> None:
        """Give the file, the files beside it and its copies the modes that keep strangers out and colleagues in."""
        access.put_right(self.path)

    def check_usable(self) -> None:
        """Raise `StoreUnavailable` for a damaged file, or one that lies where WAL does not work."""
        if run_sql(self.db, "PRAGMA journal_mode")[0][0] != "wal":
            raise StoreUnavailable(f"{self.path} cannot use a write-ahead log in this place; use a local disk")
        if self.refuse_damaged():
            files.note_checked(self.path)

    def refuse_damaged(self) -> bool:
        """Raise `StoreUnavailable` for a damaged file. Return whether it was looked through: when that is due, and it
        is small enough.
        """
        if self.path.stat().st_size > QUICK_LOOK_LIMIT or not files.is_check_due(self.path):
            return False
        damage = self._damage("PRAGMA quick_check(20)")
        if damage:
            raise StoreDamaged(f"{self.path} is damaged: {damage[0]}")
        return True

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold `<file>.lock`: the switch to WAL ignores busy_timeout, and two migrations must not race.

        Raises `StoreUnavailable` where it cannot be opened.
        """
        lock = files.lock_of(self.path)
        try:
            handle = access.open_or_make(lock, self.path)
        except OSError as error:
            why = access.why_closed(lock, writing=True)
            raise StoreUnavailable(why or f"{lock} cannot be opened: {error.strerror}") from error
        with files.locked(self.path, handle, fcntl.LOCK_EX):
            yield

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Open a transaction."""
        with self.db.atomic():
            yield

    def back_up(self, before: int) -> None:
        """Make a copy beside the file with `VACUUM INTO`: quick, and no writer has to wait. It gets its name when it is
        whole. Raises `StoreUnavailable`.
        """
        with files.new_copy(self.path, before) as unfinished:
            os.close(access.open_or_make(unfinished, self.path))
            run_sql(self.db, "VACUUM INTO ?", (str(unfinished),))

    def install_triggers(self, *, again: bool) -> tuple[str, ...]:
        """Make missing or altered triggers again; the right ones are left alone in any case."""
        return self._install(triggers.sqlite_triggers())

    def install_change_triggers(self, *, again: bool) -> None:
        """Make missing or altered triggers again."""
        if self.db.table_exists(change_triggers.TABLE):
            self._install(change_triggers.sqlite_triggers(), change_triggers.NOTE_EVERYTHING)

    def _install(self, wanted: Mapping[str, str], *then: str) -> tuple[str, ...]:
        """Make the triggers, by name and text, that are missing or have another text, run the statements that follow
        from that, and return the names.
        """
        present = dict(run_sql(self.db, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        wrong = {name: text for name, text in wanted.items() if present.get(name) != text}
        if wrong:
            with self.db.atomic():
                for name, text in wrong.items():
                    run_sql(self.db, f"DROP TRIGGER IF EXISTS {name}")
                    run_sql(self.db, text)
                for statement in then:
                    run_sql(self.db, statement)
        return tuple(wrong)

    def triggers_seen(self) -> str:
        """Return SQLite's counter of schema changes; VACUUM counts, too."""
        return str(run_sql(self.db, "PRAGMA schema_version")[0][0])

    def check(self) -> tuple[str, ...]:
        """Return the findings of `integrity_check` and `foreign_key_check`."""
        damage = self._damage("PRAGMA integrity_check(20)")
        dangling = run_sql(self.db, "PRAGMA foreign_key_check")
        return (
            *damage,
            *(f"row {row[1]} of {row[0]} refers to a missing row of {row[2]}" for row in dangling),
        )

    def weaknesses(self) -> tuple[Weakness, ...]:
        """Return nothing: it keeps every text, and a commit is on the disk."""
        return ()

    def table_sizes(self) -> Mapping[str, int]:
        """Return the bytes of each table with its indexes, by SQLite's own count; nothing where it was built without
        that.
        """
        pages = "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_master USING (name) GROUP BY tbl_name"
        try:
            return {table: int(size) for table, size in run_sql(self.db, pages)}
        except peewee.OperationalError:
            return {}

    def serialise(self) -> None:
        """Do nothing: BEGIN IMMEDIATE has the write lock already."""

    def update_rows(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Prepare one statement, and run it for each row."""
        changed = ", ".join(f"{column} = ?" for column in columns)
        run_many(self.db, f"UPDATE {table} SET {changed} WHERE id = ?", rows)

    def count_on(self, table: str) -> None:
        """Do nothing: AUTOINCREMENT notices the highest id by itself."""

    @property
    def exchanges(self) -> int:
        """The number of times that the watcher found another file at the path."""
        return self._watcher.exchanges

    def watch(self) -> None:
        """Begin to watch the file."""
        self._watcher.open(self.path)

    def ticks(self) -> tuple[str, int]:
        """Return the milliseconds since this boot: all holders share the host, no clock step moves it, a suspend
        counts. Raises `StoreUnavailable` where the kernel does not name its boot.
        """
        boot = boot_id()
        if boot is None:
            raise StoreUnavailable("this kernel does not tell its boot apart from others, so no lease can be kept")
        return boot, time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

    def server_time(self) -> None:
        """Return None: there is no server, and the clock is this host's."""

    def data_version(self) -> int:
        """Return `PRAGMA data_version` of a connection that never writes, so it sees the writes of all others."""
        return self._watcher.version(self.path)

    def close(self) -> None:
        """Close the watcher and every connection; one that another thread uses is closed after its unit."""
        self._watcher.close()
        if not self.db.is_closed():
            self.db.close()
        if isinstance(self.db, KeptConnections):
            self.db.end()

    def _damage(self, check: str) -> list[str]:
        # A value that breaks a rule of ours is no damage: the record is read, and counts as not ours (law 1).
        faults = [str(row[0]) for row in run_sql(self.db, check)]
        return [line for line in faults if not line.startswith(("ok", "CHECK constraint failed", "NULL value in"))]


def _absolute(path: Path) -> Path:
    """Return the whole path. Raises `StoreMisconfigured` for a relative one where there is no working directory."""
    try:
        return path.absolute()
    except OSError as error:
        raise StoreMisconfigured(f"sqlite:///{path}: the working directory is gone: write the whole path") from error
