"""The reading of `Alert` from rows, for `alerts` and `outbox`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proximity_tui.core.model.alert import Acknowledgement, Alert, Delivery, DeliveryState, Severity
from proximity_tui.core.store.database import unit
from proximity_tui.core.store.db.errors import RecordNotFound
from proximity_tui.core.store.db.queries import dicts
from proximity_tui.core.store.schema.alerts import AlertRow


def get(alert_id: int) -> Alert:
    """Return the alert with that id. Raises `RecordNotFound`."""
    found = read_alerts(AlertRow.id == alert_id)
    if not found:
        raise RecordNotFound(f"there is no alert {alert_id}")
    return found[0]


def read_alerts(*conditions: Any, order: Any = None, limit: int | None = None) -> tuple[Alert, ...]:
    """Return the alerts that meet the conditions on `AlertRow`, oldest first unless ordered otherwise."""
    query = AlertRow.select().order_by(*(order or (AlertRow.id,)))
    if conditions:
        query = query.where(*conditions)
    if limit is not None:
        query = query.limit(limit)
    with unit():
        return tuple(_alert(row) for row in dicts(query))


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
