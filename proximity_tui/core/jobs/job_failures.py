"""Unexpected failures of a job: reported to a person and to Sentry once, until the job works again."""

from __future__ import annotations

import logging
import traceback

from proximity_tui.core.base.secret import redact
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.model.job import Lease
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.jobs import leases

log = logging.getLogger(__name__)

MOST_FRAMES = 8
"""How many of the innermost frames of a traceback are kept as evidence."""


def summary(error: Exception) -> str:
    """Return the failure and its place in one line: `ValueError: no such thing (in collect_cluster, line 71)`."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" (in {frames[-1].name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"


def raised(job: str, cluster: str, error: Exception, lease: Lease) -> None:
    """Raise the alert, or count one more failure. A failure of the database itself only goes to the log."""
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
        log.warning("the failure of the %s of %s could not be recorded: %s", job, cluster, refused)


def over(job: str, cluster: str, lease: Lease) -> None:
    """Resolve the alert: the job ended well. Where that cannot be written, the next good end does it."""
    key = alerts.key_of(AlertKind.JOB_FAILED, cluster=cluster, name=job)
    try:
        if alerts.unresolved(key) is not None:
            with leases.fenced(lease):
                alerts.resolve(key, "it ran again")
    except StoreError as refused:
        log.warning("the recovery of the %s of %s could not be recorded: %s", job, cluster, refused)
