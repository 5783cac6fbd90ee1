"""The verdict on the whole trail: its chain, the heads that runs noted, the records that rest on it, and the times
without triggers.
"""

from __future__ import annotations

from dataclasses import field

import peewee

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Event
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.store import events
from proximity_tui.core.store.database import unit
from proximity_tui.core.store.db.queries import dicts
from proximity_tui.core.store.events import ChainReport
from proximity_tui.core.store.jobs import job_runs
from proximity_tui.core.store.records import identity_trail
from proximity_tui.core.store.schema.trail_tables import EventRow


@value_object
class ChainVerdict:
    """The faults of the trail and of everything that rests on it; none when it is whole."""

    chain: ChainReport
    lost_by_run: int | None = None
    """The run whose last event is gone, although the chain by itself is whole."""
    altered: tuple[tuple[int, str], ...] = ()
    """The records that are not what the trail says, each with a sentence."""
    without_triggers: tuple[int, ...] = ()
    """The events of times without triggers that nobody has acknowledged."""
    flaws: tuple[str, ...] = field(default=())
    """A sentence for each of them."""

    @property
    def whole(self) -> bool:
        """True when nothing is wrong."""
        return not self.flaws


def verify() -> ChainVerdict:
    """Walk the trail and compare with it all that rests on it. It only reads. Return the verdict."""
    chain = events.verify()
    flaws = [] if chain.whole else [chain.sentence]
    run = job_runs.lost_head() if chain.whole else None
    if run is not None:
        flaws.append(f"it was cut: the last event that run {run.id} of the {run.job} saw is gone")
    altered = tuple(identity_trail.disagreements())
    flaws += [sentence for _, sentence in altered]
    without_triggers = times_without_triggers()
    flaws += [f"event {event.seq}: {event.message}" for event in without_triggers]
    return ChainVerdict(
        chain, run.id if run else None, altered, tuple(one.seq for one in without_triggers), tuple(flaws)
    )


def times_without_triggers() -> tuple[Event, ...]:
    """Return the events of missing triggers that no person has acknowledged, by their alert."""
    kind = AlertKind.DATABASE_ALTERED
    with unit():
        found = dicts(
            EventRow.select().where(EventRow.action == EventAction.WITHOUT_TRIGGERS.value).order_by(EventRow.seq)
        )
        answers = EventRow.select().where(
            EventRow.action.in_([EventAction.ALERT_ACKNOWLEDGED.value, EventAction.ALERT_REOPENED.value]),
            peewee.SQL(f"replace(evidence, '\"{kind}\"', '') <> evidence"),
        )
        standing: dict[object, int] = {}
        for row in dicts(answers.order_by(EventRow.seq)):
            alert = (row["evidence"] or {}).get("alert")
            # An acknowledgement that was taken back answers nothing.
            standing.pop(alert, None)
            if row["action"] == EventAction.ALERT_ACKNOWLEDGED:
                standing[alert] = row["seq"]
    last = max(standing.values(), default=0)
    return tuple(events.from_row(row) for row in found if row["seq"] > last)
