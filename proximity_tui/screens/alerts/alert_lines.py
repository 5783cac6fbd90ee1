"""The lines about an alert, in the order of a person's questions: event, last seen, cause, container, ports, backups,
gaps, next steps. Pure; a fact that was not found is shown as not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from proximity_tui.core.alerting.next_steps import next_steps
from proximity_tui.core.alerting.step_facts import StepFacts
from proximity_tui.core.base.local_time import time_of_day
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.doctrine.observation.backup_list import BackupOwner, owner_note
from proximity_tui.core.model.alert import Alert, AlertKind, ChannelDelivery, DeliveryState, Occasion, Severity
from proximity_tui.screens.alerts.alert_detail import AlertDetail
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.presentation.alert_text import (
    HOURLY,
    ONCE_AN_HOUR,
    alert_sentence,
    became,
    full_time,
    kind_words,
    moment_of,
    times,
)
from proximity_tui.screens.text.lines import HangingLine, Piece, TextLine

LABEL = 15
"""Cells for the question; the answers stand in one column."""

FEW = 8
"""How many of those that are missing stand above what to do now."""

GONE = (AlertKind.ANOMALOUS_ORPHAN, AlertKind.LOST_IN_ERROR)


def alert_lines(detail: AlertDetail, now: datetime, token: str = "our token", *, sentry: bool = True) -> list[TextLine]:
    """Return every line about an alert. `token` is the id of our token on its cluster, `sentry` says whether there is a
    DSN.
    """
    alert = detail.alert
    what = "What vanished" if alert.kind in GONE else "What"
    return [
        [(f"{alert.severity.upper()}  {kind_words(alert)}", _tone(alert)), (f"  {alert.cluster or ''}", "normal")],
        *_answer(what, [(alert_sentence(alert, now), "normal")]),
        *_last_seen(detail, now),
        *_looked(detail, now),
        *_who(detail, now),
        *_what_it_was(detail, now),
        *_ports_and_backups(detail),
        *_named("Missing", _missing(detail)),
        *_named("Not known", _gaps(detail)),
        [],
        [("What to do now", "accent")],
        *(_text(f" {number}. {step}") for number, step in enumerate(_steps(detail, token), 1)),
        [],
        *_history(detail, now, sentry=sentry),
        *_config(detail),
    ]


def _steps(detail: AlertDetail, token: str) -> list[str]:
    asked = next_steps(detail.alert, StepFacts(token, bound_key), held=detail.breaker is not None)
    last = f"Press {bound_key('acknowledge')} to acknowledge the alert. Note what you found or did."
    return [*asked, *([] if detail.alert.acknowledged else [last])]


def _last_seen(detail: AlertDetail, now: datetime) -> list[TextLine]:
    evidence, container = detail.alert.evidence, detail.container
    seen = moment_of(evidence.get("last_seen")) or (container.observed_at if container else None)
    if container is None and seen is None:
        return []
    status = evidence.get("last_status")
    node = evidence.get("last_node") or evidence.get("node")
    details = ", ".join([*([str(status)] if status else []), *([f"on {node}"] if node else [])])
    return _answer("Last seen", [(f"{full_time(seen, now)}{f', {details}' if details else ''}", "normal")])


def _looked(detail: AlertDetail, now: datetime) -> list[TextLine]:
    """Return how old the reading is that the alert rests on, where others are younger."""
    alert = detail.alert
    if alert.kind not in HOURLY or not alert.is_open:
        return []
    return _answer("Checked", [(f"{full_time(alert.last_seen_at, now)}; {ONCE_AN_HOUR}", "normal")])


def _who(detail: AlertDetail, now: datetime) -> list[TextLine]:
    if detail.alert.kind != AlertKind.ANOMALOUS_ORPHAN:
        return []
    evidence = detail.alert.evidence
    operation = evidence.get("our_operation")
    requested = [] if operation is None else [f"our own operation {operation} had requested the destroy"]
    candidates = evidence.get("candidates") or [evidence.get("task")]
    tasks = [task for task in candidates if isinstance(task, Mapping)]
    if not tasks:
        return _named("Who did it", requested or ["not known"])
    lines: list[TextLine] = []
    for place, task in enumerate(tasks):
        ended = moment_of(task.get("ended_at")) or moment_of(task.get("started_at"))
        one_of = "" if len(tasks) == 1 else "or " if place else "either "
        who = f"{one_of}{task.get('user')} by {task.get('type')} on {task.get('node')}, {full_time(ended, now)}"
        lines += [
            [(f"{'' if place else 'Who did it':<{LABEL}}", "accent"), (who, "bad"), (_end_of(task), "normal")],
            [(f"{'':<{LABEL}}task {task.get('upid')}", "dim")],
            *(_more(f"| {line}", "dim") for line in task.get("log") or ()),
        ]
    return [*lines, *(_more(one, "warn") for one in requested)]


def _end_of(task: Mapping[str, Any]) -> str:
    return f", {task.get('exitstatus') or 'end not known'}"


def _what_it_was(detail: AlertDetail, now: datetime) -> list[TextLine]:
    container, revision = detail.container, detail.revision
    if container is None:
        return []
    facts = f"{container.label}, our record {container.id} since {full_time(container.created_at, now)}"
    was = detail.alert.evidence.get("state") or container.state
    lines = _answer("What it was", [(f"{facts}, state {was}", "normal")])
    if revision is None:
        lines.append(_more(detail.unreadable or "there is no clinical record of it", "warn"))
        return lines
    record = revision.record
    captured = f"clinical record {revision.revision} ({revision.reason}) of {full_time(revision.captured_at, now)}"
    snapshots = [str(one.get("name")) for one in record.snapshot_rows]
    lines.append(
        _more(f"{captured}: {record.raw_status}" + (f", snapshots {', '.join(snapshots)}" if snapshots else ""))
    )
    config = record.config or {}
    size = [f"{key} {config[key]}{unit}" for key, unit in (("cores", ""), ("memory", " MiB")) if key in config]
    lines.append(_more(", ".join([*size, str(config.get("rootfs", "rootfs not recorded"))])))
    return lines


_BACKUPS = {
    "backups": BackupOwner.OURS,
    "backups_perhaps": BackupOwner.UNSURE,
    "backups_of_former": BackupOwner.FORMER,
}
"""Whose the backups are that the evidence of an alert names."""


def _ports_and_backups(detail: AlertDetail) -> list[TextLine]:
    evidence = detail.alert.evidence
    if detail.alert.kind != AlertKind.ANOMALOUS_ORPHAN:
        return []
    ports = evidence.get("ports_freed") or ()
    freed = ", ".join(str(port) for port in ports)
    lines = _answer("Ports free", [(freed or "none", "normal" if ports else "dim")])
    vmid = detail.alert.vmid
    known = [
        f"{one}{owner_note(owner, vmid)}"
        for key, owner in _BACKUPS.items()
        for one in sorted(map(str, evidence.get(key) or ()), reverse=True)
    ]
    if not evidence.get("backups"):
        unlisted = evidence.get("backups_unlisted") or "backups" not in evidence
        known.insert(0, "not known: see below" if unlisted else "none found")
    first, *rest = known
    lines += _answer("Backups", [(first, "normal" if evidence.get("backups") else "warn")])
    return [*lines, *(_more(one) for one in rest)]


def _gaps(detail: AlertDetail) -> list[str]:
    found = detail.alert.evidence.get("not_known")
    gaps = [str(one) for one in found] if isinstance(found, list) else []
    return [*gaps, *(detail.revision.record.gaps if detail.revision is not None else ())]


def _missing(detail: AlertDetail) -> list[str]:
    """Return the missing containers; of many only the first, because the next steps stand below."""
    if detail.breaker is None or detail.alert.kind != AlertKind.MASS_DISAPPEARANCE:
        return []
    names = list(detail.breaker.names.values())
    more = [f"and {len(names) - FEW} more; {bound_key('breaker')} lists them all"] if len(names) > FEW else []
    return [*names[:FEW], *more]


def _history(detail: AlertDetail, now: datetime, *, sentry: bool) -> list[TextLine]:
    alert = detail.alert
    seen = f", {times(alert)}, last {full_time(alert.last_seen_at, now)}" if alert.count > 1 else ""
    lines = _answer("Alert", [(f"{alert.id}, opened {full_time(alert.opened_at, now)}{seen}", "dim")])
    acknowledged = alert.acknowledged
    if acknowledged is not None:
        when = full_time(acknowledged.at, now)
        lines += _answer("Seen by", [(f"{acknowledged.by}, {when}: {acknowledged.note or 'no note'}", "normal")])
    if alert.resolved_at is not None:
        lines += _answer("Over", [(f"{became(alert)}, {full_time(alert.resolved_at, now)}", "normal")])
    if alert.delivery.state is not DeliveryState.NONE:
        error = f": {alert.delivery.error}" if alert.delivery.error else ""
        unsent = not sentry and alert.delivery.state is DeliveryState.PENDING
        sent = "not sent: no DSN is configured, or this is a demo" if unsent else f"{alert.delivery.state}{error}"
        lines += _answer("Sentry", [(sent, "dim")])
    for one in detail.sent:
        lines += _answer("Sent to", _delivery(one, now))
    return lines


def _delivery(one: ChannelDelivery, now: datetime) -> list[Piece]:
    """Return how far the message on a channel came."""
    name = f"{one.channel} (resolved)" if one.occasion is Occasion.RESOLVED else one.channel
    match one.state:
        case DeliveryState.DELIVERED:
            return [(f"{name}, {full_time(one.delivered_at, now)}", "dim")]
        case DeliveryState.FAILED:
            again = f"; again at {time_of_day(one.retry_at, now)}" if one.retry_at is not None else ""
            return [(f"{name}: not taken: {one.error}{again}", "warn")]
        case _:
            return [(f"{name}: on its way since {full_time(one.claimed_at, now)}", "dim")]


def _config(detail: AlertDetail) -> list[TextLine]:
    """Return the whole recorded config: it is needed to rebuild a container."""
    config: Mapping[str, Any] = (detail.revision.record.config if detail.revision is not None else None) or {}
    if not config:
        return []
    lines: list[TextLine] = [[], [("Its config, as recorded", "accent")]]
    return [*lines, *(_text(f" {key}: {config[key]}") for key in sorted(config))]


def _tone(alert: Alert) -> Tone:
    if not alert.is_open:
        return "dim"
    return "bad" if alert.severity is Severity.RED else "warn"


def _answer(question: str, pieces: Iterable[Piece]) -> list[TextLine]:
    return [[(f"{question:<{LABEL}}", "accent"), *pieces]]


def _named(question: str, answers: Iterable[str]) -> list[TextLine]:
    listed = list(answers)
    if not listed:
        return []
    return [*_answer(question, [(listed[0], "warn")]), *(_more(one, "warn") for one in listed[1:])]


def _text(text: str) -> TextLine:
    return HangingLine([(text, "normal")], 4)


def _more(text: str, tone: Tone = "normal") -> TextLine:
    return [(f"{'':<{LABEL}}{text}", tone)]
