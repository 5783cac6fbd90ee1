"""The freezes that people ordered, and the armings of production clusters.

A freeze refuses every change by everybody until it ends. Both are kept for good, with author and reason, and stand in
the audit trail. They begin and end by the time that all hosts share.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from proximity_tui.core.base.text import plain
from proximity_tui.core.doctrine.guards.safemode import ARMED_FOR, Arming, Freeze, person_of
from proximity_tui.core.model import Actor
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.clock_readings import shared_time
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.fields import UNREADABLE, now
from proximity_tui.core.store.db.queries import dicts
from proximity_tui.core.store.db.store_errors import RecordNotFound, StoreError
from proximity_tui.core.store.schema.safe_mode_tables import ArmingRow, FreezeRow

CLOCKS_DIFFER = timedelta(minutes=1)
"""As much as the clocks of two hosts may differ without anybody being disarmed."""


def freeze(cluster: str | None, by: Actor | str, reason: str, until: datetime | None = None) -> Freeze:
    """Refuse every change of a cluster (of all: None) from now on, with its event; return the freeze. Several freezes
    all hold.

    Raises `StoreError` for an end in the past.
    """
    moment = shared_time()
    if until is not None and until <= moment:
        raise StoreError("a freeze must end in the future")
    with transaction():
        values = {"cluster": cluster, "frozen_at": moment, "frozen_by": plain(str(by)), "reason": plain(reason)}
        number = FreezeRow.insert(values | {"until": until}).execute()
        (made,) = _read_freezes(FreezeRow.id == number)
        events.append(
            actor=by,
            action=EventAction.FREEZE,
            message=made.sentence,
            cluster=cluster,
            evidence={"freeze": made.id, "until": until, "reason": made.reason},
        )
    return made


def lift(cluster: str | None, by: Actor | str, reason: str | None = None) -> tuple[Freeze, ...]:
    """End the freezes of a cluster, or (None) those of all clusters together, with an event, and return them.

    Raises `RecordNotFound` when there is none, naming the existing ones.
    """
    moment = now()
    with transaction():
        standing = active_freezes()
        found = tuple(one for one in standing if one.cluster == cluster)
        if not found:
            others = "; ".join(one.sentence for one in standing) or "nothing is frozen"
            raise RecordNotFound(
                f"there is no freeze of {cluster or 'every cluster'} to lift: {others}{_held(cluster)}"
            )
        FreezeRow.update(lifted_at=moment, lifted_by=plain(str(by))).where(
            FreezeRow.id.in_([one.id for one in found])
        ).execute()
        why = f": {reason}" if reason else ""
        events.append(
            actor=by,
            action=EventAction.UNFREEZE,
            message=f"{found[0].where} no longer frozen{why}",
            cluster=cluster,
            evidence={"freezes": [one.id for one in found]},
        )
    return found


def _held(cluster: str | None) -> str:
    """Return a note about clusters that the breaker holds and that are not frozen, because people confuse the two."""
    held = [one for one in alerts.open_alerts(cluster) if one.kind == AlertKind.MASS_DISAPPEARANCE]
    return "".join(
        f"; {one.cluster} is held by the breaker: `proximity-tui alerts approve {one.id}` or"
        f" `proximity-tui alerts dismiss {one.id}` answers it"
        for one in held
    )


def active_freezes(moment: datetime | None = None) -> tuple[Freeze, ...]:
    """Return the freezes that hold now, the oldest first. Cheap: for every header, and before every change. Who knows
    the shared time already gives it as `moment`: to read it is a request to the database server.
    """
    open_end = FreezeRow.until.is_null() | (FreezeRow.until > (moment or shared_time()))
    return _read_freezes(FreezeRow.lifted_at.is_null(), open_end)


def _read_freezes(*conditions: Any) -> tuple[Freeze, ...]:
    with unit():
        return tuple(_freeze(row) for row in dicts(FreezeRow.select().where(*conditions).order_by(FreezeRow.id)))


def _freeze(row: Mapping[str, Any]) -> Freeze:
    # A freeze whose end cannot be read is lifted by a person.
    until = None if row["until"] == UNREADABLE else row["until"]
    return Freeze(row["id"], row["cluster"], row["frozen_by"], row["reason"], row["frozen_at"], until)


def arm(cluster: str, by: Actor, reason: str) -> Arming:
    """Give a person write mode for a production cluster from now on, for `ARMED_FOR`, with its event; return the
    arming.
    """
    moment = shared_time()
    until = moment + ARMED_FOR
    person, why = person_of(by), plain(reason)
    with transaction():
        number = ArmingRow.insert(cluster=cluster, person=person, armed_at=moment, reason=why, until=until).execute()
        events.append(
            actor=by,
            action=EventAction.ARM,
            message=f"{cluster} armed by {person} until {until:%Y-%m-%d %H:%M} UTC: {why}",
            cluster=cluster,
            evidence={"arming": number, "until": until, "reason": why},
        )
    return Arming(number, cluster, person, why, moment, until)


def active_armings(moment: datetime | None = None) -> tuple[Arming, ...]:
    """Return the write modes that last now, of all persons; `moment` as in `active_freezes`. One that was given in the
    future does not: the clock was set back since, and would prolong it.
    """
    moment = moment or shared_time()
    lasts = (ArmingRow.until > moment) & (ArmingRow.armed_at <= moment + CLOCKS_DIFFER)
    with unit():
        found = dicts(ArmingRow.select().where(lasts).order_by(ArmingRow.id))
    return tuple(
        Arming(row["id"], row["cluster"], row["person"], row["reason"], row["armed_at"], row["until"]) for row in found
    )
