"""The text of a handover: parts, each with its title, its sum in one line, and its lines, the most urgent first.

Pure. Times are those of this host's zone. What is shown of them, and how wide, is up to who shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from proximity_tui.core.base.local_time import time_of_day
from proximity_tui.core.base.parts import Part, PartLine
from proximity_tui.core.base.text import first_of, human_age, number_of, plain
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.model import Event, Operation, OperationStatus, Presence, State, Status
from proximity_tui.core.model.actions.actor import without_token
from proximity_tui.core.model.alert import Alert, Severity
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.insight.handover_answer import FleetState, Handover, JobSummary

_MOST_NAMED = 20
"""How many containers of a cluster one line names."""


def span(handover: Handover) -> str:
    """Return the time that it is about: `the last 8h, since 08:41+0100`."""
    length = human_age((handover.until - handover.since).total_seconds())
    return f"the last {length}, since {time_of_day(handover.since, handover.until)}"


def parts(handover: Handover) -> tuple[Part, ...]:
    """Return every part, what needs a person first."""
    return (
        _still_open(handover),
        _fleet(handover),
        _alerts(handover),
        _operations(handover),
        _jobs(handover),
        _changes(handover),
    )


def _still_open(handover: Handover) -> Part:
    now = handover.until
    lines = [
        *(PartLine(_alert(one, now), _tone(one)) for one in handover.open_alerts),
        *(PartLine(f"held      {one.cluster}: {one.message}", "bad") for one in handover.breakers if one.is_open),
        *_dismissed(handover),
        *(PartLine(f"frozen    {one.sentence}", "warn") for one in handover.freezes),
        *(_operation(one, now) for one in handover.unfinished),
        *(
            PartLine(
                f"paused    {one.job} of {one.cluster} by {without_token(one.paused.by)}, {one.paused.reason or '-'}",
                "warn",
            )
            for one in handover.jobs
            if one.paused is not None
        ),
        *(
            PartLine(f"in error  {number_of(number, 'container')} of {one.cluster}: its record has the reason", "warn")
            for one in handover.fleet
            if (number := one.states.get(State.ERROR, 0))
        ),
        *(
            PartLine(
                f"{_alert(one, now)} (seen by {without_token(one.acknowledged.by)}: {one.acknowledged.note})", "dim"
            )
            for one in handover.seen_alerts
            if one.acknowledged is not None
        ),
    ]
    worst: Tone = next((one for one in ("bad", "warn") if any(line.tone == one for line in lines)), "normal")
    return Part("Still open", f"{len(lines)} to look at" if lines else "nothing", worst, tuple(lines))


def _dismissed(handover: Handover) -> Iterable[PartLine]:
    names: dict[str, list[str]] = {}
    for one in handover.dismissed:
        names.setdefault(one.cluster, []).append(one.name)
    for cluster, vanished in names.items():
        told = first_of(vanished, _MOST_NAMED, "containers")
        yield PartLine(plain(f"not seen  {cluster}: {told}: dismissed as not gone, and not listed since"), "warn")


def _fleet(handover: Handover) -> Part:
    total = sum(one.total for one in handover.fleet)
    lines = tuple(PartLine(_state(one), _state_tone(one)) for one in handover.fleet)
    return Part(
        "Fleet", f"{number_of(total, 'container')} in {number_of(len(handover.fleet), 'cluster')}", "normal", lines
    )


def _state(fleet: FleetState) -> str:
    order = [*(state.value for state in State), Status.UNKNOWN.value]
    known = _counted({one.value: number for one, number in fleet.known.items()}, order)
    unseen = {
        one.value: number for one, number in fleet.presences.items() if one not in (Presence.PRESENT, Presence.UNKNOWN)
    }
    return f"{fleet.cluster}: {fleet.total} managed: {known}{f'; {_counted(unseen)}' if unseen else ''}"


def _state_tone(fleet: FleetState) -> Tone:
    unsure = any(number for one, number in fleet.presences.items() if one is not Presence.PRESENT)
    return "warn" if fleet.states.get(State.ERROR) or unsure else "normal"


def _alerts(handover: Handover) -> Part:
    now = handover.until
    opened, over = handover.opened, handover.over
    red = sum(one.severity is Severity.RED for one in opened)
    lines = [
        *(PartLine(f"{time_of_day(one.opened_at, now)}  opened  {_alert(one, now)}", _tone(one)) for one in opened),
        *(
            PartLine(f"{time_of_day(one.resolved_at, now)}  over    {_alert(one, now)}: {one.resolution}", "dim")
            for one in over
            if one.resolved_at is not None
        ),
    ]
    tone: Tone = "bad" if red else "warn" if opened else "normal"
    return Part("Alerts", f"{len(opened)} opened ({red} red), {len(over)} over", tone, tuple(lines))


def _operations(handover: Handover) -> Part:
    ends = _counted(_tally(one.status.value for one in handover.operations))
    failed = any(one.status in (OperationStatus.FAILED, OperationStatus.INTERRUPTED) for one in handover.operations)
    lines = tuple(_operation(one, handover.until) for one in handover.operations)
    return Part("Operations", ends or "none", "warn" if failed else "normal", lines)


def _jobs(handover: Handover) -> Part:
    outcomes: dict[str, int] = {}
    for one in handover.jobs:
        for outcome, number in one.outcomes.items():
            outcomes[outcome] = outcomes.get(outcome, 0) + number
    lines = tuple(_job(one, handover.until) for one in handover.jobs)
    worst: Tone = "warn" if any(line.tone == "warn" for line in lines) else "normal"
    return Part(
        "Jobs",
        f"{number_of(sum(outcomes.values()), 'run')}: {_counted(outcomes)}" if outcomes else "no run",
        worst,
        lines,
    )


def _job(job: JobSummary, now: datetime) -> PartLine:
    name = f"{job.job} of {job.cluster}"
    if job.last is None or job.last.finished_at is None:
        return PartLine(f"{name}: no daemon or screen ever ended a run", "warn")
    last, at = job.last, time_of_day(job.last.finished_at, now)
    why = f" ({last.reasons[0]})" if last.reasons and last.outcome is not JobOutcome.COMPLETE else ""
    runs = f"{number_of(job.runs, 'run')}: {_counted(job.outcomes)}" if job.outcomes else "no run"
    well = last.outcome is JobOutcome.COMPLETE and bool(job.runs)
    return PartLine(f"{name}: {runs}; the last was {last.outcome_words} at {at}{why}", "normal" if well else "warn")


def _changes(handover: Handover) -> Part:
    by = {without_token(actor): number for actor, number in handover.changed_by.items()}
    summary = f"{len(handover.changes)}: {_counted(by, by, after=True)}" if handover.changes else "none"
    return Part("Changes", summary, "normal", tuple(_event(one, handover.until) for one in handover.changes))


def _event(event: Event, now: datetime) -> PartLine:
    place = f"{event.cluster}/{event.vmid}  " if event.cluster and event.vmid else ""
    return PartLine(plain(f"{time_of_day(event.at, now)}  {place}{event.message}  ({without_token(event.actor)})"))


def _operation(operation: Operation, now: datetime) -> PartLine:
    error = f": {operation.error}" if operation.error else ""
    text = (
        f"{time_of_day(operation.started_at, now)}  {operation.status:<11}  {operation.action} {operation.name}"
        f" ({operation.cluster}/{operation.vmid or '-'}) by {without_token(operation.actor)}{error}"
    )
    bad = operation.status in (OperationStatus.FAILED, OperationStatus.INTERRUPTED)
    return PartLine(plain(text), "warn" if bad else "normal")


def _alert(alert: Alert, now: datetime) -> str:
    severity = alert.severity.upper() if alert.severity is Severity.RED else alert.severity.value
    return plain(f"{severity:<8}  {alert.cluster or '-'}: {alert.message} (alert {alert.id})")


def _tone(alert: Alert) -> Tone:
    if not alert.is_open:
        return "dim"
    return "bad" if alert.severity is Severity.RED else "warn"


def _tally(words: Iterable[str]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for word in words:
        counted[word] = counted.get(word, 0) + 1
    return counted


def _counted(numbers: Mapping[str, int], order: Iterable[str] = (), *, after: bool = False) -> str:
    """Return `35 running, 4 stopped`, or with `after` `anna 8, observer 4`: in an order, else the largest first."""
    words = list(order) or sorted(numbers, key=lambda word: (-numbers[word], word))
    shown = [(word, numbers[word]) for word in words if numbers.get(word)]
    return ", ".join(f"{word} {number}" if after else f"{number} {word}" for word, number in shown)
