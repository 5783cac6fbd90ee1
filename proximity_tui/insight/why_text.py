"""The text of an explanation, for the screens and for the command line: parts of lines, each with a tone.

Pure. Times are those of this host's zone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.base.text import human_age, settings_differ
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.sent_requests import with_doubt
from proximity_tui.core.doctrine.reconciliation.explanation import RungOutcome, RungReport
from proximity_tui.core.fleet.row import Attention, FleetRow, GuestKind, GuestRow
from proximity_tui.core.model import Operation, OperationStatus, Presence
from proximity_tui.core.model.alert import Severity
from proximity_tui.core.model.lifecycle import TRANSIENT
from proximity_tui.insight.why_answer import JobForecast, Why


@value_object
class WhyLine:
    """One line: an `indent` in cells, its text, and its tone."""

    text: str
    tone: Tone = "normal"
    indent: int = 0


_OUTCOME_TONE: Mapping[RungOutcome, Tone] = {
    RungOutcome.PASSED: "good",
    RungOutcome.FAILED: "warn",
    RungOutcome.NOT_REACHED: "dim",
    RungOutcome.NOT_NEEDED: "dim",
}


def why_lines(why: Why, now: datetime) -> list[WhyLine]:
    """Return the whole explanation, the conclusion first; an empty line stands between its parts."""
    parts = [_conclusion(why), _reasons(why, now), _ladder(why, now), _jobs(why, now)]
    lines: list[WhyLine] = []
    for part in filter(None, parts):
        lines += [WhyLine(""), *part] if lines else part
    return lines


def guest_lines(row: GuestRow) -> list[WhyLine]:
    """Return the explanation of a guest without a record: nobody judges it."""
    if row.kind == GuestKind.VM:
        return [WhyLine(f"{row.name} ({row.vmid}) is a virtual machine. It is shown, and never judged or touched.")]
    if row.kind == GuestKind.TEMPLATE:
        return [WhyLine(f"{row.name} (CT {row.vmid}) is a template. It is shown, and never judged or touched.")]
    lines = [
        WhyLine(f"{row.name} (CT {row.vmid}) has no record: it was not adopted, and we did not create it."),
        WhyLine("So nothing is concluded of it, and no job acts on it."),
        WhyLine(f"Adoption makes a record of it: `a`, or `proximity-tui adopt {row.cluster}/{row.vmid}`."),
    ]
    return [*lines, WhyLine(f"Its status is unknown: {row.reason}.", "warn")] if row.reason else lines


def _conclusion(why: Why) -> list[WhyLine]:
    one = why.container
    title = WhyLine(f"{one.label} of {one.cluster}", "accent")
    if one.is_tombstone:
        return [title, WhyLine(why.conclusion, "warn"), *_since(why)]
    tone: Tone = "normal" if why.presence is Presence.PRESENT else "warn"
    return [title, WhyLine(f"presence {why.presence}: {why.conclusion}", tone), *_since(why)]


def _since(why: Why) -> list[WhyLine]:
    event, one = why.since, why.container
    what = "closed" if one.is_tombstone else f"state {one.state}"
    since = one.closed_at or one.state_since
    if event is None:
        return [WhyLine(f"{what} since {_time(since)}")]
    return [WhyLine(f"{what} since {_time(since)}, by {event.actor} (event {event.seq}): {event.message}")]


def _reasons(why: Why, now: datetime) -> list[WhyLine]:
    row = why.row
    reasons = [] if row is None else list(row.attention())
    if Attention.ERROR_STATE in reasons and Attention.LAST_ERROR in reasons:
        # The state says it with the same words.
        reasons.remove(Attention.LAST_ERROR)
    found = [] if row is None else [WhyLine(_ATTENTION[one](row), _tone(one), 2) for one in reasons]
    found += [] if row is None else [WhyLine(text, "normal", 2) for text in _remarks(row)]
    found += [
        WhyLine(
            f"alert {one.id}, {one.severity}, open {_ago(one.opened_at, now)}: {one.message}",
            "bad" if one.severity is Severity.RED else "warn",
            2,
        )
        for one in why.alerts
    ]
    return (
        [WhyLine("What needs a person:", "accent"), *found] if found else [WhyLine("Nothing about it needs a person.")]
    )


def _tone(reason: Attention) -> Tone:
    return "bad" if reason in (Attention.ERROR_STATE, Attention.PRESENCE) else "warn"


def _interrupted(operation: Operation | None) -> str:
    if operation is None:
        return "An operation is interrupted."
    number = operation.id
    sentence = with_doubt(
        f"Operation {number} ({operation.action}) is interrupted at step {operation.progress}", operation
    )
    command = "proximity-tui operations"
    return f"{sentence}. `{command} resume {number}` or `{command} abandon {number}` ends it."


_ATTENTION: Mapping[Attention, Callable[[FleetRow], str]] = {
    Attention.INTERRUPTED: lambda row: _interrupted(row.operation),
    Attention.MISSING: lambda row: (
        f"No list has shown it since {_time(row.container.missing_since if row.container else None)}."
    ),
    Attention.HALF_DESTROYED: lambda row: (
        "Only what a destroy leaves has been seen of it since"
        f" {_time(row.container.half_destroyed_since if row.container else None)}."
    ),
    Attention.PRESENCE: lambda row: f"Its guest is {row.presence}: {row.reason or 'no reason is recorded'}.",
    Attention.OBSTACLE: lambda row: f"It cannot be used or changed: {row.obstacle.text if row.obstacle else '?'}.",
    Attention.ERROR_STATE: lambda row: f"Its state is error: {row.last_error or 'no reason is recorded'}.",
    Attention.LAST_ERROR: lambda row: f"What went wrong last: {row.last_error}.",
}


def _remarks(row: FleetRow) -> list[str]:
    """Return what a list colours without asking for a person."""
    found = []
    if row.operation is not None and row.operation.status is OperationStatus.OPEN:
        one = row.operation
        found.append(f"Operation {one.id} ({one.action}) is at step {one.progress}, carried out by {one.owner}.")
    elif row.state in TRANSIENT and row.operation is None:
        found.append(f"Its state is {row.state}, and no operation holds it.")
    if row.lock:
        found.append(f"Proxmox shows the lock {row.lock}.")
    if row.drift:
        found.append(f"{settings_differ(row.drift)} from its clinical record (drift {row.drift}).")
    return found


def _ladder(why: Why, now: datetime) -> list[WhyLine]:
    if why.not_judged is not None:
        return [WhyLine(f"The ladder was not judged. {why.not_judged}", "dim")]
    lines = [WhyLine("The ladder (docs/how-it-decides.md):", "accent")]
    for rung in why.rungs:
        mark = "  <- decides" if rung.decides else ""
        lines.append(WhyLine(f"{rung.rung}  {rung.outcome:<11}  {rung.question}{mark}", _OUTCOME_TONE[rung.outcome], 2))
        lines.append(WhyLine(_evidence(rung, now), "dim", 18))
    return lines


def _evidence(rung: RungReport, now: datetime) -> str:
    return rung.evidence if rung.seen_at is None else f"{rung.evidence}  (read {_ago(rung.seen_at, now)} ago)"


def _jobs(why: Why, now: datetime) -> list[WhyLine]:
    if not why.jobs:
        return []
    return [WhyLine("What the jobs do next:", "accent"), *(WhyLine(_job(one, now), "normal", 2) for one in why.jobs)]


def _job(one: JobForecast, now: datetime) -> str:
    if one.not_running is not None:
        return f"{one.job}, {one.not_running}: {one.does}"
    seconds = 0.0 if one.at is None else (one.at - now).total_seconds()
    when = "now" if seconds <= 0 else f"in {human_age(seconds)}"
    return f"{one.job} {when}: {one.does}"


def _ago(moment: datetime, now: datetime) -> str:
    return human_age(max(0.0, (now - moment).total_seconds()))


def _time(moment: datetime | None) -> str:
    return "?" if moment is None else local_time(moment)
