"""The page of a guest without a record, as text: what the list says of it, and what adoption would capture. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from proximity_tui.core.fleet import GuestKind, GuestRow
from proximity_tui.core.model import Guest, GuestDetail, GuestLookup, Plan, Presence, Refusal
from proximity_tui.screens.container.sections import IS_TEMPLATE, address_lines, now_line, pair
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.presentation.ages import coarse_age, read_a_while_ago, since
from proximity_tui.screens.presentation.config_text import hidden_hint, settings_lines
from proximity_tui.screens.presentation.container_cells import is_stale, last_seen, status_cell
from proximity_tui.screens.presentation.figure_cells import age_tone, cores_of, disk_cell, measured
from proximity_tui.screens.text.lines import TextLine
from proximity_tui.screens.view.view import View

_KINDS = {
    GuestKind.UNMANAGED: "unmanaged container: it has no record. {} adopts it, which changes nothing on Proxmox.",
    GuestKind.VM: "virtual machine: it is shown and never touched. No key of this page changes it.",
    GuestKind.TEMPLATE: "template of containers: it is shown and never touched. No key of this page changes it.",
}


def guest_lines(row: GuestRow, view: View, now: datetime) -> Iterator[TextLine]:
    """Yield what the last list says of a guest. Nothing is requested for it."""
    seen, stale = last_seen(row, view.polls), is_stale(row, view.polls, now)
    guest, status = view.guest(row), status_cell(row, seen, now)
    yield pair("kind", (_KINDS[GuestKind(row.kind)].format(bound_key("adopt")), "normal"))
    age = f"  seen {coarse_age(since(seen, now))} ago" if seen is not None else ""
    yield pair("status", (status.shown, status.tone), (age, "dim"))
    if row.reason or row.presence is not Presence.PRESENT:
        yield pair("presence", (f"{row.presence}{f': {row.reason}' if row.reason else ''}", "warn"))
    yield pair("node", (row.node or "not known", "normal"))
    yield from _figures(guest, measured(guest, row.status), stale)
    yield from address_lines(row, view)
    yield pair("tags", (", ".join(row.tags) or "none", "normal"))
    yield pair("pool", (row.pool or "none", "normal"))
    yield pair("HA", ((guest.hastate if guest else None) or "not managed by HA", "normal"))
    if row.lock:
        yield pair("lock", (row.lock, "warn"))
    if row.template:
        yield pair("template", (IS_TEMPLATE, "normal"))


def _figures(guest: Guest | None, running: Guest | None, stale: bool) -> Iterator[TextLine]:
    yield now_line(running, stale)
    cores = f"{cores_of(guest.maxcpu)}, " if guest is not None and guest.maxcpu else ""
    yield pair("size", (f"{cores}disk {disk_cell(guest, stale).shown}", age_tone(stale)))


def gone_lines(row: GuestRow, now_managed: GuestRow | None) -> Iterator[TextLine]:
    """Yield what became of a guest that is not listed any more as what it was."""
    if now_managed is not None:
        yield [(f"It is managed now, as {now_managed.name}. {bound_key('open')} opens its page.", "good")]
    else:
        yield [
            (f"{row.name} ({row.vmid}) is no longer listed in {row.cluster}. {bound_key('back')} goes back.", "warn")
        ]


def reading_lines(seen: GuestLookup | None, now: datetime) -> Iterator[TextLine]:
    """Yield when the guest was inspected, unless that was just now: what follows is as old."""
    age = read_a_while_ago(seen.taken_at, now) if seen is not None else ""
    if age:
        yield [(age, "dim")]
        yield []


def adoption_lines(preview: Plan | Refusal | None, captures: str) -> Iterator[TextLine]:
    """Yield what an adoption would capture and do, or why there can be none."""
    if preview is None:
        yield [("Reading the guest.", "dim")]
    elif isinstance(preview, Refusal):
        yield [(f"It cannot be adopted: {preview.reason}", "warn")]
    else:
        yield [(f"Adoption changes nothing on Proxmox. {bound_key('adopt')} adopts it, after a question.", "normal")]
        yield []
        yield pair("captures", (captures, "normal"))
        for number, step in enumerate(preview.steps, start=1):
            yield pair(f"step {number}", (f"{step.name.words}: {step.reason}", "normal"))
        for warning in preview.warnings:
            yield pair("warning", (warning, "warn"))


def config_lines(seen: GuestLookup | None, *, reveal: bool) -> list[TextLine]:
    """Return the config as Proxmox has it, or why it is not known."""
    if seen is None:
        return [[("Reading the config.", "dim")]]
    if not isinstance(seen, GuestDetail):
        return [[(f"The guest cannot be inspected: {seen.reason}", "warn")]]
    if seen.config is None:
        return [[(f"The config cannot be read: {'; '.join(str(gap) for gap in seen.gaps)}", "warn")]]
    return [*settings_lines(seen.config, reveal=reveal), [], hidden_hint(reveal=reveal, key=bound_key("reveal"))]
