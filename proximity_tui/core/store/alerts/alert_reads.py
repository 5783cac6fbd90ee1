"""The search for alerts: by id, key, record or kind, open or over; and the reading of an `Alert` from its row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from proximity_tui.core.model.alert import Acknowledgement, Alert, Delivery, DeliveryState, Severity
from proximity_tui.core.store.database import unit
from proximity_tui.core.store.db.queries import chunks, dicts_where
from proximity_tui.core.store.db.store_errors import RecordNotFound
from proximity_tui.core.store.schema.alert_tables import AlertRow

MOST_SEVERE_FIRST = (AlertRow.severity.desc(), AlertRow.id)
"""The red ones first, then the oldest."""


def get(alert_id: int) -> Alert:
    """Return the alert with that id. Raises `RecordNotFound`."""
    found = read_alerts(AlertRow.id == alert_id)
    if not found:
        raise RecordNotFound(f"there is no alert {alert_id}")
    return found[0]


def read_alerts(*conditions: Any, order: Any = None, limit: int | None = None) -> tuple[Alert, ...]:
    """Return the alerts that meet the conditions on `AlertRow`, oldest first unless ordered otherwise."""
    ordered = AlertRow.select().order_by(*(order or (AlertRow.id,)))
    with unit():
        return tuple(_alert(row) for row in dicts_where(ordered, conditions, limit))


def unresolved(key: str) -> Alert | None:
    """Return the alert that a repeat would count on, acknowledged or not; None without one."""
    found = read_alerts(AlertRow.key == key, AlertRow.resolved_at.is_null())
    return found[0] if found else None


def newest(key: str) -> Alert | None:
    """Return the last alert of a key, also one that is resolved; None where there never was one."""
    found = read_alerts(AlertRow.key == key, order=(AlertRow.id.desc(),), limit=1)
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


def most_severe_first(found: Iterable[Alert]) -> tuple[Alert, ...]:
    """Return alerts in the order of `open_alerts`."""
    return tuple(sorted(found, key=lambda one: (one.severity is Severity.RED, one.id), reverse=True))


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


def _alert(row: Mapping[str, Any]) -> Alert:
    acknowledged = None
    if row["acknowledged_at"] is not None:
        acknowledged = Acknowledgement(
            at=row["acknowledged_at"],
            by=row["acknowledged_by"] or "",
            note=row["acknowledged_note"] or "",
        )
    return Alert(
        id=row["id"],
        severity=Severity(row["severity"]),
        kind=row["kind"],
        cluster=row["cluster"],
        vmid=row["vmid"],
        container=row["container_id"],
        name=row["name"],
        message=row["message"],
        opened_at=row["opened_at"],
        last_seen_at=row["last_seen_at"],
        count=row["count"],
        acknowledged=acknowledged,
        resolved_at=row["resolved_at"],
        resolution=row["resolution"],
        evidence=row["evidence"] or {},
        delivery=Delivery(
            state=DeliveryState(row["sentry_state"]),
            event_id=row["sentry_event_id"],
            attempts=row["sentry_attempts"],
            error=row["sentry_error"],
            retry_at=row["sentry_retry_at"],
            delivered_at=row["sentry_delivered_at"],
        ),
    )
