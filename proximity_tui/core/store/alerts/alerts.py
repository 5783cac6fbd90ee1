"""The alerts: raised once, counted when seen again, acknowledged, resolved. Never deleted (law 6).

An occurrence repeats an anomaly while the last alert of its kind for the same record (or, without a record, the same
cluster, VMID and name) is not resolved, also after a person acknowledged it: a person is never notified twice of the
same thing. It is a new anomaly, with a new alert, when the record is another one (a guest that was adopted again and
vanishes again), when the old alert was resolved in between, or when an amber one became red: that is news for a person
who acknowledged it, and for who is told of red ones alone.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping
from typing import Any

from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.text import plain
from proximity_tui.core.model import Actor, Container
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import BECAME_RED, Acknowledgement, Alert, AlertKind, DeliveryState, Severity
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts.alert_reads import (
    all_alerts,
    by_ids,
    for_container,
    get,
    newest,
    open_alerts,
    open_of_kind,
    open_of_kinds,
    since,
    unresolved,
)
from proximity_tui.core.store.alerts.outbox import (
    claim_notification,
    delivered,
    failed,
    pending_notifications,
    undelivered_notifications,
)
from proximity_tui.core.store.clock_readings import shared_time
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.after_commit import after_commit
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.store_errors import Conflict
from proximity_tui.core.store.schema.alert_tables import AlertRow

__all__ = [
    "acknowledge",
    "all_alerts",
    "by_ids",
    "claim_notification",
    "delivered",
    "failed",
    "for_container",
    "get",
    "key_of",
    "merge_evidence",
    "newest",
    "open_alerts",
    "open_of_kind",
    "open_of_kinds",
    "pending_notifications",
    "raise_about",
    "raise_alert",
    "reopen",
    "resolve",
    "since",
    "undelivered_notifications",
    "unresolved",
]

log = logging.getLogger(__name__)


def raise_alert(
    kind: str,
    severity: Severity,
    *,
    message: str,
    cluster: str | None = None,
    vmid: int | None = None,
    container: int | None = None,
    name: str | None = None,
    evidence: Mapping[str, Any] | None = None,
    notify: bool = False,
    actor: Actor | str = "reconciler",
) -> Alert:
    """Open an alert with its event, or count the existing one once more; return it.

    A repeat changes `count` (more than 1 then), `last_seen_at` and the message, and adds to the evidence: the latest is
    shown, such as the third certificate of a host. It makes no event and no second message to Sentry. With `notify` the
    delivery to Sentry is part of the row, so it survives a crash.
    """
    key = key_of(kind, cluster=cluster, vmid=vmid, container=container, name=name)
    with transaction():
        if again := _repeated(key, severity, actor):
            return _seen_again(again, message, evidence or {})
        new: int = AlertRow.insert(
            key=key,
            severity=severity.value,
            kind=str(kind),
            cluster=cluster,
            vmid=vmid,
            container_id=container,
            name=None if name is None else plain(name),
            message=plain(redact(message)),
            evidence=evidence or {},
            **_seen_first(notify),
        ).execute()
        return _told(get(new), actor)


def _told(alert: Alert, actor: Actor | str) -> Alert:
    """Return a new alert, with its event; a red one is a line of the log, too, once it is there."""
    _note(alert, actor, EventAction.ALERT, alert.message, {"severity": alert.severity})
    # Who finds an anomalous orphan has a line of its own for it, with the words of the doctrine.
    if alert.severity is Severity.RED and alert.kind != AlertKind.ANOMALOUS_ORPHAN:
        after_commit(lambda: log.critical("RED ALERT %d (%s): %s", alert.id, alert.kind, alert.message))
    return alert


def _repeated(key: str, severity: Severity, actor: Actor | str) -> Alert | None:
    """Return the alert that an occurrence repeats, if any. An amber one that is red now is resolved instead."""
    known = unresolved(key)
    if known is None or severity is known.severity or severity is Severity.AMBER:
        return known
    resolve(known.id, BECAME_RED, by=actor)
    return None


def _seen_again(alert: Alert, message: str, evidence: Mapping[str, Any]) -> Alert:
    AlertRow.update(
        count=AlertRow.count + 1,
        last_seen_at=now(),
        message=plain(redact(message)),
        evidence={**alert.evidence, **evidence},
    ).where(AlertRow.id == alert.id).execute()
    return get(alert.id)


def _seen_first(notify: bool) -> dict[str, Any]:
    """Return the columns of an alert that is opened now, by the time that all hosts share: it says what is news."""
    moment = shared_time()
    return {
        "opened_at": moment,
        "last_seen_at": moment,
        "count": 1,
        "sentry_state": (DeliveryState.PENDING if notify else DeliveryState.NONE).value,
        # Settled now: a second attempt after a crash is then the same event to Sentry, which drops it.
        "sentry_event_id": uuid.uuid4().hex if notify else None,
        "sentry_attempts": 0,
    }


def raise_about(
    container: Container, kind: AlertKind, severity: Severity, message: str, evidence: Mapping[str, Any]
) -> Alert:
    """Open an alert about a record as `raise_alert` does, or count it again; return it. A red one is sent to Sentry."""
    return raise_alert(
        kind,
        severity,
        cluster=container.cluster,
        vmid=container.vmid,
        container=container.id,
        name=container.name,
        message=message,
        evidence=evidence,
        notify=severity is Severity.RED,
    )


def acknowledge(alert_id: int, by: Actor | str, note: str = "") -> Alert:
    """Record that a person has seen an alert; return it. Raises `RecordNotFound`, and `Conflict` with who was first."""
    with transaction():
        alert = get(alert_id)
        if alert.acknowledged is not None:
            seen = alert.acknowledged
            raise Conflict(f"alert {alert_id} is already acknowledged", f"{seen.by} at {seen.at:%Y-%m-%d %H:%M} UTC")
        AlertRow.update(acknowledged_at=now(), acknowledged_by=plain(str(by)), acknowledged_note=plain(note)).where(
            AlertRow.id == alert_id
        ).execute()
        message = f": {note}" if note else ""
        _note(alert, by, EventAction.ALERT_ACKNOWLEDGED, f"{alert.message} (acknowledged{message})", {"note": note})
        return get(alert_id)


def reopen(alert_id: int, by: Actor | str, seen: Acknowledgement) -> Alert:
    """Take back the acknowledgement that was shown as `seen`, and return the alert: it waits for a person again.

    Raises `RecordNotFound`, and `Conflict` where it is not the present one or the alert is over.
    """
    with transaction():
        alert = get(alert_id)
        if alert.resolved_at is not None or alert.acknowledged != seen:
            raise Conflict(
                f"alert {alert_id} changed since its acknowledgement was shown", alert.resolution or "by another person"
            )
        AlertRow.update(acknowledged_at=None, acknowledged_by=None, acknowledged_note=None).where(
            AlertRow.id == alert_id
        ).execute()
        evidence = {"acknowledged_by": seen.by, "acknowledged_at": seen.at, "note": seen.note}
        _note(alert, by, EventAction.ALERT_REOPENED, f"{alert.message} (acknowledgement taken back)", evidence)
        return get(alert_id)


def resolve(alert: int | str, resolution: str, *, by: Actor | str = "reconciler") -> Alert | None:
    """Record that the anomaly of an alert (by id or key) is over, and how. The next occurrence is a new alert.

    Return None when no alert of that key is unresolved; one that is resolved already stays as it is.

    Raises `RecordNotFound`.
    """
    with transaction():
        found = get(alert) if isinstance(alert, int) else unresolved(alert)
        if found is None or found.resolved_at is not None:
            return found
        AlertRow.update(resolved_at=shared_time(), resolution=plain(resolution)).where(
            AlertRow.id == found.id
        ).execute()
        message = f"{found.message} (resolved: {resolution})"
        _note(found, by, EventAction.ALERT_RESOLVED, message, {"resolution": resolution})
        return get(found.id)


def merge_evidence(alert_id: int, evidence: Mapping[str, Any]) -> Alert:
    """Add evidence to an alert, key by key, and return it; an existing key is replaced. Raises `RecordNotFound`."""
    with transaction():
        known = get(alert_id).evidence
        AlertRow.update(evidence={**known, **evidence}).where(AlertRow.id == alert_id).execute()
        return get(alert_id)


def key_of(
    kind: str,
    *,
    cluster: str | None = None,
    vmid: int | None = None,
    container: int | None = None,
    name: str | None = None,
) -> str:
    """Return the key that the occurrences of one anomaly share: kind and record, else kind, cluster, VMID and name."""
    about = [container] if container is not None else [cluster, vmid, name]
    return json.dumps([str(kind), *about])


def _note(alert: Alert, actor: Actor | str, action: EventAction, message: str, evidence: Mapping[str, Any]) -> None:
    events.note(alert, actor, action, message, {"alert": alert.id, "kind": alert.kind, **evidence})
