"""The comparison of the database's triggers, at each opening, with how they were left the last time.

A trigger can be missing, switched off or made again while the program does not run. Those that were dropped can be made
again afterwards; databases remember that.
"""

from __future__ import annotations

import logging

from proximity_tui.core.model.actions.operation import EventAction
from proximity_tui.core.store import events
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.backend import Backend
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import tuples
from proximity_tui.core.store.migrations import Migrated
from proximity_tui.core.store.schema.trail_tables import TriggerStateRow

log = logging.getLogger(__name__)


def compare_triggers(backend: Backend, seen: str, migrated: Migrated) -> None:
    """Compare the triggers as found (`seen`, before any was made) with how they were left the last time, and raise an
    alert.

    The changes of a migration are ours and do not count.
    """
    with transaction():
        left = tuples(TriggerStateRow.select(TriggerStateRow.seen))
        if migrated.existed and not migrated.numbers and (migrated.triggers_lost or (left and left[0][0] != seen)):
            _report(migrated.triggers_lost)
        now_seen = backend.triggers_seen()
        if not left:
            TriggerStateRow.insert(one=1, seen=now_seen, seen_at=now()).execute()
        elif left[0][0] != now_seen:
            TriggerStateRow.update(seen=now_seen, seen_at=now()).execute()


def _report(lost: tuple[str, ...]) -> None:
    # Hardly any opening has to report something.
    from proximity_tui.core.model.alert import AlertKind, Severity
    from proximity_tui.core.store.alerts import alerts

    if lost:
        message = f"triggers of the database were missing, and were made again: {', '.join(lost)}"
    else:
        message = "triggers of the database were made again by another program, or it was restored or vacuumed"
    log.warning("%s; see audit verify", message)
    key = alerts.key_of(AlertKind.DATABASE_ALTERED)
    before = alerts.unresolved(key)
    if before is not None and before.acknowledged is not None:
        alerts.resolve(before.id, "it happened again", by="opening")
    events.append(
        actor="opening", action=EventAction.WITHOUT_TRIGGERS, message=message, evidence={"triggers": list(lost)}
    )
    alerts.raise_alert(
        AlertKind.DATABASE_ALTERED,
        Severity.RED,
        message=f"{message}. Changes made meanwhile are not in the audit trail. Check with: proximity-tui audit verify",
        evidence={"triggers": list(lost)},
        notify=True,
        actor="opening",
    )
