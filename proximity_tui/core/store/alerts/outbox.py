"""The undelivered messages to Sentry: they are columns of the alert, so none is lost with a process.

A message is claimed by compare-and-set before it is sent, and acknowledged after it arrived. It knows nothing of
Sentry.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from proximity_tui.core.model.alert import Alert, DeliveryState
from proximity_tui.core.store.alerts.alert_reads import MOST_SEVERE_FIRST, get, read_alerts
from proximity_tui.core.store.clock_readings import shared_time
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.schema.alert_tables import AlertRow

PATIENCE = timedelta(minutes=1)
"""A claim older than this was left by a process that died; far more than an attempt can take."""

NEWS = timedelta(days=7)
"""An alert older than this is not sent any more: who configures Sentry late does not want last year's alerts."""


def is_news(moment: datetime) -> Any:
    """Return the condition of the alerts that are not too old to be sent. The time of one that follows the last old one
    and is older by its time is no evidence: the clock that raised it was behind (law 6: it would never be sent).
    """
    other = AlertRow.alias()
    old = other.select(other.id).where(other.opened_at <= moment - NEWS)
    last_old = old.order_by(other.opened_at.desc(), other.id.desc()).limit(1)
    return (AlertRow.opened_at > moment - NEWS) | (AlertRow.id > last_old)


def pending_notifications(moment: datetime | None = None) -> tuple[Alert, ...]:
    """Return the alerts whose message may be sent now, the red ones first, then the oldest."""
    return read_alerts(_due(moment or shared_time()), order=MOST_SEVERE_FIRST)


def undelivered_notifications() -> int:
    """Return how many alerts Sentry has not got yet, also those that are tried again later."""
    owed = AlertRow.sentry_state.not_in([DeliveryState.NONE.value, DeliveryState.DELIVERED.value])
    with unit():
        return int(AlertRow.select().where(owed, is_news(shared_time())).count())


def claim_notification(alert_id: int, token: str, moment: datetime | None = None) -> Alert | None:
    """Claim the right to send the message of an alert; return None when another process was faster or it is not due.

    `token` is the claiming process, and the only one whose `failed` will count.
    """
    with transaction():
        moment = moment or shared_time()
        claimed = (
            AlertRow.update(
                sentry_state=DeliveryState.CLAIMED.value,
                sentry_claimed_at=moment,
                sentry_claimed_by=token,
                sentry_attempts=AlertRow.sentry_attempts + 1,
            )
            .where(AlertRow.id == alert_id, _due(moment))
            .execute()
        )
        return get(alert_id) if claimed else None


def delivered(alert_id: int, event_id: str) -> None:
    """Record that Sentry has the event. This is final, whichever process sent it; a second call changes nothing."""
    with transaction():
        AlertRow.update(
            sentry_state=DeliveryState.DELIVERED.value,
            sentry_delivered_at=now(),
            sentry_error=None,
            sentry_retry_at=None,
        ).where(
            AlertRow.id == alert_id,
            AlertRow.sentry_event_id == event_id,
            AlertRow.sentry_state != DeliveryState.DELIVERED.value,
        ).execute()


def failed(alert_id: int, reason: str, retry_at: datetime, *, token: str) -> None:
    """Record why an attempt failed and when the next is due. Does nothing when the claim is not `token`'s."""
    with transaction():
        AlertRow.update(
            sentry_state=DeliveryState.FAILED.value,
            sentry_error=reason,
            sentry_retry_at=retry_at,
        ).where(
            AlertRow.id == alert_id,
            AlertRow.sentry_state == DeliveryState.CLAIMED.value,
            AlertRow.sentry_claimed_by == token,
        ).execute()


def _due(moment: datetime) -> Any:
    state = AlertRow.sentry_state
    waiting = state == DeliveryState.PENDING.value
    again = (state == DeliveryState.FAILED.value) & (AlertRow.sentry_retry_at <= moment)
    orphaned = (state == DeliveryState.CLAIMED.value) & (AlertRow.sentry_claimed_at <= moment - PATIENCE)
    # Tried in the future: the clock was set back since, and what was to come a minute later would come an hour later.
    set_back = (state != DeliveryState.NONE.value) & (state != DeliveryState.DELIVERED.value)
    set_back &= AlertRow.sentry_claimed_at > moment + PATIENCE
    return is_news(moment) & (waiting | again | orphaned | set_back)
