"""Where an SQLite file may lie, and how it is made there.

WAL needs shared memory of one host, so network file systems are refused; see `postgresql` for a shared fleet.
"""

from __future__ import annotations

import os
from pathlib import Path

from proximity_tui.core.store.db.sqlite import access, files
from proximity_tui.core.store.db.store_errors import StoreUnavailable

MOUNTS = Path("/proc/mounts")
NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "fuse.glusterfs"}
)


def make(path: Path) -> None:
    """Make the directories (0700) and the file where they are missing. Raises `StoreUnavailable` for a place where
    SQLite is not safe, or where this user may not write.
    """
    try:
        refuse_directory(path)
        _make_directories(path.parent)
        refuse_network_file_system(path)
        if not path.exists():
            files.refuse_to_replace(path)
            access.refuse_half_shared(path.parent)
            os.close(access.open_or_make(path, path))
    except OSError as error:
        raise access.cannot_make(path, error) from error
    if not os.access(path, os.R_OK) and (why := access.why_closed(path, writing=False)):
        raise StoreUnavailable(why)
    # The mode is looked at too, because root may write what somebody marked read-only on purpose.
    if not os.access(path, os.R_OK | os.W_OK) or not path.stat().st_mode & 0o222:
        raise StoreUnavailable(f"{path} is read-only: it can be read with --read-only")
    # SQLite makes its log beside the file, where that really is; without it only "read-only" would be said.
    if not _has_log(path) and (why := access.why_closed(path.resolve(), writing=True)):
        raise StoreUnavailable(f"{why}. Until then it can be read with --read-only")


def refuse_directory(path: Path) -> None:
    """Raise `StoreUnavailable` for what cannot be a file."""
    if path.is_dir():
        raise StoreUnavailable(f"{path} is a directory, not a database file")


def refuse_network_file_system(path: Path) -> None:
    """Raise `StoreUnavailable` for a place where SQLite is not safe."""
    kind = file_system_of(path.parent.resolve(), MOUNTS.read_text(errors="replace"))
    if kind in NETWORK_FILE_SYSTEMS:
        raise StoreUnavailable(
            f"{path} is on a network file system ({kind}), where SQLite is not safe; use a local disk or PostgreSQL"
        )


def file_system_of(path: Path, mounts: str) -> str | None:
    """Return the type of the file system that holds `path`, by the text of /proc/mounts: its longest mount point."""
    best: tuple[int, str] | None = None
    for line in mounts.splitlines():
        parts = line.split()
        if len(parts) < 3:
            continue
        point = Path(parts[1].replace("\\040", " "))
        # Of two mounts on the same point the later one hides the earlier.
        if path.is_relative_to(point) and (best is None or len(point.parts) >= best[0]):
            best = (len(point.parts), parts[2])
    return best[1] if best else None


def _has_log(path: Path) -> bool:
    """Return whether the files that SQLite writes beside the database are there and open to this user, as where another
    one keeps them open: then nothing is to be made in the directory.
    """
    return all(os.access(file, os.R_OK | os.W_OK) for file in (files.log_of(path), files.index_of(path)))


def _make_directories(directory: Path) -> None:
    if not directory.exists():
        _make_directories(directory.parent)
        directory.mkdir(mode=0o700, exist_ok=True)
