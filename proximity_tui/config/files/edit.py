"""The replacement of a configuration file, as a whole and at once, with the mode, the owner and the group that it had.

A change is a new text (`config/files/toml_edit.py`); it is written beside the file, read back as a configuration, and
only then takes its place.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.files.bounded_read import read_file
from proximity_tui.config.files.tables import LARGEST, too_large


class Draft:
    """A new text for the configuration at `path`, kept beside it as `file` until it is committed or discarded."""

    def __init__(self, path: Path, replacing: str, file: Path) -> None:
        self.path = path
        self.file = file
        self._replacing = replacing

    def commit(self) -> None:
        """Put the new text in the place of the old one, at once and for good. Raises ConfigError if that was changed
        meanwhile.
        """
        if current_text(self.path) != self._replacing:
            raise ConfigError(f"{self.path} was changed by somebody else just now; try again")
        os.replace(self.file, self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def draft(path: Path, text: str, replacing: str) -> Iterator[Draft]:
    """Write `text` beside the configuration at `path`, whose text is `replacing` (empty where there is none yet). An
    uncommitted draft is removed at the end. Raises ConfigError where it cannot be written.
    """
    path = path.resolve()
    file = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.stat() if path.exists() else None
        write_new(file, text, 0o600 if found is None else found.st_mode & 0o777, found)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {(error.strerror or 'unknown reason').lower()}") from None
    try:
        yield Draft(path, replacing, file)
    finally:
        with suppress(FileNotFoundError):
            file.unlink()


def write_new(path: Path, text: str, mode: int = 0o600, like: os.stat_result | None = None) -> None:
    """Write a file that does not exist yet, down to the disk, with owner and group of the one that it is `like`, as
    far as we can give it away. Raises FileExistsError when it does exist.
    """
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode), "w", encoding="utf-8") as file:
        if like is not None:
            for owner, group in ((-1, like.st_gid), (like.st_uid, -1)):
                # Not even root can in a container where the owner or the group has no number.
                with suppress(OSError):
                    os.fchown(file.fileno(), owner, group)
        os.fchmod(file.fileno(), mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def current_text(path: Path) -> str:
    """Return the text of the configuration at `path`, empty where there is none. Raises ConfigError."""
    try:
        content = read_file(path, LARGEST + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {(error.strerror or 'unknown reason').lower()}") from None
    if len(content) > LARGEST:
        raise too_large(path)
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8 text") from None
