"""Paths that a person wrote, and the folders of the user, as paths; or a sentence why there is none.

Every `~` of the program is expanded here, because a home can be unknown: a user that does not exist, or a service whose
user has no entry in the password database and no $HOME.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal

from proximity_tui.config.config_errors import ConfigError, Invalid

_LONGEST = 4096
"""Bytes of a path that Linux takes."""

_LONGEST_NAME = 255
"""Bytes of one part of it that every file system of Linux takes."""


_PROGRAM = "proximity-tui"
"""The name of our folders."""


def expanded(path: str | Path) -> Path:
    """Return `path` with a leading `~` or `~user` replaced by that home. Raise Invalid for what can be no path."""
    written = str(path)
    try:
        if "\0" in written or len(os.fsencode(written)) >= _LONGEST:
            raise Invalid("cannot be a path: it is too long or holds a null character")
        if any(len(os.fsencode(part)) > _LONGEST_NAME for part in written.split("/")):
            raise Invalid(f"cannot be a path: a part of it is longer than {_LONGEST_NAME} bytes")
        return Path(written).expanduser()
    except RuntimeError:
        user = written.partition("/")[0]
        whose = "this user has no home directory" if user == "~" else f"there is no user {user[1:]}"
        raise Invalid(f"begins with {user}, but {whose}; write the whole path") from None
    except UnicodeEncodeError:
        raise Invalid("cannot be a path: it holds characters that no file name can have") from None


def absolute(path: str | Path, *, follow: bool = False) -> Path:
    """Return `path` expanded and absolute, its symbolic links resolved with `follow`. Raise Invalid."""
    home = expanded(path)
    try:
        return home.resolve() if follow else home.absolute()
    except (OSError, RuntimeError) as error:
        # The working directory may be gone, and links may lead in a circle.
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise Invalid(f"cannot be followed ({(reason or 'no reason given').lower()}); write the whole path") from None


def user_folder(kind: Literal["config", "data", "state"]) -> Path:
    """Return the folder of the user for files of this kind, whether or not it exists. Raise ConfigError where this
    user has no home directory."""
    try:
        folder = _folder(kind)
    except RuntimeError:
        folder = Path()
    if not folder.is_absolute():
        variable, _ = _FOLDERS[kind]
        raise ConfigError(
            f"this user has no home directory for {kind} files: set HOME or {variable} to an absolute path, "
            "or give --config and --database"
        )
    return folder


_FOLDERS = {
    "config": ("XDG_CONFIG_HOME", ".config"),
    "data": ("XDG_DATA_HOME", ".local/share"),
    "state": ("XDG_STATE_HOME", ".local/state"),
}
"""The variable that names a folder, and where it is in the home directory without that."""


def _folder(kind: Literal["config", "data", "state"]) -> Path:
    """Return what `platformdirs` returns. It is asked where the answer is not plain: on Linux, that would take as long
    as to read the configuration. Raises RuntimeError.
    """
    variable, usual = _FOLDERS[kind]
    named, home = os.environ.get(variable, ""), os.environ.get("HOME", "")
    if sys.platform == "linux" and named.startswith("/"):
        return Path(named, _PROGRAM)
    if sys.platform == "linux" and home.startswith("/"):
        return Path(home, usual, _PROGRAM)
    import platformdirs

    find = {
        "config": platformdirs.user_config_path,
        "data": platformdirs.user_data_path,
        "state": platformdirs.user_state_path,
    }[kind]
    return find(_PROGRAM, appauthor=False)
