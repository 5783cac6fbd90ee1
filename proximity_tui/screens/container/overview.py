"""The top of a container's page: the record, Proxmox's report and its age. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.fleet import FleetRow
from proximity_tui.core.model import Container, OperationStatus, Presence
from proximity_tui.screens.presentation.containers import (
    coarse_age,
    figure_cells,
    is_stale,
    last_seen,
    operation_text,
    ports_cell,
    since,
    state_cell,
    status_cell,
)
from proximity_tui.screens.text.line import Piece
from proximity_tui.screens.text.lines import TextLine

LABEL = 13
"""How wide the names of values are."""


def pair(label: str, *pieces: Piece) -> TextLine:
    """Return a value with its label in front."""
    return [(f"{label:<{LABEL}} ", "dim"), *pieces]


def hang(line: TextLine) -> int:
    """Return the indent for the continuation of a long line: below its value, where it has a label."""
    named = bool(line) and len(line[0][0]) == LABEL + 1 and line[0][1] == "dim"
    return LABEL + 1 if named else 4


def local_time(moment: datetime | None) -> str:
    """Return a moment in local time, with its offset."""
    return "never" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M:%S%z}"


def overview_lines(
    container: Container, row: FleetRow | None, looks: Mapping[str, PollResult], now: datetime, owner: str
) -> list[TextLine]:
    """Return record and guest. `row` is None once the record is closed: then only the record is shown."""
    lines: list[TextLine] = []
    if container.is_tombstone:
        lines.append([(f"This record is closed: {container.closed_reason or 'no reason was recorded'}.", "warn")])
        lines.append([(f"Closed {local_time(container.closed_at)}. The history is kept.", "dim")])
        lines.append([])
    if row is not None:
        lines += _alive(container, row, looks, now, owner)
    return [*lines, *_record(container, now)]


def _alive(
    container: Container, row: FleetRow, looks: Mapping[str, PollResult], now: datetime, owner: str
) -> Iterator[TextLine]:
    seen, stale = last_seen(row, looks), is_stale(row, looks, now)
    state, status = state_cell(row), status_cell(row, seen, now)
    lasts = coarse_age(since(container.state_since, now))
    yield pair("state", (state.shown, state.tone), (f" for {lasts}", "dim"))
    age = "never seen" if seen is None else f"seen {coarse_age(since(seen, now))} ago"
    yield pair("status", (status.shown, status.tone), (f"  {age}", "dim"))
    because = f": {row.reason}" if row.reason else ""
    tone: Piece = (f"{row.presence}{because}", "normal" if row.presence is Presence.PRESENT else "warn")
    yield pair("presence", tone)
    cpu, memory, uptime = figure_cells(row, stale)
    yield pair("now", (f"cpu {cpu.shown}  memory {memory.shown}  up {uptime.shown}", "dim" if stale else "normal"))
    if row.operation is not None:
        parked = row.operation.status is OperationStatus.INTERRUPTED
        hint = "; `:interrupted` resumes or abandons it" if parked else "; w shows its progress"
        yield pair("operation", (operation_text(row.operation, now, owner), "accent"), (hint, "dim"))
    if row.last_error:
        yield pair("last error", (row.last_error, "bad"))
    if row.drift:
        yield pair("drift", (f"{row.drift} settings differ from the clinical record; y shows them", "warn"))
    if row.lock:
        yield pair("lock", (row.lock, "warn"))
    if row.template:
        yield pair("template", ("yes: it cannot be started, and linked clones may use its disks", "warn"))


def _record(container: Container, now: datetime) -> Iterator[TextLine]:
    if not container.is_tombstone:
        yield pair("ports", (ports_cell(container.ports).shown, "normal"))
        yield pair("tags", (", ".join(container.tags) or "none", "normal"))
    yield []
    yield pair("record", (f"{container.id}, version {container.version}, {container.kind}", "normal"))
    yield pair("managed", (f"since {local_time(container.created_at)}", "normal"))
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
