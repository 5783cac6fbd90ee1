"""The checks of the settings: their origins, the file permissions, the form of the Sentry DSN. Never shows a value."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from urllib.parse import urlsplit

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.schema import SentrySettings, Settings
from proximity_tui.config.secrets import SecretKind, resolve_secret
from proximity_tui.doctor.check_result import CheckResult, fail, ok, warn

CONFIGURATION = "configuration"

SENTRY = "sentry"

_PROJECT = re.compile(r"/(?:[^/]+/)*\d+/?")


def judge_settings(settings: Settings) -> Iterator[CheckResult]:
    """Yield one result for each source of settings, one for each cluster's state and secret, and one for the file's
    mode.
    """
    yield from _origins(settings)
    for name, cluster in settings.clusters.items():
        if cluster.enabled:
            yield ok(CONFIGURATION, name, f"the secret of {cluster.token_id} is kept in: {cluster.token_secret.origin}")
        else:
            yield warn(
                CONFIGURATION, name, "disabled: its records are shown, and it is never contacted", "enabled = true"
            )
    if not settings.clusters:
        yield warn(CONFIGURATION, str(settings.path), "no cluster is configured", "proximity-tui connect")
    if settings.read_only:
        origin = settings.origins.get("read_only", "default")
        yield warn(
            CONFIGURATION,
            "read_only",
            f"read-only mode is set (from {origin})",
            "read_only = false, if this is not intended",
        )
    yield from _mode(settings)


def _origins(settings: Settings) -> Iterator[CheckResult]:
    by_origin: dict[str, list[str]] = {}
    for key, origin in settings.origins.items():
        by_origin.setdefault(origin, []).append(key)
    for origin, keys in sorted(by_origin.items(), key=lambda pair: (pair[0] == "default", pair[0])):
        yield ok(CONFIGURATION, origin, f"gives {', '.join(sorted(keys))}")


def _mode(settings: Settings) -> Iterator[CheckResult]:
    path = settings.path
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        yield warn(CONFIGURATION, str(path), f"its mode cannot be read: {error.strerror}")
        return
    if mode & 0o022:
        message = f"others may write it (mode {mode:04o}), and so decide which server gets the token"
        yield warn(CONFIGURATION, str(path), message, f"chmod go-w {path}")
    elif mode & 0o044 and _holds_a_secret(settings):
        yield warn(
            CONFIGURATION, str(path), f"it holds a secret and others may read it (mode {mode:04o})", f"chmod 600 {path}"
        )
    else:
        yield ok(CONFIGURATION, str(path), f"mode {mode:04o}")


def _holds_a_secret(settings: Settings) -> bool:
    """Return whether a password, a DSN or the URL of a channel stands in the file itself. Tokens cannot."""
    here = settings.origins.get("database") == str(settings.path)
    sources = [settings.sentry.dsn, *(channel.url for channel in settings.channels)]
    written = any(source is not None and source.kind is SecretKind.TEXT for source in sources)
    return (here and bool(urlsplit(settings.database).password)) or written


def judge_sentry(settings: SentrySettings) -> CheckResult:
    """Return one result. The DSN itself is never repeated: it holds a key."""
    if settings.dsn is None:
        return ok(SENTRY, "dsn", "not configured: no alert is sent to Sentry")
    try:
        dsn = resolve_secret(settings.dsn).reveal()
    except ConfigError as error:
        return fail(SENTRY, "dsn", f"alerts are not delivered: {error}")
    parts = urlsplit(dsn)
    if parts.scheme not in ("http", "https") or not parts.username or not parts.hostname:
        return fail(
            SENTRY, "dsn", "it is not a DSN: it must look like https://key@host/number", "copy it from Sentry again"
        )
    if not _PROJECT.fullmatch(parts.path):
        return fail(SENTRY, "dsn", "it names no project: it must end with a number", "copy it from Sentry again")
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        return warn(SENTRY, "dsn", f"{parts.hostname} is contacted without TLS", "use https")
    return ok(SENTRY, "dsn", f"well formed, for {parts.hostname} (environment {settings.environment})")
