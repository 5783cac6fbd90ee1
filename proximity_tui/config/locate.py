"""Where the configuration is, and the database of who has none configured: as options, the environment, systemd and the
user's home say.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from proximity_tui.config.config_errors import ConfigError, Invalid
from proximity_tui.config.url_values import sqlite_url
from proximity_tui.config.user_paths import absolute, user_folder


def locate(path: Path | None, environ: Mapping[str, str] = os.environ) -> tuple[Path, str]:
    """Return the file to read, and its origin: `--config`, `$PROXIMITY_TUI_CONFIG` or "default".

    Raises ConfigError for an invalid path, and where there is no default because the user has no home.
    """
    named = path if path is not None else environ.get("PROXIMITY_TUI_CONFIG")
    if not named:
        return default_path(environ), "default"
    by = "--config" if path is not None else "$PROXIMITY_TUI_CONFIG"
    try:
        return absolute(named), by
    except Invalid as error:
        raise ConfigError(f"{by} {error}") from None


def default_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return `proximity-tui.toml` in a service's own or the user's configuration directory, whether
    or not it exists.
    """
    if folder := _folder_of_service("CONFIGURATION_DIRECTORY", environ):
        return folder / "proximity-tui.toml"
    return user_folder("config") / "proximity-tui.toml"


def unusual_path(path: Path) -> Path | None:
    """Return `path` if it has to be named on the command line, None where it is the default."""
    try:
        return None if path == default_path() else path
    except ConfigError:
        return path


def default_database_url(environ: Mapping[str, str] = os.environ) -> str:
    """Return the URL of an SQLite file in a service's own or the user's data directory, whether or not it exists."""
    if (folder := _folder_of_service("STATE_DIRECTORY", environ)) is None:
        folder = user_folder("data")
    return sqlite_url(folder / "proximity.db")


def _folder_of_service(variable: str, environ: Mapping[str, str]) -> Path | None:
    """Return the folder that systemd gave a service, the first where it gave several."""
    first = environ.get(variable, "").partition(":")[0]
    return Path(first) if first else None
