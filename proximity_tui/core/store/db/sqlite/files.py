"""The files of an SQLite database: the files beside it, its lock, and the traces of a former one."""

from __future__ import annotations

import fcntl
import glob
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from proximity_tui.core.base.clock import boot_id
from proximity_tui.core.store.db import waits
from proximity_tui.core.store.db.fields import now, time_from_text, time_to_text
from proximity_tui.core.store.db.store_errors import StoreError, StoreUnavailable

_MADE = b"a database was made here\n"
"""What the lock holds from then on: a file without a table beside such a lock is not a first start."""
_ADVICE = "Restore it, or make a new one with `proximity-tui db init`"

CHECKED_FOR = timedelta(days=1)
"""How long a file that was looked through counts as whole; `doctor` always looks."""


def left_behind(path: Path) -> tuple[Path, ...]:
    """Return the files that a removed database has left beside `path`."""
    return tuple(file for file in _companions(path) if file.exists())


def lock_of(path: Path) -> Path:
    """Return the lock file of the database at `path`."""
    return Path(f"{path}.lock")


def log_of(path: Path) -> Path:
    """Return the write-ahead log of the database at `path`."""
    # SQLite keeps its own files beside the file that a symbolic link leads to.
    return Path(f"{path.resolve()}-wal")


def index_of(path: Path) -> Path:
    """Return the shared index of that log."""
    return Path(f"{path.resolve()}-shm")


@contextmanager
def locked(path: Path, handle: int, mode: int) -> Iterator[None]:
    """Hold the open lock file `handle` of the database at `path`, and close it afterwards: with `LOCK_EX` alone, with
    `LOCK_SH` as one of several that only wait until nobody prepares the database.

    Raises `StoreUnavailable` where another process holds it for longer than `waits.PREPARED`, and for a database that
    was emptied.
    """
    try:
        deadline = time.monotonic() + waits.PREPARED
        while not _try_lock(handle, mode):
            if time.monotonic() > deadline:
                raise StoreUnavailable(f"another process has been preparing {path} for too long")
            time.sleep(0.02)
        refuse_emptied(path)
        yield
    finally:
        os.close(handle)


def was_made(path: Path) -> bool:
    """Return whether a database was made at `path` before, complete with its tables."""
    try:
        return lock_of(path).read_bytes().startswith(_MADE)
    except FileNotFoundError:
        return False


def note_made(path: Path) -> None:
    """Note in the lock file that there is a database at `path`. The lock must be held."""
    if not was_made(path):
        lock_of(path).write_bytes(_MADE)


def is_check_due(path: Path) -> bool:
    """Return whether the file at `path` should be looked through: it was not yet found whole, or longer than a day ago,
    or before the host was restarted (after a power cut, say), or it was another file then.
    """
    try:
        said = lock_of(path).read_bytes().removeprefix(_MADE).decode()
        at, _, of = said.removesuffix("\n").partition(" ")
        age = now() - time_from_text(at)
    except (OSError, UnicodeDecodeError, StoreError):
        return True
    return of != _boot_and_inode(path) or not timedelta() <= age < CHECKED_FOR


def note_checked(path: Path) -> None:
    """Note in the lock file that the database at `path` was found whole now. The lock must be held. Where that cannot
    be written, as on a full disk, it is looked through again the next time.
    """
    if was_made(path) and boot_id() is not None:
        # Over what is there, which stays whole if we are killed meanwhile.
        with suppress(OSError), lock_of(path).open("r+b") as lock:
            lock.write(_MADE + f"{time_to_text(now())} {_boot_and_inode(path)}\n".encode())
            lock.truncate()


def forget_checked(path: Path) -> None:
    """Have the database at `path` looked through when it is opened the next time, where that can be noted."""
    with suppress(OSError), lock_of(path).open("r+b") as lock:
        # Cut, and not written anew: what says that a database was made here stays whole, also on a full disk.
        if lock.read().startswith(_MADE):
            lock.truncate(len(_MADE))


def place_of(path: Path) -> tuple[int, int] | None:
    """Return the device and the inode of a file; None where it cannot be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _boot_and_inode(path: Path) -> str:
    """Return the run of the kernel and the identity of the file."""
    found = path.stat()
    return f"{boot_id()} {found.st_dev}:{found.st_ino}"


def refuse_to_replace(path: Path) -> None:
    """Raise `StoreUnavailable` where an empty file would be made in place of a database: gone is not empty (law 6)."""
    # The file is looked for once more: who makes a new one makes the file first and the lock after it.
    if left_behind(path) and not path.exists():
        raise StoreUnavailable(
            f"{path} is gone: there was a database here, and no empty one is made in its place; nothing was written."
            f" {_ADVICE}"
        )


def refuse_emptied(path: Path) -> None:
    """Raise `StoreUnavailable` for a file of no bytes where a database was made before. The lock must be held."""
    if path.stat().st_size == 0 and was_made(path):
        raise StoreUnavailable(
            f"{path} is empty: there was a database in it, and no new one is made in its place; nothing was written."
            f" {_ADVICE}"
        )


def forget(path: Path) -> None:
    """Remove the files that a removed or emptied database has left. Raises `StoreUnavailable` where the file holds
    anything.
    """
    if path.exists() and path.stat().st_size > 0:
        raise StoreUnavailable(f"{path} is there already; nothing was changed")
    for file in left_behind(path):
        file.unlink(missing_ok=True)


def files_of(path: Path) -> tuple[Path, ...]:
    """Return the files of the database at `path`, there or not: itself, the ones beside it, and its copies."""
    copies = sorted(path.parent.glob(f"{glob.escape(path.name)}-before-*.db"))
    return (path, *_companions(path), *copies)


@contextmanager
def new_copy(path: Path, before: int) -> Iterator[Path]:
    """Yield where a copy of the database at `path` is to be made, and give it its name afterwards: nothing that has the
    name of a copy is a part of one, and no copy takes the place of another. The lock must be held.

    Raises `StoreUnavailable` where no copy can be made.
    """
    unfinished = Path(f"{path}-before-{before:04d}-unfinished.db")
    try:
        try:
            unfinished.unlink(missing_ok=True)
            yield unfinished
            unfinished.replace(_reserved(f"{path}-before-{before:04d}"))
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be copied before it is upgraded: {error.strerror or error}") from error


def _reserved(stem: str) -> Path:
    """Return a new, empty file: the first name that is free."""
    number = 1
    while True:
        target = Path(f"{stem}{f'-{number}' if number > 1 else ''}.db")
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            number += 1
        else:
            return target


def _try_lock(handle: int, mode: int) -> bool:
    try:
        fcntl.flock(handle, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _companions(path: Path) -> tuple[Path, ...]:
    return (lock_of(path), log_of(path), index_of(path))
