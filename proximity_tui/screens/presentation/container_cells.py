"""The text of a container: its state, status, VMID and ports, as cells with a tone.

Pure. Meaning never rests on the tone: the words say the same (law 7).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from proximity_tui.core.base.tone import Tone
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.fleet import STALE_AFTER, GuestKind, GuestRow
from proximity_tui.core.model import Container, PortMapping, Presence, State, Status
from proximity_tui.core.model.lifecycle import TRANSIENT
from proximity_tui.screens.presentation.ages import coarse_age, since
from proximity_tui.screens.presentation.figure_cells import nothing
from proximity_tui.widgets.glyphs import glyphs
from proximity_tui.widgets.table.cells import Cell

if TYPE_CHECKING:
    from proximity_tui.core.model.guests.probe_result import ProbeResult


ONLY_GONE = "Only a container that is gone can be restored."
NO_CONFIG = "The container has no VMID, so it has no config to read."


def may_be_gone(container: Container) -> bool:
    """Return whether a restore may be asked for: the record is closed, or its guest was missed."""
    return container.is_tombstone or container.missing_since is not None


def reading_words(container: Container, began: datetime, now: datetime) -> str:
    """Return that the guest is being read, and for how long: `reading CT 105... 3 s`."""
    return f"reading CT {container.vmid or '-'}... {int((now - began).total_seconds())} s"


def last_seen(row: GuestRow, polls: Mapping[str, PollResult]) -> datetime | None:
    """Return when the guest of the row was seen: in the last inventory, else as the record remembers.

    The list names guests of offline nodes, too; that is not seeing them.
    """
    poll = polls.get(row.cluster)
    if row.listed and row.presence is Presence.PRESENT and poll is not None and poll.inventory is not None:
        return poll.inventory.taken_at
    return row.observed_at


def is_stale(row: GuestRow, polls: Mapping[str, PollResult], now: datetime) -> bool:
    """Return whether the shown data of the guest is older than it should be."""
    age = since(last_seen(row, polls), now)
    return age is None or age > STALE_AFTER


def state_cell(row: GuestRow) -> Cell:
    """Return our lifecycle state. A cell of its own: state and status are two columns, never one."""
    if row.state is None:
        return nothing()
    tone: Tone = "bad" if row.state is State.ERROR else "warn" if row.state in TRANSIENT else "normal"
    return Cell(row.state.value, tone)


def status_cell(row: GuestRow, seen: datetime | None, now: datetime) -> Cell:
    """Return the status of Proxmox, dimmed and with its age where it is stale; a verdict (hidden,
    absent) replaces it.
    """
    signs = glyphs()
    if row.presence in (Presence.REPLACED, Presence.ABSENT):
        return Cell(row.presence, "bad", sign=signs.failed)
    if row.presence is Presence.HIDDEN:
        return Cell("hidden", "warn", sign=signs.unknown)
    if row.status is Status.UNKNOWN:
        return Cell("unknown", "warn", sign=signs.unknown)
    running = row.status is Status.RUNNING
    sign = signs.half if row.state in TRANSIENT else signs.on if running else signs.off
    age = since(seen, now)
    if age is None:
        return Cell(f"{row.status} ?", "dim", sign=sign)
    if age > STALE_AFTER:
        return Cell(f"{row.status} {coarse_age(age)}", "dim", sign=sign)
    return Cell(row.status, "good" if running else "normal", sign=sign)


def why_never_touched(row: GuestRow) -> str:
    """Return the reason why nothing can be done with a virtual machine or a template."""
    what = "virtual machine" if row.kind == GuestKind.VM else "template"
    return f"{row.name} ({row.vmid}) is a {what}: it is shown, and never touched. Nothing was done."


def vmid_cell(vmid: int | None) -> Cell:
    """Return a VMID, sorted as a number."""
    return nothing() if vmid is None else Cell(str(vmid), order=vmid)


def ports_cell(ports: tuple[PortMapping, ...]) -> Cell:
    """Return the public ports, each with the container's own: `8101→80 8104→22`."""
    text = " ".join(f"{port.public}{glyphs().leads_to}{port.container}" for port in ports)
    return Cell(text) if text else nothing()


def observed_words(result: ProbeResult, now: datetime) -> str:
    """Return `3m ago: 80 open at 10.0.0.5; 17 closed (TCP connect from jump1)`."""
    return f"{coarse_age(since(result.observed_at, now))} ago: {result.words} ({result.origin})"
