"""Small files that are for their owner alone, replaced as a whole. Whoever reads one trusts its text."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from shlex import quote

from proximity_tui.config.files.bounded_read import opened, read_from


def write_private(place: Path, text: str) -> None:
    """Replace the file at `place`, and make its folder where there is none. Raises OSError."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        fresh.replace(place)
    finally:
        fresh.unlink(missing_ok=True)


def not_private(place: Path, mode: int) -> str | None:
    """Return what is wrong with the mode of a file that holds a secret; None where its owner alone may read it."""
    if not mode & 0o077:
        return None
    return f"has mode {stat.S_IMODE(mode):04o} and others may read it; run: chmod 600 {quote(str(place))}"


def read_small(place: Path, *, private: bool = False, largest: int = 65536) -> str:
    """Return the text of a file that a person named, at most `largest` bytes of it. With `private` a regular file that
    others may read is refused. Raises ValueError, which says why without quoting it.
    """
    try:
        with opened(place) as descriptor:
            found = os.fstat(descriptor)
            if private and stat.S_ISREG(found.st_mode) and (wrong := not_private(place, found.st_mode)):
                raise ValueError(f"{place} {wrong}")
            return read_from(descriptor, largest).decode()
    except OSError as error:
        raise ValueError(f"{place} cannot be read: {(error.strerror or 'unknown reason').lower()}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{place} is not UTF-8 text") from None


def read_private(place: Path, largest: int) -> str | None:
    """Return the text of a regular file of at most `largest` bytes that only we can read and write, or None."""
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        found = os.fstat(descriptor)
        ours = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
        return os.read(descriptor, largest).decode() if ours and found.st_size <= largest else None
    except (OSError, ValueError):
        return None
    finally:
        os.close(descriptor)
