"""Who may open an SQLite database of this host: its owner alone (0600), or the people of a group (0660).

A directory with mode 2770 is shared: its group may write in it, and by its setgid bit everything in it belongs to that
group. Any other directory is private. Nobody else may ever read a database, and no umask changes any of this.
"""

from __future__ import annotations

import grp
import logging
import os
import pwd
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.store.db.sqlite import files
from proximity_tui.core.store.db.store_errors import StoreUnavailable

PRIVATE, SHARED = 0o600, 0o660

log = logging.getLogger(__name__)


@value_object
class WrongMode:
    """A file of a database that strangers may open, or that a colleague may not."""

    file: Path
    mode: int
    wanted: int
    gid: int | None
    """The group that it has to belong to; None where that is right, or nobody's business."""

    @property
    def is_open_to_others(self) -> bool:
        """True where somebody may open it who must not; else it locks a colleague out."""
        return bool(self.mode & ~self.wanted & 0o077)

    @property
    def commands(self) -> str:
        """The commands that its owner can type."""
        file = shlex.quote(str(self.file))
        group = f"chgrp {group_name(self.gid)} {file} && " if self.gid is not None else ""
        return f"{group}chmod {self.wanted:o} {file}"


def is_shared(path: Path) -> bool:
    """Return whether the database at `path` lies in a directory that a group shares."""
    mode = stat.S_IMODE(path.resolve().parent.stat().st_mode)
    return bool(mode & stat.S_ISGID) and mode & 0o077 == 0o070


def group_of(path: Path) -> str:
    """Return the group of the directory in which the database at `path` lies."""
    return group_name(path.resolve().parent.stat().st_gid)


def open_or_make(file: Path, path: Path) -> int:
    """Return a descriptor of a file of the database at `path`, for reading and writing; a new one gets the mode that it
    must have. Raises OSError.
    """
    wanted = SHARED if is_shared(path) else PRIVATE
    handle = os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, wanted)
    found = os.fstat(handle)
    if found.st_size == 0 and found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) != wanted:
        # The umask took something of it away.
        os.fchmod(handle, wanted)
    return handle


def wrong_modes(path: Path) -> tuple[WrongMode, ...]:
    """Return the files of the database, copies included, that strangers may open or that a colleague may not."""
    shared = is_shared(path)
    group = path.resolve().parent.stat().st_gid
    return tuple(
        WrongMode(file, mode, SHARED, group if gid != group else None)
        if shared
        else WrongMode(file, mode, mode & 0o700, None)
        for file, mode, gid in _modes(path)
        if (mode & 0o077 != 0o060 or gid != group if shared else mode & 0o077)
    )


def put_right(path: Path) -> None:
    """Give each file of the database its mode and group, and log that. Raises `StoreUnavailable` where we may not."""
    for wrong in wrong_modes(path):
        try:
            if wrong.gid is not None:
                os.chown(wrong.file, -1, wrong.gid)
            wrong.file.chmod(wrong.wanted)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StoreUnavailable(_cannot_be_put_right(wrong, error.strerror or "no reason given")) from error
        what = "could be read or changed by others" if wrong.is_open_to_others else "locked colleagues out"
        log.warning("%s %s (mode %04o); it is %04o now", wrong.file, what, wrong.mode, wrong.wanted)


def refuse_half_shared(directory: Path) -> None:
    """Raise `StoreUnavailable` for a directory that a group is meant to share, where new files would be their maker's.

    That is one with mode 0770 of somebody else or of another group than ours.
    """
    found = directory.stat()
    ours = found.st_uid == os.geteuid() and found.st_gid == os.getegid()
    if stat.S_IMODE(found.st_mode) == 0o770 and not ours:
        raise StoreUnavailable(
            f"{directory} may be written by its group {group_name(found.st_gid)}, but it has no setgid bit: what one"
            " makes there would lock the others out. Nothing was made."
            f" As its owner: chmod 2770 {shlex.quote(str(directory))}"
        )


def cannot_make(path: Path, error: OSError) -> StoreUnavailable:
    """Return the error for a database that cannot be made at `path`, with what to do about it where that is known."""
    return StoreUnavailable(why_closed(path, writing=True) or f"{path} cannot be made: {error.strerror or error}")


def why_closed(path: Path, *, writing: bool) -> str | None:
    """Return why this user may not open the database at `path`, with what to do about it; None where they may."""
    for place in (path.parent, path):
        needed = (os.X_OK if place != path else os.R_OK) | (os.W_OK if writing else 0)
        try:
            found = place.stat()
        except PermissionError:
            return f"{place} cannot be reached by {_user()}: a directory above it is closed. Nothing was changed"
        except OSError:
            continue
        if (place == path) != stat.S_ISREG(found.st_mode):
            # Something else is wrong with it.
            continue
        if not os.access(place, needed):
            return f"{place} {_closed_to(place, found)}"
    return None


def group_name(gid: int | None) -> str:
    """Return the name of a group, or its number where it has none."""
    try:
        return grp.getgrgid(gid).gr_name if gid is not None else "?"
    except KeyError:
        return str(gid)


def _closed_to(place: Path, found: os.stat_result) -> str:
    mode, owner, group = stat.S_IMODE(found.st_mode), _owner(found.st_uid), group_name(found.st_gid)
    said = f"is closed to {_user()}: it belongs to {owner}, group {group}, mode {mode:04o}. Nothing was changed."
    if mode & 0o070 != 0o070 and (place.is_dir() or mode & 0o060 != 0o060):
        return f"{said} To share it with a group, see docs/one-host.md"
    return f"{said} Members of the group {group} may open it: usermod -aG {group} {_user()}, then log in again"


def _cannot_be_put_right(wrong: WrongMode, reason: str) -> str:
    if wrong.is_open_to_others:
        what = f"can be read or changed by others (mode {wrong.mode:04o}), and only its owner can end that"
    else:
        group = f", group {group_name(wrong.file.stat().st_gid)}" if wrong.gid is not None else ""
        what = f"locks colleagues out (mode {wrong.mode:04o}{group}), and only its owner can change that"
    return f"{wrong.file} {what}: {reason}. Nothing was changed. As its owner: {wrong.commands}"


def _user() -> str:
    return _owner(os.geteuid())


def _owner(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _modes(path: Path) -> Iterator[tuple[Path, int, int]]:
    """Yield each file of the database with its mode and its group."""
    for file in files.files_of(path):
        # Only the database itself may be a link: through any other one, a stranger could choose what is changed.
        try:
            found = file.stat() if file == path else file.lstat()
        except FileNotFoundError:
            continue
        if stat.S_ISREG(found.st_mode):
            yield file, stat.S_IMODE(found.st_mode), found.st_gid
