"""The text of a container: its status, age, figures and notes, as cells with a tone.

Pure. Meaning never rests on the tone: the words say the same (law 7).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from proximity_tui.config.schema import Threshold
from proximity_tui.core.base.text import human_age, human_bytes, percent
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.doctrine.observation.surroundings import ObstacleKind
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.fleet import STALE_AFTER, FleetRow, GuestKind, GuestRow
from proximity_tui.core.model import (
    Container,
    Guest,
    PortMapping,
    Presence,
    State,
    Status,
)
from proximity_tui.core.model.lifecycle import TRANSIENT
from proximity_tui.screens.presentation.operations import operation_text
from proximity_tui.widgets.glyphs import glyphs
from proximity_tui.widgets.table.cells import Cell

COARSE = 15
"""Seconds: a fresh value's age is told in steps of this, so that an idle screen need not be painted."""

COUNT_STEP = 5
"""Seconds: a countdown goes in steps of this."""

MISSING = "missing?"
"""How the reason of a guest begins that one look missed, and that waits for the second."""

LOCKS = {"destroyed": "lock destroyed: a destroy is finishing or was interrupted, its volumes are gone"}
"""Locks that say more than that somebody is at work."""


def may_be_gone(container: Container) -> bool:
    """Return whether a restore may be asked for: the record is closed, or its guest was missed."""
    return container.is_tombstone or container.missing_since is not None


def since(moment: datetime | None, now: datetime) -> float | None:
    """Return the seconds from `moment` to `now`, or None where there is no moment."""
    return None if moment is None else (now - moment).total_seconds()


def coarse_age(seconds: float | None) -> str:
    """Return an age that changes seldom: `<15s`, `<30s`, `<45s`, `<1m`, then `1m`, `2m`, `9h 5m`; `?` where there is
    none.
    """
    if seconds is None:
        return "?"
    if 0 <= seconds < 60:
        bound = (int(seconds) // COARSE + 1) * COARSE
        return "<1m" if bound >= 60 else f"<{bound}s"
    return human_age(seconds)


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


def nothing() -> Cell:
    """Return the cell for no value; it sorts below every figure."""
    return Cell("", "dim", order=-1, sign=glyphs().nothing)


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


def cpu_cell(guest: Guest | None, stale: bool, limits: Threshold | None = None) -> Cell:
    """Return the CPU in use, of the guest's own limit. Without a visible running guest it is empty."""
    if guest is None or guest.cpu is None:
        return nothing()
    return Cell(percent(guest.cpu), figure_tone(guest.cpu, 1, limits, stale=stale), guest.cpu)


def memory_cell(guest: Guest | None, stale: bool, limits: Threshold | None = None) -> Cell:
    """Return the memory in use, and its limit. Without a visible running guest it is empty."""
    if guest is None or guest.mem is None:
        return nothing()
    of = f"/{human_bytes(guest.maxmem)}" if guest.maxmem else ""
    return Cell(human_bytes(guest.mem) + of, figure_tone(guest.mem, guest.maxmem, limits, stale=stale), guest.mem)


def uptime_cell(guest: Guest | None, stale: bool) -> Cell:
    """Return how long the guest has run. Without a visible running guest it is empty."""
    if guest is None or guest.uptime is None:
        return nothing()
    return Cell(human_age(guest.uptime), age_tone(stale), guest.uptime)


def disk_cell(guest: Guest | None, stale: bool) -> Cell:
    """Return the size of the disk, whether the guest runs or not."""
    if guest is None or guest.maxdisk is None:
        return nothing()
    return Cell(human_bytes(guest.maxdisk), age_tone(stale), guest.maxdisk)


def figure_tone(part: float | None, whole: float | None, limits: Threshold | None, *, stale: bool = False) -> Tone:
    """Return the tone of a figure by the share that is in use. One that is older than it should be is only dim."""
    if stale or limits is None or part is None or not whole:
        return age_tone(stale)
    share = 100 * part / whole
    return "bad" if share >= limits.red else "warn" if share >= limits.amber else "normal"


def age_tone(stale: bool) -> Tone:
    """Return the tone of a figure: dim where it is older than it should be."""
    return "dim" if stale else "normal"


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


def notes_cell(
    row: FleetRow, seen: datetime | None, now: datetime, owner: str = "", confirm_after: timedelta | None = None
) -> Cell:
    """Return all notes on a row, the most urgent first. `owner` executes operations here, `confirm_after` is how long a
    guest must be missing before that is concluded.
    """
    pieces = notes(row, seen, now, owner, confirm_after)
    if not pieces:
        return NO_NOTES
    # At 80 columns the seconds would be cut off, and they are what is waited for.
    brief = "; ".join(piece.replace(f"{MISSING} confirming", MISSING) for piece in pieces)
    loud: Tone = "bad" if row.presence in (Presence.REPLACED, Presence.ABSENT) or row.last_error else "warn"
    return Cell("; ".join(pieces), loud if row.needs_a_person else "normal", brief=brief)


NO_NOTES = Cell("")
"""Most rows have none, so theirs is one object."""


def guest_notes_cell(row: GuestRow, seen: datetime | None, now: datetime) -> Cell:
    """Return all notes on a guest without a record."""
    reason = [_shortened(row.reason, row.cluster)] if row.reason else []
    return Cell("; ".join((*reason, *last_seen_note(row, seen, now), *_fixed_notes(row))))


def notes(
    row: FleetRow, seen: datetime | None, now: datetime, owner: str = "", confirm_after: timedelta | None = None
) -> list[str]:
    """Return the notes on a row, each a few words."""
    found = [] if row.operation is None else [operation_text(row.operation, now, owner)]
    missing = row.container.missing_since if row.container is not None else None
    if row.missing and missing is not None and confirm_after is not None:
        found.append(countdown((missing + confirm_after - now).total_seconds()))
    elif row.reason and not _named_by_lock(row):
        found.append(_shortened(row.reason, row.cluster))
    if row.last_error and not _contains(row.last_error, found):
        # What happened to this one container says more than what the header says of all.
        found.insert(
            0 if row.presence is Presence.UNKNOWN and not row.missing else len(found), f"error: {row.last_error}"
        )
    if row.obstacle is not None and row.obstacle.kind is not ObstacleKind.NODE_OFFLINE:
        found.append(row.obstacle.text)
    found += last_seen_note(row, seen, now)
    if missing is not None and row.presence is not Presence.ABSENT and not (row.missing and confirm_after):
        found.append(f"missing {coarse_age(since(missing, now))}, not proved")
    if row.drift:
        found.append(f"drift {row.drift}")
    return found + _fixed_notes(row)


def _fixed_notes(row: GuestRow) -> list[str]:
    lock = [LOCKS.get(row.lock, f"lock {row.lock}")] if row.lock else []
    return [*lock, "template"] if row.template else lock


def last_seen_note(row: GuestRow, seen: datetime | None, now: datetime) -> list[str]:
    """Return when a guest of unknown status was last seen. Only a record knows of a guest that was never seen."""
    if row.status is not Status.UNKNOWN or (seen is None and row.id is None):
        return []
    return ["never seen" if seen is None else f"last seen {coarse_age(since(seen, now))} ago"]


def countdown(seconds: float) -> str:
    """Return `missing? confirming in 25 s`, in steps of five seconds; a due one says so."""
    if seconds <= 0:
        return f"{MISSING} confirming now"
    return f"{MISSING} confirming in {math.ceil(seconds / COUNT_STEP) * COUNT_STEP} s"


def _named_by_lock(row: FleetRow) -> bool:
    """Return whether the note on the lock includes the reason."""
    return row.lock in LOCKS and row.unsettled


def _shortened(reason: str, cluster: str) -> str:
    """Return a reason without the words of the header: cluster, request, address."""
    return _ASKED.sub("", reason.removeprefix(f"{cluster}: "))


_ASKED = re.compile(r"^(reading /cluster/resources: |https?://\S+ (?=does not))")


def _contains(error: str, found: list[str]) -> bool:
    return any(error in one for one in found)
