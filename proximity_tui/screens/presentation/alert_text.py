"""The text of an alert: its kind, its sentence with local times, its age, its state.

Pure. A message is kept in UTC, as logs are; on the screen times are local, with the offset.
"""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.advised_commands import as_called
from proximity_tui.core.base.local_time import local_time, time_of_day
from proximity_tui.core.base.text import human_age, plain
from proximity_tui.core.model.actions.actor import without_token
from proximity_tui.core.model.alert import Alert, AlertKind, Severity
from proximity_tui.screens.presentation.ages import coarse_age, since
from proximity_tui.widgets.table.cells import Cell

HOURLY = (AlertKind.CERTIFICATE_EXPIRES, AlertKind.BACKUP_FAILED)
"""The kinds that rest on what is read of each node."""
ONCE_AN_HOUR = "certificates and backups are read once an hour"


def kind_words(alert: Alert) -> str:
    """Return a kind as people read it: `ANOMALOUS ORPHAN`."""
    return alert.kind.replace("_", " ").upper()


def alert_sentence(alert: Alert, now: datetime) -> str:
    """Return the sentence of an alert, with its time in local time."""
    when = moment_of(alert.evidence.get("when"))
    message = as_called(alert.message)
    return message if when is None else message.replace(f"{when:%H:%M} UTC", time_of_day(when, now))


def headline(alert: Alert, now: datetime) -> str:
    """Return kind and sentence."""
    return f"{kind_words(alert)}  {plain(alert_sentence(alert, now))}"


def look_age(alert: Alert, now: datetime) -> str:
    """Return how old the reading is that an open alert rests on, for the kinds where it may be an hour: `checked 34m
    ago`; else nothing.
    """
    if alert.kind not in HOURLY or not alert.is_open:
        return ""
    return f"checked {coarse_age(max(0.0, (now - alert.last_seen_at).total_seconds()))} ago"


def full_time(moment: datetime | None, now: datetime) -> str:
    """Return `2026-11-23 02:41:07 +0100 (6m ago)`, or `never`. Proxmox's time may be ahead of our clock."""
    if moment is None:
        return "never"
    age = (now - moment).total_seconds()
    distance = f"{coarse_age(max(0.0, age))} ago" if age > -1 else f"{human_age(-age)} ahead of this host's clock"
    return f"{local_time(moment)} ({distance})"


def moment_of(value: object) -> datetime | None:
    """Return a time out of evidence, where times are ISO text; None for anything else."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def severity_cell(alert: Alert) -> Cell:
    """Return `RED` or `amber`: the word alone tells them apart. Answered ones are dimmed."""
    red = alert.severity is Severity.RED
    if not alert.is_open:
        return Cell("red" if red else "amber", "dim")
    return Cell("RED" if red else "amber", "bad" if red else "warn")


def times(alert: Alert) -> str:
    """Return `seen once`, `seen 12 times`."""
    return "seen once" if alert.count == 1 else f"seen {alert.count} times"


def became(alert: Alert) -> str:
    """Return `open`, or the acknowledgement with its note, or the resolution."""
    if alert.resolved_at is not None:
        return f"resolved: {alert.resolution}"
    if alert.acknowledged is not None:
        by, note = without_token(alert.acknowledged.by), alert.acknowledged.note
        return f"acknowledged by {by}: {note}" if note else f"acknowledged by {by}"
    return "open"


def age_cell(alert: Alert, now: datetime) -> Cell:
    """Return its age, in coarse steps; sorted by the moment itself."""
    return Cell(coarse_age(since(alert.opened_at, now)), order=-alert.opened_at.timestamp())
