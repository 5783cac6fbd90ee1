"""The messages about alerts on the channels of the people on call: each alert once a channel, and its end once.

An alert is its own outbox: it is due on a channel while it is open and no row says that it was delivered there. Its end
is due for a day where the alert itself was delivered, or may have been. A message is claimed by compare-and-set before
it is sent, so two processes never send the same one. It knows no channel but by name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import peewee

from proximity_tui.core.model.alert import BECAME_RED, Alert, ChannelDelivery, DeliveryState, Occasion, Severity
from proximity_tui.core.store.alerts.alert_reads import MOST_SEVERE_FIRST, get, read_alerts
from proximity_tui.core.store.alerts.outbox import PATIENCE, is_news
from proximity_tui.core.store.clock_readings import shared_time
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import dicts, tuples
from proximity_tui.core.store.schema.alert_tables import AlertRow, NotificationRow

NEWS_OF_AN_END = timedelta(days=1)
"""An end that is older is not sent any more: who switches this on does not want the ends of last week."""

_END = ":resolved"
# The row of an end has the channel with this behind it: no name of a channel holds a colon, and the table stays as
# every version of the program knows it.


def due(channel: str, severities: Collection[Severity], moment: datetime | None = None) -> tuple[Alert, ...]:
    """Return the open alerts of these severities whose message may be sent on a channel now, the red ones first, then
    the oldest.
    """
    moment = moment or shared_time()
    return read_alerts(*_open(channel, severities, moment, ~_may_try_again(moment)), order=MOST_SEVERE_FIRST)


def ended(channel: str, severities: Collection[Severity], moment: datetime | None = None) -> tuple[Alert, ...]:
    """Return the alerts of these severities whose end may be sent on a channel now, oldest first: the channel was told
    of each, or may have been.
    """
    moment = moment or shared_time()
    return read_alerts(*_over(channel, severities, moment, ~_may_try_again(moment)))


def undelivered(channel: str, severities: Collection[Severity], *, ends: bool = False) -> int:
    """Return how many messages about open alerts of these severities a channel has not taken yet, also those that are
    tried again later; with `ends` also of those about the ends of alerts.
    """
    moment, arrived = shared_time(), NotificationRow.state == DeliveryState.DELIVERED.value
    wanted = [_open(channel, severities, moment, arrived)]
    if ends:
        wanted.append(_over(channel, severities, moment, arrived))
    with unit():
        return sum(AlertRow.select().where(*conditions).count() for conditions in wanted)


def _open(channel: str, severities: Collection[Severity], moment: datetime, settled: Any) -> list[Any]:
    """Return the conditions of the open alerts whose message is wanted, and not `settled`."""
    done = NotificationRow.select(NotificationRow.alert_id).where(NotificationRow.channel == channel, settled)
    return [
        AlertRow.acknowledged_at.is_null(),
        AlertRow.resolved_at.is_null(),
        is_news(moment),
        AlertRow.severity.in_([severity.value for severity in severities]),
        AlertRow.id.not_in(done),
    ]


def _over(channel: str, severities: Collection[Severity], moment: datetime, settled: Any) -> list[Any]:
    """Return the same of the alerts that are over."""
    row = NotificationRow
    sent = row.select(row.alert_id).where(row.channel == channel, _may_have_been_told(moment))
    done = row.select(row.alert_id).where(row.channel == channel + _END, settled)
    return [
        AlertRow.resolved_at > moment - NEWS_OF_AN_END,
        AlertRow.resolution != BECAME_RED,
        AlertRow.severity.in_([severity.value for severity in severities]),
        AlertRow.id.in_(sent),
        AlertRow.id.not_in(done),
    ]


def claim(
    alert_id: int,
    channel: str,
    token: str,
    moment: datetime | None = None,
    *,
    occasion: Occasion = Occasion.OPENED,
) -> ChannelDelivery | None:
    """Claim the right to send a message about an alert on a channel; return None when another process was faster, it is
    not due, or nobody waits for it any more.

    `token` is the claiming process, and the only one whose `failed` will count.
    """
    moment = moment or shared_time()
    with transaction():
        if not _is_wanted(alert_id, channel, occasion, moment):
            return None
        values = {"state": DeliveryState.CLAIMED.value, "claimed_at": moment, "claimed_by": token}
        if deliveries(alert_id, occasion).get(channel) is None:
            kept_as = _kept_as(channel, occasion)
            NotificationRow.insert(alert_id=alert_id, channel=kept_as, attempts=1, **values).execute()
        else:
            # Whose process died while it was sent has no end, either (law 5).
            abandoned = peewee.Case(
                None, [(NotificationRow.state == DeliveryState.CLAIMED.value, NotificationRow.claimed_at)]
            )
            since = peewee.fn.COALESCE(NotificationRow.unanswered_at, abandoned)
            again = NotificationRow.update(attempts=NotificationRow.attempts + 1, unanswered_at=since, **values)
            if not again.where(_this(alert_id, channel, occasion), _may_try_again(moment)).execute():
                return None
        return deliveries(alert_id, occasion)[channel]


def delivered(alert_id: int, channel: str, occasion: Occasion = Occasion.OPENED) -> None:
    """Record that the channel took the message. This is final, whichever process sent it."""
    with transaction():
        NotificationRow.update(
            state=DeliveryState.DELIVERED.value, delivered_at=now(), error=None, retry_at=None
        ).where(_this(alert_id, channel, occasion), NotificationRow.state != DeliveryState.DELIVERED.value).execute()


def failed(
    alert_id: int,
    channel: str,
    reason: str,
    retry_at: datetime,
    *,
    token: str,
    occasion: Occasion = Occasion.OPENED,
    unanswered: bool = False,
) -> None:
    """Record why an attempt failed and when the next is due; `unanswered` says that its message may have arrived all
    the same. Does nothing when the claim is not `token`'s.
    """
    values: dict[str, Any] = {"state": DeliveryState.FAILED.value, "error": reason, "retry_at": retry_at}
    if unanswered:
        values["unanswered_at"] = peewee.fn.COALESCE(NotificationRow.unanswered_at, NotificationRow.claimed_at)
    with transaction():
        NotificationRow.update(**values).where(
            _this(alert_id, channel, occasion),
            NotificationRow.state == DeliveryState.CLAIMED.value,
            NotificationRow.claimed_by == token,
        ).execute()


def deliveries(alert_id: int, occasion: Occasion = Occasion.OPENED) -> Mapping[str, ChannelDelivery]:
    """Return the deliveries of an alert, or of its end, by channel, in the order of their first attempts."""
    return {one.channel: one for one in all_deliveries(alert_id) if one.occasion is occasion}


def all_deliveries(alert_id: int) -> tuple[ChannelDelivery, ...]:
    """Return the deliveries of an alert and of its end on all channels, in the order of their first attempts."""
    return _read(NotificationRow.alert_id == alert_id, order=NotificationRow.id)


def last_delivery(channel: str) -> ChannelDelivery | None:
    """Return the delivery of a channel that was tried last."""
    found = _read(
        NotificationRow.channel.in_([channel, channel + _END]), order=NotificationRow.claimed_at.desc(), limit=1
    )
    return found[0] if found else None


def stuck() -> Mapping[str, int]:
    """Return by channel how many open alerts it was tried with and did not take yet; 0 for a channel that works."""
    waiting = (
        (NotificationRow.state != DeliveryState.DELIVERED.value)
        & AlertRow.acknowledged_at.is_null()
        & AlertRow.resolved_at.is_null()
    )
    number = peewee.fn.SUM(peewee.Case(None, [(waiting, 1)], 0))
    query = NotificationRow.select(NotificationRow.channel, number).join(
        AlertRow, on=(NotificationRow.alert_id == AlertRow.id)
    )
    with unit():
        query = query.where(~NotificationRow.channel.endswith(_END))
        found = tuples(query.group_by(NotificationRow.channel).order_by(NotificationRow.channel))
    return {str(row[0]): int(row[1]) for row in found}


def _read(*conditions: Any, order: Any, limit: int | None = None) -> tuple[ChannelDelivery, ...]:
    query = NotificationRow.select().where(*conditions).order_by(order).limit(limit)
    with unit():
        return tuple(
            ChannelDelivery(
                alert=row["alert_id"],
                channel=row["channel"].removesuffix(_END),
                state=DeliveryState(row["state"]),
                attempts=row["attempts"],
                claimed_at=row["claimed_at"],
                error=row["error"],
                retry_at=row["retry_at"],
                delivered_at=row["delivered_at"],
                claimed_by=row["claimed_by"] or "",
                occasion=Occasion.RESOLVED if row["channel"].endswith(_END) else Occasion.OPENED,
                unanswered_at=row["unanswered_at"],
            )
            for row in dicts(query)
        )


def _is_wanted(alert_id: int, channel: str, occasion: Occasion, moment: datetime) -> bool:
    alert = get(alert_id)
    if occasion is Occasion.OPENED:
        return alert.is_open
    if alert.resolved_at is None or alert.resolution == BECAME_RED:
        return False
    told = NotificationRow.select().where(_this(alert_id, channel, Occasion.OPENED), _may_have_been_told(moment))
    return bool(told.exists())


def _may_have_been_told(moment: datetime) -> Any:
    """Return the condition that a message was taken, or may have arrived all the same (law 5); not of one that is on
    its way.
    """
    state = NotificationRow.state
    unanswered = (state == DeliveryState.FAILED.value) & NotificationRow.unanswered_at.is_null(False)
    return (state == DeliveryState.DELIVERED.value) | unanswered | _is_abandoned(moment)


def _this(alert_id: int, channel: str, occasion: Occasion) -> peewee.Expression:
    return (NotificationRow.alert_id == alert_id) & (NotificationRow.channel == _kept_as(channel, occasion))


def _kept_as(channel: str, occasion: Occasion) -> str:
    return channel + _END if occasion is Occasion.RESOLVED else channel


def _may_try_again(moment: datetime) -> Any:
    state, claimed_at = NotificationRow.state, NotificationRow.claimed_at
    again = (state == DeliveryState.FAILED.value) & (NotificationRow.retry_at <= moment)
    # Tried in the future: the clock was set back since.
    set_back = (state == DeliveryState.FAILED.value) & (claimed_at > moment + PATIENCE)
    return again | set_back | _is_abandoned(moment)


def _is_abandoned(moment: datetime) -> Any:
    """Return the condition that a message was claimed by a process that does not send it any more."""
    claimed_at = NotificationRow.claimed_at
    left_behind = (claimed_at <= moment - PATIENCE) | (claimed_at > moment + PATIENCE)
    return (NotificationRow.state == DeliveryState.CLAIMED.value) & left_behind
