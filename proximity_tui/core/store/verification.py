"""The verdict on the whole trail: its chain, the heads that runs noted, the records that rest on it, and its triggers.

A trigger can be missing, switched off or made again while the program does not run. Those that were dropped can be made
again afterwards; databases remember that.
"""

from __future__ import annotations

import logging
from dataclasses import field

import peewee

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Event
from proximity_tui.core.model.actions.operation import EventAction
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.backend import Backend
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import dicts, tuples
from proximity_tui.core.store.events import ChainReport
from proximity_tui.core.store.jobs import job_runs
from proximity_tui.core.store.migrations import Migrated
from proximity_tui.core.store.records import trail
from proximity_tui.core.store.schema import EventRow, GuardStateRow

log = logging.getLogger(__name__)


@value_object
class ChainVerdict:
    """The faults of the trail and of everything that rests on it; none when it is whole."""

    chain: ChainReport
    lost_by_run: int | None = None
    """The run whose last event is gone, although the chain by itself is whole."""
    altered: tuple[tuple[int, str], ...] = ()
    """The records that are not what the trail says, each with a sentence."""
    unguarded: tuple[int, ...] = ()
    """The events of times without triggers that nobody has acknowledged."""
    flaws: tuple[str, ...] = field(default=())
    """A sentence for each of them."""

    @property
    def whole(self) -> bool:
        """True when nothing is wrong."""
        return not self.flaws


def verify() -> ChainVerdict:
    """Walk the trail and compare with it all that rests on it. It only reads."""
    chain = events.verify()
    flaws = [] if chain.whole else [chain.sentence]
    run = job_runs.lost_head() if chain.whole else None
    if run is not None:
        flaws.append(f"it was cut: the last event that run {run.id} of the {run.job} saw is gone")
    altered = tuple(trail.disagreements())
    flaws += [sentence for _, sentence in altered]
    unguarded = times_without_triggers()
    flaws += [f"event {event.seq}: {event.message}" for event in unguarded]
    return ChainVerdict(chain, run.id if run else None, altered, tuple(one.seq for one in unguarded), tuple(flaws))


def compare_triggers(backend: Backend, seen: str, migrated: Migrated) -> None:
    """Compare the triggers as found (`seen`, before any was made) with how they were left the last time, and raise an
    alert.

    The changes of a migration are ours and do not count.
    """
    with transaction():
        left = tuples(GuardStateRow.select(GuardStateRow.seen))
        if migrated.existed and not migrated.numbers and (migrated.guards_lost or (left and left[0][0] != seen)):
            _report(migrated.guards_lost)
        now_seen = backend.guards_seen()
        if not left:
            GuardStateRow.insert(one=1, seen=now_seen, seen_at=now()).execute()
        elif left[0][0] != now_seen:
            GuardStateRow.update(seen=now_seen, seen_at=now()).execute()


def times_without_triggers() -> tuple[Event, ...]:
    """Return the events of missing triggers that no person has acknowledged, by their alert."""
    kind = AlertKind.DATABASE_ALTERED
    with unit():
        found = dicts(EventRow.select().where(EventRow.action == EventAction.UNGUARDED.value).order_by(EventRow.seq))
        answered = EventRow.select().where(
            EventRow.action == EventAction.ALERT_ACKNOWLEDGED.value,
            peewee.SQL(f"replace(evidence, '\"{kind}\"', '') <> evidence"),
        )
        last = max((row["seq"] for row in dicts(answered)), default=0)
    return tuple(events.from_row(row) for row in found if row["seq"] > last)


def _report(lost: tuple[str, ...]) -> None:
    if lost:
        message = f"triggers of the database were missing, and were made again: {', '.join(lost)}"
    else:
        message = "triggers of the database were made again by another program, or it was restored or vacuumed"
    log.warning("%s; see audit verify", message)
    key = alerts.key_of(AlertKind.DATABASE_ALTERED)
    before = alerts.unresolved(key)
    if before is not None and before.acknowledged is not None:
        alerts.resolve(before.id, "it happened again", by="opening")
    events.append(actor="opening", action=EventAction.UNGUARDED, message=message, evidence={"triggers": list(lost)})
    alerts.raise_alert(
        AlertKind.DATABASE_ALTERED,
        Severity.RED,
        message=f"{message}. Changes made meanwhile are not in the audit trail. Check with: proximity-tui audit verify",
        evidence={"triggers": list(lost)},
        actor="opening",
    )
