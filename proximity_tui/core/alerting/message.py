"""The message about an alert for the people on call: what happened, to what, what was left untouched, what to do now.

Pure. Plain ASCII, because it may end on a pager; bounded, without secrets, and nothing from outside is a mark-up, a
mention or a control character in it.
"""

from __future__ import annotations

import re
from datetime import datetime

from proximity_tui.core.alerting.next_steps import next_steps
from proximity_tui.core.alerting.step_facts import StepFacts
from proximity_tui.core.base.secret import masked_text
from proximity_tui.core.base.text import plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.alert import Alert, AlertKind

RUNBOOK = "docs/runbooks.md#{kind}"
"""The place of what to do, unless the configuration names another one."""

_LONGEST_LINE = 400
_MOST_STEPS = 12

_CLOSED = (AlertKind.ANOMALOUS_ORPHAN, AlertKind.LOST_IN_ERROR)
_TYPOGRAPHY = str.maketrans(
    {"–": "-", "—": "-", "…": "...", "→": "->", "←": "<-", "‘": "'", "’": "'", "“": '"', "”": '"', "●": "*", "·": "-"}
)
_MENTION = re.compile(r"@(?=everyone\b|here\b|channel\b|all\b)|<(?=[!@#])", re.IGNORECASE)


@value_object
class Message:
    """A message as it is sent."""

    title: str
    body: str


def message_about(alert: Alert, *, token: str, runbook: str = RUNBOOK, again: bool = False) -> Message:
    """Return the message about an alert. `token` is the id of our token on its cluster, `runbook` a text with `{kind}`.

    `again` says that how an earlier attempt ended is not known, so that it may have arrived already.
    """
    facts = StepFacts(token)
    steps = [*next_steps(alert, facts, held=alert.kind == AlertKind.MASS_DISAPPEARANCE)][:_MOST_STEPS]
    steps.append(
        f'Acknowledge it ({facts.key("acknowledge")} on Alerts):  proximity-tui alerts ack {alert.id} --note "..."'
    )
    lines = [
        f"What happened: {alert.message}",
        f"To what: {_about(alert)}",
        f"Left untouched: {_untouched(alert)}",
        "",
        "What to do now:",
        *(f" {number}. {step}" for number, step in enumerate(steps, 1)),
        "",
        f"Runbook: {runbook.replace('{kind}', alert.kind)}",
        f"Alert {alert.id}, {alert.severity}, {alert.kind}, opened {_moment(alert.opened_at)}.",
    ]
    return _message(_title(alert, alert.severity), lines, again)


def message_of_the_end(alert: Alert, *, again: bool = False) -> Message:
    """Return the message that a resolved alert is over: what it was about, how and when it ended. `again` as in
    `message_about`.
    """
    lines = [
        f"What is over: {alert.message}",
        f"To what: {_about(alert)}",
        f"How it ended: {alert.resolution}",
        "What to do now: nothing. The alert is resolved; if it happens again, a new alert is sent.",
        "",
        f"Alert {alert.id}, {alert.severity}, {alert.kind}, opened {_moment(alert.opened_at)}, "
        f"resolved {_moment(alert.resolved_at)}.",
    ]
    return _message(_title(alert, "resolved"), lines, again)


def trial_message(channel: str) -> Message:
    """Return a message that says that it is only a test."""
    lines = [
        f"This is a test of the channel {channel}. No alert is open because of it, and there is nothing to do.",
        "A real message says what happened, to what, what was left untouched, and what to do now.",
    ]
    return Message("[TEST] Proximity TUI", "\n".join(map(_line, lines)))


def _message(title: str, lines: list[str], again: bool) -> Message:
    if again:
        lines.append("This may be a repeat: whether an earlier one arrived is not known.")
    return Message(_line(title), "\n".join(map(_line, lines)))


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment is not None else "-"


def _title(alert: Alert, sign: str) -> str:
    where = f"{alert.cluster}: " if alert.cluster else ""
    about = f": {alert.name}" if alert.name else ""
    return f"[{sign.upper()}] {where}{alert.kind.replace('_', ' ')}{about}"


def _about(alert: Alert) -> str:
    evidence = alert.evidence
    node = evidence.get("node") or evidence.get("last_node")
    sort = next(
        (f"{word} " for word in ("node", "storage", "channel") if alert.name and evidence.get(word) == alert.name), ""
    )
    name = f"{sort}{alert.name}" if alert.name else None
    vmid = f"CT {alert.vmid}{f' on {node}' if node else ''}" if alert.vmid is not None else None
    record = f"our record {alert.container}" if alert.container is not None else None
    cluster = f"cluster {alert.cluster}" if alert.cluster else None
    return ", ".join(filter(None, (name, vmid, cluster, record))) or "this installation of Proximity TUI"


def _untouched(alert: Alert) -> str:
    if alert.kind in _CLOSED:
        return "nothing was sent to Proxmox VE. Our record is closed and kept, with its config and history."
    return "nothing was changed on Proxmox VE, and no record was closed."


def _line(text: str) -> str:
    """Return one line as it may leave: masked, bounded, printable ASCII."""
    shown = plain(masked_text(text), limit=_LONGEST_LINE).translate(_TYPOGRAPHY)
    return _MENTION.sub(lambda found: f"{found[0]} ", shown).encode("ascii", "backslashreplace").decode()
