"""The armings of production clusters: author, end and reason; kept for good, and also in the audit trail."""

from __future__ import annotations

from proximity_tui.core.base.text import plain
from proximity_tui.core.doctrine.actions.safemode import ARMED_FOR, Arming, person_of
from proximity_tui.core.model import Actor
from proximity_tui.core.store import events
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import dicts
from proximity_tui.core.store.schema_safemode import ArmingRow


def arm(cluster: str, by: Actor, reason: str) -> Arming:
    """Give a person write mode for a production cluster from now on, for `ARMED_FOR`, with its event; return the
    arming.
    """
    moment = now()
    until = moment + ARMED_FOR
    person, why = person_of(by), plain(reason)
    with transaction():
        number = ArmingRow.insert(cluster=cluster, person=person, armed_at=moment, reason=why, until=until).execute()
        events.append(
            actor=by,
            action="arm",
            message=f"{cluster} armed by {person} until {until:%Y-%m-%d %H:%M} UTC: {why}",
            cluster=cluster,
            evidence={"arming": number, "until": until, "reason": why},
        )
    return Arming(number, cluster, person, why, moment, until)


def active() -> tuple[Arming, ...]:
    """Return the write modes that last now, of all persons."""
    with unit():
        found = dicts(ArmingRow.select().where(ArmingRow.until > now()).order_by(ArmingRow.id))
    return tuple(
        Arming(row["id"], row["cluster"], row["person"], row["reason"], row["armed_at"], row["until"]) for row in found
    )
