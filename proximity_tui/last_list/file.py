"""The file of a last list, one for each database, in the user's state directory: private, small, replaced as a whole.

It holds what the Fleet list shows (names, VMIDs, nodes, states, notes) and no address, token or setting. One that
somebody else could have written, or that is not about this very database, is not read.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.files.private_file import read_private, write_private
from proximity_tui.config.user_paths import user_folder
from proximity_tui.core.base.clock import boot_id
from proximity_tui.last_list.content import LastList, Timestamp, from_text, to_text

LARGEST = 256 * 1024
"""Bytes of a file; a larger one is not ours."""
OLDEST = 24 * 3600.0
"""Seconds after which a list is no help any more."""
CLOCK_TOLERANCE = 60.0
"""Seconds by which the wall clock and the lived time may differ; more, and the wall clock was set meanwhile."""


def present() -> Timestamp:
    """Return the moment now."""
    return Timestamp(time.time(), boot_id() or "", time.clock_gettime(time.CLOCK_BOOTTIME))


def age(last_list: LastList, now: Timestamp) -> float | None:
    """Return how many seconds ago it was taken; None where that is in doubt, or too long."""
    then = last_list.taken_at
    by_wall = now.wall - then.wall
    if now.boot and now.boot == then.boot:
        lived = now.lived - then.lived
        if abs(lived - by_wall) > CLOCK_TOLERANCE:
            return None
        by_wall = lived
    return by_wall if 0 <= by_wall <= OLDEST else None


def identity_of(url: str) -> str | None:
    """Return what can be told of the database at `url` without opening it: the file itself, or the server and the name.
    None where there is none.
    """
    parts = urlsplit(url)
    if parts.scheme != "sqlite":
        return f"{parts.scheme}://{parts.username or ''}@{parts.hostname or ''}:{parts.port or ''}{parts.path}"
    try:
        found = os.stat(unquote(parts.path[1:]))
    except (OSError, ValueError):
        return None
    return f"{found.st_dev}:{found.st_ino}"


def place_of(url: str) -> Path | None:
    """Return where the last list of the database at `url` is kept; None for a user without a home."""
    parts = urlsplit(url)
    known = f"{parts.scheme}://{parts.username or ''}@{parts.hostname or ''}:{parts.port or ''}{parts.path}"
    try:
        folder = user_folder("state")
    except ConfigError:
        return None
    # The folder is called as in earlier versions, so that no list of theirs stays behind.
    return folder / "snapshot" / f"{hashlib.sha256(known.encode(errors='replace')).hexdigest()[:16]}.json"


def read(url: str) -> LastList | None:
    """Return the last list of the database at `url`, or None where there is none or it is in doubt."""
    place, identity = place_of(url), identity_of(url)
    text = read_private(place, LARGEST) if place is not None else None
    found = from_text(text) if text is not None else None
    return found if found is not None and found.database == identity else None


def write(url: str, last_list: LastList) -> None:
    """Keep the last list of the database at `url`. Raises OSError."""
    if (place := place_of(url)) is None:
        return
    write_private(place, to_text(last_list))


def forget(url: str) -> None:
    """Remove the last list of the database at `url`, if there is one."""
    if (place := place_of(url)) is not None:
        with contextlib.suppress(OSError):
            place.unlink(missing_ok=True)
