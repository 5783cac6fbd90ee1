"""A job that failed in a way nobody thought of: told to a person and to Sentry once, until it works again (N71)."""

from __future__ import annotations

import logging
import traceback

from proximity_tui.core.base.secret import redact
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.model.job import Lease
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.jobs import leases

log = logging.getLogger(__name__)

MOST_FRAMES = 8
"""How many of the innermost frames of a traceback are kept as evidence."""


def summary(error: Exception) -> str:
    """`ValueError: no such thing (in survey, line 71)`: what went wrong, and where, in one line."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" (in {frames[-1].name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"


def raised(job: str, cluster: str, error: Exception, lease: Lease) -> None:
    """Raise the alert, or count one more failure. A database that cannot take it has its own words in the log."""
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    try:
        with leases.fenced(lease):
            alerts.raise_alert(
                AlertKind.JOB_FAILED,
                Severity.RED,
                cluster=cluster,
                name=job,
                message=f"the {job} of {cluster} failed, and runs again when it is due: {summary(error)}",
                evidence={"traceback": [redact(f"{one.name} ({one.filename}:{one.lineno})") for one in frames]},
                notify=True,
            )
    except StoreError as refused:
        log.warning("that the %s of %s failed could not be written down: %s", job, cluster, refused)


def over(job: str, cluster: str, lease: Lease) -> None:
    """The job ended well: what was wrong with it is over. Where that cannot be written, the next good end says so."""
    key = alerts.key_of(AlertKind.JOB_FAILED, cluster=cluster, name=job)
    try:
        if alerts.unresolved(key) is not None:
            with leases.fenced(lease):
                alerts.resolve(key, "it ran again")
    except StoreError as refused:
        log.warning("that the %s of %s runs again could not be written down: %s", job, cluster, refused)
