"""The check of the settings' origins, and of the file permissions. Never shows a value."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from proximity_tui.config.load import Settings
from proximity_tui.doctor.finding import Finding, ok, warn

AREA = "configuration"


def judge(settings: Settings) -> Iterator[Finding]:
    """Yield one finding for each source of settings, one for each cluster's state and secret, and one for the file's
    mode.
    """
    yield from _origins(settings)
    for name, cluster in settings.clusters.items():
        if cluster.enabled:
            yield ok(AREA, name, f"the secret of {cluster.token_id} is kept in: {cluster.token_secret.origin}")
        else:
            yield warn(AREA, name, "disabled: its records are shown, and it is never contacted", "enabled = true")
    if not settings.clusters:
        yield warn(AREA, str(settings.path), "no cluster is configured", "proximity-tui connect")
    if settings.read_only:
        origin = settings.origins.get("read_only", "default")
        yield warn(
            AREA, "read_only", f"read-only mode is set (from {origin})", "read_only = false, if this is not intended"
        )
    yield from _mode(settings)


def _origins(settings: Settings) -> Iterator[Finding]:
    by_origin: dict[str, list[str]] = {}
    for key, origin in settings.origins.items():
        by_origin.setdefault(origin, []).append(key)
    for origin, keys in sorted(by_origin.items(), key=lambda pair: (pair[0] == "default", pair[0])):
        yield ok(AREA, origin, f"gives {', '.join(sorted(keys))}")


def _mode(settings: Settings) -> Iterator[Finding]:
    path = settings.path
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        yield warn(AREA, str(path), f"its mode cannot be read: {error.strerror}")
        return
    if mode & 0o022:
        said = f"others may write it (mode {mode:04o}), and so decide which server gets the token"
        yield warn(AREA, str(path), said, f"chmod go-w {path}")
    elif mode & 0o044 and _holds_a_secret(settings):
        yield warn(AREA, str(path), f"it holds a secret and others may read it (mode {mode:04o})", f"chmod 600 {path}")
    else:
        yield ok(AREA, str(path), f"mode {mode:04o}")


def _holds_a_secret(settings: Settings) -> bool:
    """Return whether a password or a DSN stands in the file itself. Tokens cannot."""
    here = settings.origins.get("database") == str(settings.path)
    dsn = settings.sentry.dsn
    return (here and bool(urlsplit(settings.database).password)) or (dsn is not None and dsn.kind == "text")


def private(area: str, path: Path) -> Finding:
    """Return the finding about a file of ours: it must be readable by its owner alone."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return warn(area, str(path), f"others may read it (mode {mode:04o})", f"chmod 600 {path}")
    return ok(area, str(path), f"mode {mode:04o}")
