"""Alerts that Sentry shall be told of, and a notifier that is in a hurry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from proximity_tui.core.alerting.notifier import Notifier
from proximity_tui.core.alerting.sentry_target import SentryProject
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.model.alert import Alert, AlertKind, DeliveryState, Severity
from proximity_tui.core.store.alerts import alerts
from tests.support.timing.waiting import LONGEST

ME, RIVAL = "jump1:10:aa", "jump2:20:bb"
EVIDENCE: dict[str, Any] = {"node": "pve2", "kind": "adopted", "last_seen": "2026-11-23T02:40:00Z"}


def an_alert(vmid: int = 105, **given: Any) -> Alert:
    values: dict[str, Any] = {"message": "grafana was destroyed, not by us", "evidence": EVIDENCE, **given}
    return alerts.raise_alert(
        AlertKind.ANOMALOUS_ORPHAN, Severity.RED, cluster="prod", vmid=vmid, name="grafana", notify=True, **values
    )


@contextmanager
def delivering(dsn: str | None, owner: str = ME, *, include_hostname: bool = False, **given: Any) -> Iterator[Notifier]:
    options: dict[str, Any] = {"poll": 0.02, "retry": timedelta(milliseconds=50), **given}
    sentry = SentryProject(Secret(dsn, "the tests"), include_hostname=include_hostname) if dsn else None
    notifier = Notifier(sentry, owner=owner, **options)
    notifier.start()
    try:
        yield notifier
    finally:
        notifier.stop(timeout=LONGEST)


def state_of(alert: Alert) -> DeliveryState:
    return alerts.get(alert.id).delivery.state
