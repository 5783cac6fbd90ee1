"""The check of the Sentry DSN, by its form only. Sends nothing."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from proximity_tui.config.load import ConfigError, SentrySettings, resolve_secret
from proximity_tui.doctor.finding import Finding, fail, ok, warn

AREA = "sentry"

_PROJECT = re.compile(r"/(?:[^/]+/)*\d+/?")


def judge(settings: SentrySettings) -> Finding:
    """Return one finding. The DSN itself is never repeated: it holds a key."""
    if settings.dsn is None:
        return ok(AREA, "dsn", "not configured: alerts are on the screens only")
    try:
        dsn = resolve_secret(settings.dsn).reveal()
    except ConfigError as error:
        return fail(AREA, "dsn", f"alerts are not delivered: {error}")
    parts = urlsplit(dsn)
    if parts.scheme not in ("http", "https") or not parts.username or not parts.hostname:
        return fail(
            AREA, "dsn", "it is not a DSN: it must look like https://key@host/number", "copy it from Sentry again"
        )
    if not _PROJECT.fullmatch(parts.path):
        return fail(AREA, "dsn", "it names no project: it must end with a number", "copy it from Sentry again")
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        return warn(AREA, "dsn", f"{parts.hostname} is contacted without TLS", "use https")
    return ok(AREA, "dsn", f"well formed, for {parts.hostname} (environment {settings.environment})")
