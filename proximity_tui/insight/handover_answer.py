"""The reading of a handover from our records. Blocks for a few queries; knows no text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.guards.safemode import Freeze
from proximity_tui.core.model import Action, Container, Event, Operation, OperationStatus, Presence, State, Status
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import Alert
from proximity_tui.core.model.job import BreakerState, JobOutcome, JobRun, Pause
from proximity_tui.core.model.lifecycle import known_state
from proximity_tui.core.store import events, safe_modes
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.figures import counting
from proximity_tui.core.store.jobs import breakers, job_runs, run_days
from proximity_tui.core.store.journal import journal
from proximity_tui.core.store.journal.liveness import without_dead_owners
from proximity_tui.core.store.records import records

JOBS = ("reconciler", "janitor")

MOST_CHANGES = 5000
_PAGE = 500

_TOLD_ELSEWHERE = frozenset(
    {EventAction.ALERT, EventAction.ALERT_ACKNOWLEDGED, EventAction.ALERT_RESOLVED, EventAction.IDENTITY_BASELINE}
)
"""Events that are no changes of the fleet: alerts have a part of their own."""

_BEGUN = frozenset({*Action, EventAction.REATTACH}) - {Action.ACCEPT_DRIFT}
"""What has an event when it is begun, and another one when it is done. Every other event tells of all that was done."""


@value_object
class FleetState:
    """The open records of a cluster, counted."""

    cluster: str
    states: Mapping[State, int]
    statuses: Mapping[Status, int]
    presences: Mapping[Presence, int]
    known: Mapping[State | Status, int]
    """By state as far as it is known now; see `lifecycle.known_state`."""

    @property
    def total(self) -> int:
        """The number of records."""
        return sum(self.states.values())


@value_object
class JobSummary:
    """The runs of one job for a cluster, and the last one that ended, whenever that was."""

    job: str
    cluster: str
    outcomes: Mapping[str, int]
    """The number of runs by outcome; `running` for one under way."""
    last: JobRun | None
    paused: Pause | None

    @property
    def runs(self) -> int:
        """The number of runs."""
        return sum(self.outcomes.values())


@value_object
class Handover:
    """Everything that the next shift has to know. Lists are in the order in which they are told."""

    since: datetime
    until: datetime
    fleet: tuple[FleetState, ...]
    open_alerts: tuple[Alert, ...]
    """Those that wait for a person, red first."""
    seen_alerts: tuple[Alert, ...]
    """Those that a person acknowledged and that are not over."""
    opened: tuple[Alert, ...]
    """The alerts that were opened meanwhile, newest first."""
    over: tuple[Alert, ...]
    """The alerts that were resolved meanwhile, newest first."""
    jobs: tuple[JobSummary, ...]
    operations: tuple[Operation, ...]
    """Those that were under way meanwhile, newest first."""
    changes: tuple[Event, ...]
    """What was changed or seen to change, newest first; of the events of one action on a container only the last."""
    freezes: tuple[Freeze, ...]
    breakers: tuple[BreakerState, ...]
    dismissed: tuple[Container, ...]
    """Those that vanished, of which a person answered that they are not gone, and that were not seen since."""

    @property
    def changed_by(self) -> Mapping[str, int]:
        """The number of changes by actor, the busiest first."""
        counted = Counter(event.actor for event in self.changes)
        return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0])))

    @property
    def unfinished(self) -> tuple[Operation, ...]:
        """The operations that are under way or interrupted."""
        ended = (OperationStatus.DONE, OperationStatus.FAILED, OperationStatus.ABANDONED)
        return tuple(one for one in self.operations if one.status not in ended)


def gather(since: datetime, until: datetime, clusters: Collection[str], only: str | None = None) -> Handover:
    """Return the handover of the time between two moments, `until` being now. `clusters` are those whose jobs should
    run; with `only` it is about that cluster alone. Raises StoreError.
    """
    fleet = _fleet(only)
    named = [one for one in clusters if only in (None, one)]
    known = alerts.since(since, only)
    unresolved = [one for one in known if one.resolved_at is None]
    return Handover(
        since=since,
        until=until,
        fleet=fleet,
        open_alerts=alerts.open_alerts(only),
        seen_alerts=tuple(one for one in unresolved if one.acknowledged is not None),
        opened=tuple(one for one in known if one.opened_at >= since),
        over=tuple(one for one in known if one.resolved_at is not None and one.resolved_at >= since),
        jobs=tuple(_summary(job, cluster, since) for cluster in named for job in JOBS),
        operations=without_dead_owners(journal.since(since, only)),
        changes=_changes(since, only),
        freezes=tuple(one for one in safe_modes.active_freezes() if only in (None, one.cluster) or one.cluster is None),
        breakers=tuple(filter(None, map(breakers.state, named))),
        dismissed=tuple(container for cluster in named for container in _dismissed(cluster)),
    )


def _dismissed(cluster: str) -> list[Container]:
    ids = breakers.dismissed_ids(cluster)
    return [one for one in records.active(cluster) if one.id in ids] if ids else []


def _fleet(only: str | None) -> tuple[FleetState, ...]:
    counted: dict[str, tuple[Counter[State], Counter[Status], Counter[Presence], Counter[State | Status]]] = {}
    for (cluster, state, status, presence), number in counting.active_by_state().items():
        states, statuses, presences, known = counted.setdefault(cluster, (Counter(), Counter(), Counter(), Counter()))
        states[state] += number
        statuses[status] += number
        presences[presence] += number
        known[known_state(state, status, presence)] += number
    return tuple(FleetState(name, *parts) for name, parts in sorted(counted.items()) if only in (None, name))


def _summary(job: str, cluster: str, since: datetime) -> JobSummary:
    outcomes: Counter[str] = Counter()
    for outcome, number in run_days.outcomes_since(job, cluster, since).items():
        outcomes["running" if outcome is None else JobOutcome.read(outcome).words] += number
    return JobSummary(job, cluster, dict(outcomes), job_runs.last(job, cluster), job_runs.paused(job, cluster))


def _changes(since: datetime, only: str | None) -> tuple[Event, ...]:
    found: list[Event] = []
    before: int | None = None
    while len(found) < MOST_CHANGES:
        page: Sequence[Event] = events.list_events(cluster=only, limit=_PAGE, before=before)
        found += [event for event in page if event.at >= since and event.action not in _TOLD_ELSEWHERE]
        if len(page) < _PAGE or page[-1].at < since:
            break
        before = page[-1].seq
    return tuple(_last_of_each_action(_each_move_once(found)))


def _each_move_once(newest_first: Iterable[Event]) -> Iterator[Event]:
    """Yield the events, of the move of a port only that of who got it: who lost it has the same one right before."""
    later: Event | None = None
    for event in newest_first:
        if later is None or event.action != EventAction.PORT_MOVED or not _is_the_same_move(event, later):
            yield event
        later = event


def _is_the_same_move(event: Event, later: Event) -> bool:
    told = [(one.action, one.actor, one.message, one.evidence) for one in (event, later)]
    return event.seq + 1 == later.seq and event.container != later.container and told[0] == told[1]


def _last_of_each_action(newest_first: Iterable[Event]) -> Iterator[Event]:
    """Yield the events without those that only say that what a later one tells was begun."""
    told: dict[int, Event] = {}
    for event in newest_first:
        if event.container is None or event.action not in _BEGUN:
            yield event
            continue
        later = told.get(event.container)
        if later is None or not _is_begun_of(event, later):
            yield event
        told[event.container] = event


def _is_begun_of(event: Event, later: Event) -> bool:
    """Return whether an event may be of the same action as a later one. Two operations are two actions."""
    one, other = event.evidence.get("operation"), later.evidence.get("operation")
    same = one is None or other is None or one == other
    return same and (event.action, event.actor) == (later.action, later.actor)
