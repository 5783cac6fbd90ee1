"""The alerts: raised once, counted when seen again, acknowledged, resolved. Never deleted (law 6).

A sighting repeats an anomaly while the last alert of its kind for the same record (or, without a record, the same
cluster, VMID and name) is not resolved, also after a person acknowledged it: a person is never notified twice of the
same thing. It is a new anomaly, with a new alert, when the record is another one (a guest that was adopted again and
vanishes again), or when the old alert was resolved in between.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.text import plain
from proximity_tui.core.model import Actor, Container
from proximity_tui.core.model.actions.operation import EventAction
from proximity_tui.core.model.alert import Acknowledgement, Alert, AlertKind, DeliveryState, Severity
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts.mapping import get, read_alerts
from proximity_tui.core.store.alerts.outbox import claim_notification, delivered, failed, pending_notifications
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.errors import Conflict
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import chunks
from proximity_tui.core.store.schema.alerts import AlertRow

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
    "open_alerts",
    "open_of_kind",
    "pending_notifications",
    "raise_about",
    "raise_alert",
    "reopen",
    "resolve",
    "since",
    "unresolved",
]


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
    """Open an alert with its event, or count one more sighting of the existing one; return it.

    A repeat changes `count` (more than 1 then), `last_seen_at` and the message, and adds to the evidence: the latest is
    shown, such as the third certificate of a host. It makes no event and no second message to Sentry. With `notify` the
    delivery to Sentry is part of the row, so it survives a crash.
    """
    key = key_of(kind, cluster=cluster, vmid=vmid, container=container, name=name)
    moment = now()
    with transaction():
        if again := unresolved(key):
            AlertRow.update(
                count=AlertRow.count + 1,
                last_seen_at=moment,
                message=plain(redact(message)),
                evidence={**again.evidence, **(evidence or {})},
            ).where(AlertRow.id == again.id).execute()
            return get(again.id)
        new: int = AlertRow.insert(
            key=key,
            severity=severity.value,
            kind=str(kind),
            cluster=cluster,
            vmid=vmid,
            container_id=container,
            name=None if name is None else plain(name),
            message=plain(redact(message)),
            opened_at=moment,
            last_seen_at=moment,
            count=1,
            evidence=evidence or {},
            sentry_state=(DeliveryState.PENDING if notify else DeliveryState.NONE).value,
            # Settled now: a second attempt after a crash is then the same event to Sentry, which drops it.
            sentry_event_id=uuid.uuid4().hex if notify else None,
            sentry_attempts=0,
        ).execute()
        alert = get(new)
        _note(alert, actor, EventAction.ALERT, alert.message, {"severity": alert.severity})
        return alert


def raise_about(
    container: Container, kind: AlertKind, severity: Severity, message: str, evidence: Mapping[str, Any]
) -> Alert:
    """Open an alert about a record, or count one more sighting, as `raise_alert` does; a red one is sent to Sentry."""
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
    """Record that a person has seen an alert. Raises `NotFound`, and `Conflict` that names who was first."""
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
    """Take back the acknowledgement that was shown as `seen`: the alert waits for a person again. Raises `NotFound`,
    and `Conflict` where it is not the present one or the alert is over.
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
    """Record that the anomaly of an alert (by id or key) is over, and how. The next sighting is a new alert.

    Return None when no alert of that key is unresolved; one that is resolved already stays as it is. Raises `NotFound`.
    """
    with transaction():
        found = get(alert) if isinstance(alert, int) else unresolved(alert)
        if found is None or found.resolved_at is not None:
            return found
        AlertRow.update(resolved_at=now(), resolution=plain(resolution)).where(AlertRow.id == found.id).execute()
        message = f"{found.message} (resolved: {resolution})"
        _note(found, by, EventAction.ALERT_RESOLVED, message, {"resolution": resolution})
        return get(found.id)


def merge_evidence(alert_id: int, evidence: Mapping[str, Any]) -> Alert:
    """Add evidence to an alert, key by key; an existing key is replaced. Raises `NotFound`."""
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
    """Return the key that two sightings of one anomaly share: kind and record, or else kind, cluster, VMID and name."""
    about = [container] if container is not None else [cluster, vmid, name]
    return json.dumps([str(kind), *about])


def unresolved(key: str) -> Alert | None:
    """Return the alert that a repeat would count on, acknowledged or not; None without one."""
    found = read_alerts(AlertRow.key == key, AlertRow.resolved_at.is_null())
    return found[0] if found else None


def by_ids(ids: Iterable[int]) -> tuple[Alert, ...]:
    """Return the alerts with these ids, open or not, as far as there are any."""
    with unit():
        return tuple(one for chunk in chunks(ids) for one in read_alerts(AlertRow.id.in_(chunk)))


def open_alerts(cluster: str | None = None) -> tuple[Alert, ...]:
    """Return the alerts that wait for a person, the red ones first, then the newest."""
    waiting = [AlertRow.acknowledged_at.is_null(), AlertRow.resolved_at.is_null()]
    if cluster is not None:
        waiting.append(AlertRow.cluster == cluster)
    return read_alerts(*waiting, order=(AlertRow.severity.desc(), AlertRow.id.desc()))


def open_of_kind(kind: str, cluster: str) -> tuple[Alert, ...]:
    """Return the alerts of a kind in a cluster on which a repeat would count, acknowledged or not."""
    return open_of_kinds((kind,), cluster)


def open_of_kinds(kinds: Iterable[str], cluster: str) -> tuple[Alert, ...]:
    """Return the same of several kinds, by one statement."""
    wanted = AlertRow.kind.in_([str(kind) for kind in kinds])
    return read_alerts(wanted, AlertRow.cluster == cluster, AlertRow.resolved_at.is_null())


def since(moment: datetime, cluster: str | None = None) -> tuple[Alert, ...]:
    """Return the alerts (of a cluster) that were not over at a moment, and the later ones, the newest first."""
    conditions: list[Any] = [AlertRow.resolved_at.is_null() | (AlertRow.resolved_at >= moment)]
    if cluster is not None:
        conditions.append(AlertRow.cluster == cluster)
    return read_alerts(*conditions, order=(AlertRow.id.desc(),))


def all_alerts(limit: int | None = 500, *, cluster: str | None = None) -> tuple[Alert, ...]:
    """Return all alerts, resolved ones included, the newest first, at most `limit` (None: every one)."""
    conditions = [] if cluster is None else [AlertRow.cluster == cluster]
    return read_alerts(*conditions, order=(AlertRow.id.desc(),), limit=limit)


def for_container(container_id: int) -> tuple[Alert, ...]:
    """Return every alert about a record, the newest first."""
    return read_alerts(AlertRow.container_id == container_id, order=(AlertRow.id.desc(),))


def _note(alert: Alert, actor: Actor | str, action: EventAction, message: str, evidence: Mapping[str, Any]) -> None:
    events.note(alert, actor, action, message, {"alert": alert.id, "kind": alert.kind, **evidence})
