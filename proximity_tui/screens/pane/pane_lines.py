"""What the pane beside a list says of one guest, from what is known already. What nobody read says so. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from proximity_tui.config.schema import Threshold, ThresholdSettings
from proximity_tui.core.base.advised_commands import as_called
from proximity_tui.core.base.secret import masked_text
from proximity_tui.core.base.text import human_age, human_bytes, percent, settings_differ
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.fleet import FleetRow, GuestRow
from proximity_tui.core.model import Guest
from proximity_tui.core.model.actions.event import Event
from proximity_tui.core.model.alert import Severity
from proximity_tui.core.model.guests.guest_config import is_on
from proximity_tui.screens.presentation.ages import coarse_age, since
from proximity_tui.screens.presentation.backup_cells import last_backup_words
from proximity_tui.screens.presentation.container_cells import last_seen, observed_words, ports_cell, status_cell
from proximity_tui.screens.presentation.figure_cells import cores_of, figure_tone, measured, used_disk
from proximity_tui.screens.text.lines import Piece, TextLine
from proximity_tui.screens.view.view import View
from proximity_tui.widgets.table.cells import in_lines
from proximity_tui.widgets.wrapping import wrapped

if TYPE_CHECKING:
    from proximity_tui.core.model.guests.probe_result import ProbeResult

LABEL = 10
"""Cells for a label and the blank behind it."""
EVENTS = 5
"""How many of the last events are told."""
MOST_LINES = 3
"""Lines for one value: a description can be a book."""
NOT_READ: Piece = ("not read yet", "dim")
NOT_MEASURED = "not measured"


@value_object
class RecordedDetails:
    """What our database says of a container beside its record: the newest clinical record and the last events."""

    config: Mapping[str, Any] | None
    snapshots: tuple[Mapping[str, Any], ...]
    captured_at: datetime
    events: tuple[Event, ...]
    observed: tuple[ProbeResult, ...] = ()


def pane_lines(
    row: GuestRow,
    view: View,
    now: datetime,
    details: RecordedDetails | None,
    width: int,
    limits: ThresholdSettings,
) -> list[TextLine]:
    """Return the lines for a guest in so many cells. `details` is None where they are not read, or there are none."""
    lines: list[TextLine] = [[(part, "accent")] for part in in_lines(row.name, width, MOST_LINES)]
    place = f"{row.kind}, {'no VMID' if row.vmid is None else f'VMID {row.vmid}'} on {row.node or '?'}, {row.cluster}"
    lines += [[(text, "dim")] for text in wrapped(place, width)]
    lines.append([])
    for label, value in _values(row, view, now, details, limits):
        lines += _wrapped(label, value, width)
    lines += _alerts(row, view, now, width)
    lines += _events(row, details, now, width)
    return lines


def _values(
    row: GuestRow, view: View, now: datetime, details: RecordedDetails | None, limits: ThresholdSettings
) -> Iterator[tuple[str, Piece]]:
    guest, seen = view.guest(row), last_seen(row, view.polls)
    status = status_cell(row, seen, now)
    yield "status", (status.shown, status.tone)
    yield "seen", ("never" if seen is None else f"{coarse_age(since(seen, now))} ago", "dim")
    if row.state is not None:
        yield "state", (row.state.value, "normal")
    if guest is None:
        yield "figures", ("not known", "dim")
    else:
        yield from _figures(guest, measured(guest, row.status), limits)
    addresses = view.addresses(row)
    yield "address", (", ".join(one.text for one in addresses), "normal") if addresses else NOT_READ
    yield "tags", (" ".join(row.tags) or "none", "normal" if row.tags else "dim")
    if row.pool:
        yield "pool", (row.pool, "normal")
    if row.lock:
        yield "lock", (row.lock, "warn")
    yield "HA", (guest.hastate, "normal") if guest is not None and guest.hastate else ("not managed", "dim")
    if isinstance(row, FleetRow) and row.id is not None:
        yield "ports", (ports_cell(row.ports).shown, "normal")
        if details is not None and details.observed:
            yield "observed", (observed_words(details.observed[0], now), "normal")
        yield "drift", _drift(row)
        yield "backup", last_backup_words(view.backups.of(row), now)
    yield from _recorded(details)


def _figures(guest: Guest, running: Guest | None, limits: ThresholdSettings) -> Iterator[tuple[str, Piece]]:
    cores = "" if guest.maxcpu is None else f" of {cores_of(guest.maxcpu)}"
    cpu, mem = (None, None) if running is None else (running.cpu, running.mem)
    used = NOT_MEASURED if cpu is None else percent(cpu)
    yield "cpu", (used + cores, "dim" if cpu is None else figure_tone(cpu, 1, limits.cpu))
    yield "memory", _amount(mem, guest.maxmem, limits.mem)
    yield "disk", _amount(used_disk(running), guest.maxdisk, limits.disk)
    if running is not None and running.netin is not None and running.netout is not None:
        sent = f"in {human_bytes(running.netin)}, out {human_bytes(running.netout)} since its start"
        yield "network", (sent, "normal")
    if running is not None and running.uptime is not None:
        yield "uptime", (human_age(running.uptime), "normal")


def _amount(part: int | None, whole: int | None, limits: Threshold) -> Piece:
    if part is None:
        return NOT_MEASURED + (f" of {human_bytes(whole)}" if whole else ""), "dim"
    if not whole:
        return human_bytes(part), "normal"
    return f"{human_bytes(part)} of {human_bytes(whole)}, {percent(part / whole)}", figure_tone(part, whole, limits)


def _drift(row: FleetRow) -> Piece:
    if row.drift is None:
        return "not known", "dim"
    return (f"{settings_differ(row.drift)} from the record", "warn") if row.drift else ("none", "dim")


def _recorded(details: RecordedDetails | None) -> Iterator[tuple[str, Piece]]:
    if details is None or details.config is None:
        for label in ("at boot", "snapshots"):
            yield label, NOT_READ
        return
    config = details.config
    yield "at boot", ("started" if is_on(config, "onboot") else "not started", "normal")
    names = [str(one["name"]) for one in details.snapshots if one.get("name") is not None]
    # Read when it was captured: what was taken or deleted since is not among them.
    listed = ", ".join(names) or "none"
    yield "snapshots", (f"{listed} when captured", "normal" if names else "dim")
    if text := str(config.get("description", "")).strip():
        yield "says", (masked_text(" ".join(text.split()), leaving=False), "normal")
    yield "captured", (f"{details.captured_at.astimezone():%Y-%m-%d %H:%M}", "dim")


def _alerts(row: GuestRow, view: View, now: datetime, width: int) -> Iterator[TextLine]:
    mine = [one for one in view.alerts if one.cluster == row.cluster and one.vmid is not None and one.vmid == row.vmid]
    if mine:
        yield []
    for alert in mine:
        tone: Tone = "bad" if alert.severity is Severity.RED else "warn"
        yield from _wrapped("ALERT", (as_called(alert.message), tone), width)


def _events(row: GuestRow, details: RecordedDetails | None, now: datetime, width: int) -> Iterator[TextLine]:
    if row.id is None:
        return
    yield []
    for event in details.events if details is not None else ():
        yield from _wrapped(coarse_age(since(event.at, now)), (event.message, "dim"), width, most=2)


def _wrapped(label: str, value: Piece, width: int, most: int = MOST_LINES) -> Sequence[TextLine]:
    text, tone = value
    parts = in_lines(text, max(1, width - LABEL), most)
    return [[(f"{'' if place else label:<{LABEL}}", "dim"), (part, tone)] for place, part in enumerate(parts)]
