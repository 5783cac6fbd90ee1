"""The figures of the fleet over a time, from the audit trail alone: one function from events to figures.

Whoever has the events can derive them again. A figure of which nothing is known is None, never zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.analytics.lifetimes import Lifetime, is_closing, lifetimes, transition
from proximity_tui.core.model import Action, Event, Kind, State
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import AlertKind

UNKNOWN_CAUSE = "not recorded"
"""Why a container was stuck, in an event of a version that did not say it."""
MAKING = frozenset({Action.CREATE, Action.CLONE})
"""What makes a container. A restore or a re-attachment makes a record of one that there was before."""
DELETIONS = {Action.SOFT_DELETE: "soft", Action.HARD_DELETE: "hard"}
ORPHANS = {EventAction.EXPECTED_ORPHAN: "expected", EventAction.ANOMALOUS_ORPHAN: "anomalous"}


@value_object
class FleetDay:
    """The open records at the end of a day (UTC), or now."""

    day: date
    adopted: int
    native: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.adopted + self.native


@value_object
class Delay:
    """How long something took: the mean of so many, in seconds; None without any."""

    count: int
    mean: float | None


@value_object
class StateTime:
    """The time that a record spent in each state. Cluster and VMID are None where the event that made it names none."""

    container: int
    cluster: str | None
    vmid: int | None
    seconds: Mapping[State, float]

    @property
    def total(self) -> float:
        """The seconds in which the record was open."""
        return sum(self.seconds.values())


@value_object
class Stats:
    """Everything that is counted from `since` to `until`."""

    since: datetime
    until: datetime
    before: FleetDay
    """The fleet at the beginning."""
    fleet: tuple[FleetDay, ...]
    """The fleet at the end of each day, the last one now."""
    adoptions: int
    configs_captured: int
    """The adoptions whose config was captured."""
    made: int
    """The containers that were made: by a creation or a clone."""
    deletions: Mapping[tuple[str, Kind], int]
    """By soft or hard, and kind."""
    orphans: Mapping[str, int]
    """By class: expected or anomalous."""
    stuck: Mapping[tuple[State, str], int]
    """By state and cause."""
    to_alert: Delay
    """From when an anomalous orphan was first missing to its alert."""
    to_acknowledge: Delay
    """From that alert to its acknowledgement."""
    times: tuple[StateTime, ...]
    """Of each record that was open meanwhile."""

    @property
    def growth(self) -> int:
        """The number of open records, less that at the beginning."""
        return self.fleet[-1].total - self.before.total

    @property
    def state_seconds(self) -> Mapping[State, float]:
        """The seconds in each state, of all records together."""
        return {state: sum(one.seconds.get(state, 0.0) for one in self.times) for state in State}


def stats(events: Iterable[Event], since: datetime, until: datetime, cluster: str | None = None) -> Stats:
    """Return the figures of the time from `since` to `until` (of one cluster), from all events, oldest first."""
    every = [slim(event) for event in events if event.at <= until]
    every = every if cluster is None else list(_of_cluster(every, cluster))
    lived = lifetimes(every)
    meanwhile = [event for event in every if event.at >= since]
    adopted = [event for event in meanwhile if event.action == Action.ADOPT and _moved_from(event, State.ADOPTING)]
    return Stats(
        since=since,
        until=until,
        before=_fleet_at(lived.values(), since, since.astimezone(UTC).date()),
        fleet=tuple(_days(lived.values(), since, until)),
        adoptions=len(adopted),
        configs_captured=sum(bool(event.evidence.get("config_keys_count")) for event in adopted),
        made=sum(life.made_by in MAKING and life.born >= since for life in lived.values()),
        deletions=Counter(_deletions(meanwhile)),
        orphans=Counter(ORPHANS[event.action] for event in meanwhile if event.action in ORPHANS),  # type: ignore[index]
        stuck=Counter(_stuck(meanwhile)),
        to_alert=_to_alert(every, since),
        to_acknowledge=_to_acknowledge(every, since),
        times=tuple(_state_times(lived.values(), since, until)),
    )


_READ = frozenset(
    ["kind", "state", "from", "to", "reason", "ports_freed", "config_keys_count", "cause", "missing_since", "alert"]
)
"""The evidence that figures are made of. The rest of a long trail would fill the memory."""


def slim(event: Event) -> Event:
    """Return the event with nothing but the evidence that figures are made of."""
    return replace(event, evidence={key: value for key, value in event.evidence.items() if key in _READ})


def _of_cluster(events: Sequence[Event], cluster: str) -> Iterator[Event]:
    """Yield the events of a cluster, and those of its records under a former name of it."""
    last = {event.container: _cluster_after(event) for event in events if event.container is not None}
    for event in events:
        if (last[event.container] if event.container is not None else event.cluster) == cluster:
            yield event


def _cluster_after(event: Event) -> str | None:
    """Return the cluster of a record after an event: the event of a renaming still has its former name."""
    return str(event.evidence.get("to")) if event.action == EventAction.CLUSTER_RENAMED else event.cluster


def _moved_from(event: Event, state: State) -> bool:
    moved = transition(event)
    return moved is not None and moved[0] is state


def _days(lived: Iterable[Lifetime], since: datetime, until: datetime) -> Iterator[FleetDay]:
    """Yield the fleet at the end of each day, and now."""
    every = list(lived)
    midnight = datetime.combine(since.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    while midnight < until:
        yield _fleet_at(every, midnight, (midnight - timedelta(days=1)).date())
        midnight += timedelta(days=1)
    yield _fleet_at(every, until, (midnight - timedelta(days=1)).date())


def _fleet_at(lived: Iterable[Lifetime], moment: datetime, day: date) -> FleetDay:
    open_ones = Counter(life.kind for life in lived if life.is_open_at(moment))
    return FleetDay(day, open_ones[Kind.ADOPTED], open_ones[Kind.NATIVE])


def _deletions(events: Iterable[Event]) -> Iterator[tuple[str, Kind]]:
    for event in events:
        how = next((word for action, word in DELETIONS.items() if event.action == action), None)
        kind = str(event.evidence.get("kind"))
        if how is not None and is_closing(event.evidence) and kind in [one.value for one in Kind]:
            yield how, Kind(kind)


def _stuck(events: Iterable[Event]) -> Iterator[tuple[State, str]]:
    for event in events:
        moved = transition(event)
        if event.action == EventAction.DIAGNOSE and moved is not None:
            yield moved[0], str(event.evidence.get("cause") or UNKNOWN_CAUSE)


def _to_alert(events: Iterable[Event], since: datetime) -> Delay:
    """Return how long anomalous orphans were missing before their alert."""
    missing: dict[int, datetime] = {}
    seconds: list[float] = []
    for event in events:
        first = _moment(event.evidence.get("missing_since"))
        if event.action == EventAction.ANOMALOUS_ORPHAN and event.container is not None and first is not None:
            missing[event.container] = first
        if _is_orphan_alert(event) and event.at >= since and event.container in missing:
            seconds.append((event.at - missing[event.container]).total_seconds())
    return _mean(seconds)


def _to_acknowledge(events: Iterable[Event], since: datetime) -> Delay:
    """Return how long the alerts about anomalous orphans waited for a person."""
    opened: dict[object, datetime] = {}
    seconds: list[float] = []
    for event in events:
        alert = event.evidence.get("alert")
        if _is_orphan_alert(event):
            opened[alert] = event.at
        if event.action == EventAction.ALERT_ACKNOWLEDGED and event.at >= since and alert in opened:
            seconds.append((event.at - opened[alert]).total_seconds())
    return _mean(seconds)


def _is_orphan_alert(event: Event) -> bool:
    return event.action == EventAction.ALERT and event.evidence.get("kind") == AlertKind.ANOMALOUS_ORPHAN


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _mean(seconds: Sequence[float]) -> Delay:
    return Delay(len(seconds), sum(seconds) / len(seconds) if seconds else None)


def _state_times(lived: Iterable[Lifetime], since: datetime, until: datetime) -> Iterator[StateTime]:
    for life in lived:
        seconds: Counter[State] = Counter()
        for stay in life.stays:
            seconds[stay.state] += stay.within(since, until).total_seconds()  # type: ignore[assignment]
        if life.born < until and (life.closed is None or life.closed > since):
            yield StateTime(life.container, life.cluster, life.vmid, dict(seconds))
