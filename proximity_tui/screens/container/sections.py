"""The sections of a container's page as text: overview, close inspection, history, tasks. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from proximity_tui.core.base.advised_commands import Verbatim
from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.base.text import human_age, settings_differ
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.doctrine.observation.backup_list import BackupOwner, label, of_owner
from proximity_tui.core.fleet import FleetRow, GuestRow
from proximity_tui.core.model import (
    Container,
    Event,
    Guest,
    GuestDetail,
    GuestLookup,
    GuestNotSeen,
    OperationStatus,
    Presence,
    Task,
)
from proximity_tui.core.model.config_revision import ConfigRevision
from proximity_tui.core.model.guests.guest_snapshot import SnapshotList
from proximity_tui.core.model.guests.probe_result import PortObservation, results
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.presentation.ages import coarse_age, read_a_while_ago, since
from proximity_tui.screens.presentation.config_text import attribution_words
from proximity_tui.screens.presentation.container_cells import (
    is_stale,
    last_seen,
    observed_words,
    ports_cell,
    state_cell,
    status_cell,
)
from proximity_tui.screens.presentation.figure_cells import age_tone, cpu_cell, measured, memory_cell, uptime_cell
from proximity_tui.screens.presentation.operation_text import operation_text
from proximity_tui.screens.text.lines import HangingLine, Piece, TextLine
from proximity_tui.screens.view.view import View
from proximity_tui.widgets.table.cells import Cell, Row
from proximity_tui.widgets.table.columns import Column

IS_TEMPLATE = "yes: it cannot be started, and linked clones may use its disks"

LABEL = 13
"""How wide the names of values are."""


FEW = 5
"""How many backups are named."""

TASK_COLUMNS = (
    Column("at", "BEGAN", 24),
    Column("type", "TASK", 10, flex=1, max=16),
    Column("user", "BY", 10, flex=2, max=40, priority=3),
    Column("lasted", "LASTED", 7, align="right", priority=4),
    Column("end", "END", 10, flex=4),
)


def pair(label: str, *pieces: Piece) -> TextLine:
    """Return a value with its label in front."""
    return HangingLine([(f"{label:<{LABEL}} ", "dim"), *pieces], LABEL + 1)


def time_or_never(moment: datetime | None) -> str:
    """Return a moment in local time."""
    return "never" if moment is None else local_time(moment)


def overview_lines(container: Container, row: FleetRow | None, view: View, now: datetime, owner: str) -> list[TextLine]:
    """Return record and guest. `row` is None once the record is closed: then only the record is shown."""
    lines: list[TextLine] = []
    if container.is_tombstone:
        lines.append([(f"This record is closed: {container.closed_words}.", "warn")])
        lines.append([(f"Closed {time_or_never(container.closed_at)}. The history is kept.", "dim")])
        lines.append([])
    if row is not None:
        lines += _alive(container, row, view, now, owner)
    return [*lines, *_record(container, now)]


def _alive(container: Container, row: FleetRow, view: View, now: datetime, owner: str) -> Iterator[TextLine]:
    seen, stale = last_seen(row, view.polls), is_stale(row, view.polls, now)
    state, status = state_cell(row), status_cell(row, seen, now)
    lasts = coarse_age(since(container.state_since, now))
    yield pair("state", (state.shown, state.tone), (f" for {lasts}", "dim"))
    age = "never seen" if seen is None else f"seen {coarse_age(since(seen, now))} ago"
    yield pair("status", (status.shown, status.tone), (f"  {age}", "dim"))
    because = f": {row.reason}" if row.reason else ""
    tone: Piece = (f"{row.presence}{because}", "normal" if row.presence is Presence.PRESENT else "warn")
    yield pair("presence", tone)
    yield now_line(measured(view.guest(row), row.status), stale)
    yield from address_lines(row, view)
    if row.operation is not None:
        parked = row.operation.status is OperationStatus.INTERRUPTED
        hint = "; `:interrupted` resumes or abandons it" if parked else f"; {bound_key('watch')} shows its progress"
        yield pair("operation", (operation_text(row.operation, now, owner), "accent"), (hint, "dim"))
    if row.last_error:
        yield pair("last error", (row.last_error, "bad"))
    if row.drift:
        yield pair(
            "drift", (f"{settings_differ(row.drift)} from the clinical record; {bound_key('drift')} shows them", "warn")
        )
    if row.lock:
        yield pair("lock", (row.lock, "warn"))
    if row.template:
        yield pair("template", (IS_TEMPLATE, "warn"))


def now_line(running: Guest | None, stale: bool) -> TextLine:
    """Return what a guest that runs uses now; of any other nothing is known."""
    cpu, memory, uptime = (make(running, stale).shown for make in (cpu_cell, memory_cell, uptime_cell))
    return pair("now", (f"cpu {cpu}  memory {memory}  up {uptime}", age_tone(stale)))


def address_lines(row: GuestRow, view: View) -> Iterator[TextLine]:
    """Yield the addresses that are known without a request, and where each is known from."""
    for number, one in enumerate(view.addresses(row)):
        yield pair("" if number else "address", (one.text, "normal"), (f"  {one.source}", "dim"))


def _record(container: Container, now: datetime) -> Iterator[TextLine]:
    if not container.is_tombstone:
        yield pair("ports", (ports_cell(container.ports).shown, "normal"))
        yield pair("tags", (", ".join(container.tags) or "none", "normal"))
    yield []
    yield pair("record", (f"{container.id}, version {container.version}, {container.kind}", "normal"))
    yield pair("managed", (f"since {time_or_never(container.created_at)}", "normal"))
    if container.predecessor is not None:
        yield pair("before", (f"record {container.predecessor} was the same guest", "normal"))
    if container.missing_since is not None and not container.is_tombstone:
        missed = coarse_age(since(container.missing_since, now))
        yield pair("missing", (f"for {missed}, not proved", "warn"))
    print_ = container.fingerprint
    if print_ is None:
        yield pair("fingerprint", ("not recorded: it cannot be told apart from another guest", "warn"))
        return
    yield pair("fingerprint", (f"{' '.join(sorted(print_.hwaddrs)) or 'no network card'}", "normal"))
    yield pair("", (f"{print_.rootfs or 'no root volume'}, {print_.ostype or '?'} {print_.arch or '?'}", "normal"))
    if print_.marker:
        yield pair("marker", (print_.marker, "normal"))


def observed_port_lines(observations: Sequence[PortObservation], now: datetime) -> Iterator[TextLine]:
    """Yield what the last connects to its ports met, a line for each probe."""
    for number, one in enumerate(results(observations)):
        yield pair("" if number else "observed", (observed_words(one, now), "normal"))


def config_lines(last: ConfigRevision | None, now: datetime) -> list[TextLine]:
    """Return what is known of how the config changed: nothing while it is the first one that is known."""
    if last is None or last.number == 1:
        return []
    age = coarse_age(since(last.taken_at, now))
    changed = f"revision {last.number}, seen first {age} ago; changed by: {attribution_words(last.attribution)}"
    return [pair("config", (changed, "normal"), (f"; {bound_key('drift')} shows the timeline", "dim"))]


def inspection_lines(
    container: Container, seen: GuestLookup | None, listed: SnapshotList | None, now: datetime
) -> Iterator[TextLine]:
    """Yield the lines; none before the inspection. `listed` are its snapshots, None while they are not read."""
    if seen is None:
        return
    age = read_a_while_ago(seen.taken_at, now)
    if isinstance(seen, GuestNotSeen):
        why = f"the container cannot be inspected: {seen.reason.removesuffix('.')}. {age}"
        yield pair("inspection", (why.rstrip(), "warn"))
        return
    if age:
        yield pair("inspection", (age, "dim"))
    for gap in seen.gaps:
        yield pair("not known", (str(gap), "warn"))
    at = (seen.config or {}).get("parent")
    if at is not None:
        yield pair("snapshots", (snapshots_words(str(at), listed, now), "normal"))
    yield from _backup_lines(container, seen, now)


def _backup_lines(container: Container, seen: GuestDetail, now: datetime) -> Iterator[TextLine]:
    named = [f"{label(one, container)}, {coarse_age(since(one.at, now))} old" for one in seen.backups[:FEW]]
    if len(seen.backups) > FEW:
        named.append(f"and {len(seen.backups) - FEW} older ones of VMID {container.vmid}")
    if not of_owner(seen.backups, container, BackupOwner.OURS):
        named.insert(0, "not known" if seen.backups_unlisted else "none found")
    for place, text in enumerate(named):
        yield pair("" if place else "backups", (text, "normal"))
    for reason in seen.backups_unlisted:
        yield pair("", (reason, "warn"))


def snapshots_words(at: str, listed: SnapshotList | None, now: datetime) -> str:
    """Return how many snapshots there are and the age of the newest, where that is read; `at` is the one that the guest
    is at: `3, newest 2d ago; at before-upgrade; t lists them all`.
    """
    if listed is None or listed.gaps or not listed.snapshots:
        return f"at {at}; {bound_key('snapshots')} lists them all"
    known = [one.at for one in listed.snapshots if one.at is not None]
    newest = f", newest {coarse_age(since(max(known), now))} ago" if len(known) == len(listed.snapshots) else ""
    return f"{len(listed.snapshots)}{newest}; at {at}; {bound_key('snapshots')} lists them all"


def event_lines(found: Sequence[Event]) -> list[TextLine]:
    """Return the events of a record, the newest first."""
    if not found:
        return [[("There are no events yet.", "dim")]]
    lines: list[TextLine] = []
    for event in found:
        message = Verbatim(f"  {event.message}")
        lines.append([(f"{time_or_never(event.at)}  ", "dim"), (event.action, "accent"), (message, "normal")])
        lines.append([(f"    by {event.actor}", "dim")])
    return lines


def task_row(task: Task) -> Row:
    """Return one task, keyed by its UPID."""
    words, tone = _end(task)
    lasted = human_age((task.ended_at - task.started_at).total_seconds()) if task.ended_at is not None else ""
    began = Cell(time_or_never(task.started_at), order=task.started_at.timestamp())
    return Row(task.upid, (began, task.type, task.user, lasted, Cell(words, tone)))


def _end(task: Task) -> tuple[str, Tone]:
    if task.running:
        return "runs", "accent"
    if task.exitstatus is None:
        return "ended, result unknown", "warn"
    return task.exitstatus, "good" if task.succeeded else "bad"
