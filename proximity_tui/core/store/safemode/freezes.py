"""The freezes that people ordered: a row refuses every change by everybody until it ends, and none is ever deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from proximity_tui.core.base.text import plain
from proximity_tui.core.doctrine.actions.safemode import Freeze
from proximity_tui.core.model import Actor
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.errors import RecordNotFound, StoreError
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import dicts
from proximity_tui.core.store.schema_safemode import FreezeRow


def freeze(cluster: str | None, by: Actor | str, reason: str, until: datetime | None = None) -> Freeze:
    """Refuse every change of a cluster (of all: None) from now on, with its event; return the freeze. Several freezes
    all hold.

    Raises `StoreError` for an end in the past.
    """
    moment = now()
    if until is not None and until <= moment:
        raise StoreError("a freeze must end in the future")
    with transaction():
        values = {"cluster": cluster, "frozen_at": moment, "frozen_by": plain(str(by)), "reason": plain(reason)}
        number = FreezeRow.insert(values | {"until": until}).execute()
        (made,) = _read(FreezeRow.id == number)
        events.append(
            actor=by,
            action="freeze",
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
        standing = active()
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
            action="unfreeze",
            message=f"{found[0].where} no longer frozen{why}",
            cluster=cluster,
            evidence={"freezes": [one.id for one in found]},
        )
    return found


def _held(cluster: str | None) -> str:
    """Return a note about clusters that the breaker holds and that are not frozen, because people confuse the two."""
    held = [one for one in alerts.open_alerts(cluster) if one.kind == AlertKind.MASS_DISAPPEARANCE]
    return "".join(
        f"; {one.cluster} is held by the breaker: `alerts approve {one.id}` or `alerts dismiss {one.id}` answers it"
        for one in held
    )


def active() -> tuple[Freeze, ...]:
    """Return the freezes that hold now, the oldest first. Cheap: for every header, and before every change."""
    open_end = FreezeRow.until.is_null() | (FreezeRow.until > now())
    return _read(FreezeRow.lifted_at.is_null(), open_end)


def _read(*conditions: Any) -> tuple[Freeze, ...]:
    with unit():
        return tuple(_freeze(row) for row in dicts(FreezeRow.select().where(*conditions).order_by(FreezeRow.id)))


def _freeze(row: Mapping[str, Any]) -> Freeze:
    return Freeze(row["id"], row["cluster"], row["frozen_by"], row["reason"], row["frozen_at"], row["until"])
