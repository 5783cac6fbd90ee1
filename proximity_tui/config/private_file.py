"""Small files that are for their owner alone, replaced as a whole. Whoever reads one trusts its text."""

from __future__ import annotations

import os
import stat
from pathlib import Path


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
