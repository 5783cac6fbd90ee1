"""The lives of the records, from the audit trail: born, through which states, closed and why.

Every event is read for what its evidence says; an event of another version that says less adds less, and nothing wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Event, Kind, State
from proximity_tui.core.model.actions.event import EventAction

NO_TRANSITIONS = frozenset({EventAction.MOVED, EventAction.RENAMED, EventAction.CLUSTER_RENAMED})
"""Events with a `from` and a `to` that are no states."""
_STATES = {state.value: state for state in State}
_KINDS = {kind.value: kind for kind in Kind}


@value_object
class StatePeriod:
    """A time in one state; `until` is None while it lasts."""

    state: State
    since: datetime
    until: datetime | None = None

    def within(self, since: datetime, until: datetime) -> timedelta:
        """Return how much of it lies in a time."""
        end = until if self.until is None else min(until, self.until)
        return max(timedelta(0), end - max(since, self.since))


@value_object
class Lifetime:
    """The life of one record. Cluster and VMID are None where the event that made it names none."""

    container: int
    cluster: str | None
    vmid: int | None
    kind: Kind
    born: datetime
    made_by: str
    """The action that made the record: a creation makes a container, too, a re-attachment does not."""
    stays: tuple[StatePeriod, ...]
    closed: datetime | None = None
    """None while the record is open."""

    def is_open_at(self, moment: datetime) -> bool:
        """Return whether the record was open at a moment."""
        return self.born <= moment and (self.closed is None or self.closed > moment)


def lifetimes(events: Iterable[Event]) -> dict[int, Lifetime]:
    """Return the life of every record that the events, oldest first, tell of, by the id of the record."""
    found: dict[int, Lifetime] = {}
    stays: dict[int, list[StatePeriod]] = {}
    for event in events:
        number = event.container
        life = None if number is None else found.get(number) or birth(event, number)
        if number is None or life is None or life.closed is not None:
            continue
        if number not in found:
            stays[number] = list(life.stays)
        else:
            _follow(stays[number], event)
        found[number] = replace(life, closed=event.at) if is_closing(event.evidence) else life
    return {number: replace(life, stays=tuple(stays[number])) for number, life in found.items()}


def birth(event: Event, number: int) -> Lifetime | None:
    """Return the life that an event begins; None for one that makes no record."""
    kind, state = _KINDS.get(str(event.evidence.get("kind"))), _STATES.get(str(event.evidence.get("state")))
    if kind is None or state is None or is_closing(event.evidence):
        return None
    return Lifetime(number, event.cluster, event.vmid, kind, event.at, event.action, (StatePeriod(state, event.at),))


def is_closing(evidence: Mapping[str, Any]) -> bool:
    """Return whether an event closes a record."""
    return "reason" in evidence and "ports_freed" in evidence


def transition(event: Event) -> tuple[State, State] | None:
    """Return from which state to which an event moves its record; None for one that does not."""
    before, after = _STATES.get(str(event.evidence.get("from"))), _STATES.get(str(event.evidence.get("to")))
    return None if before is None or after is None or event.action in NO_TRANSITIONS else (before, after)


def _follow(stays: list[StatePeriod], event: Event) -> None:
    """End the last stay where the event closes the record or moves it to another state."""
    closing = is_closing(event.evidence)
    moved = None if closing else transition(event)
    if closing or moved is not None:
        stays[-1] = replace(stays[-1], until=event.at)
    if moved is not None:
        stays.append(StatePeriod(moved[1], event.at))
