"""The notes on a guest, each a few words: what a person should know that no other column says.

Pure. Meaning never rests on the tone: the words say the same (law 7).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from proximity_tui.core.base.tone import Tone
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.surroundings import ObstacleKind
from proximity_tui.core.fleet import FleetRow, GuestRow
from proximity_tui.core.model import Lock, Presence, Status
from proximity_tui.screens.presentation.ages import coarse_age, since
from proximity_tui.screens.presentation.operation_text import operation_text
from proximity_tui.widgets.table.cells import Cell

COUNT_STEP = 5
"""Seconds: a countdown goes in steps of this."""

MISSING = "missing?"
"""How the reason of a guest begins that one look missed, and that waits for the second."""

LOCKS: Mapping[str, str] = {
    Lock.DESTROYED: "lock destroyed: a destroy is finishing or was interrupted, its volumes are gone"
}
"""Locks that say more than that somebody is at work."""


@value_object
class Note:
    """One note, and its words for a column of a dozen cells, where the end of a sentence is cut off; empty where the
    note is short enough.
    """

    text: str
    brief: str = ""


def notes_cell(
    row: FleetRow, seen: datetime | None, now: datetime, owner: str = "", confirm_after: timedelta | None = None
) -> Cell:
    """Return all notes on a row, the most urgent first. `owner` executes operations here, `confirm_after` is how long a
    guest must be missing before that is concluded.
    """
    found = notes(row, seen, now, owner, confirm_after)
    if not found:
        return NO_NOTES
    loud: Tone = "bad" if row.presence in (Presence.REPLACED, Presence.ABSENT) or row.last_error else "warn"
    return _joined(found, loud if row.needs_a_person else "normal")


NO_NOTES = Cell("")
"""Most rows have none, so theirs is one object."""


def guest_notes_cell(row: GuestRow, seen: datetime | None, now: datetime, former: str | None = None) -> Cell:
    """Return all notes on a guest without a record. `former` is what is said of one that looks like a container of ours
    which vanished.
    """
    reason = [_reason_note(row, row.reason)] if row.reason else []
    flag = [Note(former)] if former else []
    found = [*flag, *reason, *last_seen_note(row, seen, now), *_fixed_notes(row)]
    return _joined(found, "warn" if flag else "normal") if found else NO_NOTES


def notes(
    row: FleetRow, seen: datetime | None, now: datetime, owner: str = "", confirm_after: timedelta | None = None
) -> list[Note]:
    """Return the notes on a row, each a few words."""
    begun = [] if row.operation is None else [Note(operation_text(row.operation, now, owner))]
    missing = row.container.missing_since if row.container is not None else None
    due = missing + confirm_after if missing is not None and row.missing and confirm_after is not None else None
    reason = _reason_notes(row) if due is None else [countdown((due - now).total_seconds())]
    error = _error_notes(row, [*begun, *reason])
    # What happened to this one container says more than what the header says of all, and less than that its operation
    # is interrupted.
    is_worse = row.presence is Presence.UNKNOWN and not row.missing
    found = [*begun, *error, *reason] if is_worse else [*begun, *reason, *error]
    found += [*_obstacle_note(row), *last_seen_note(row, seen, now)]
    if missing is not None and due is None and row.presence is not Presence.ABSENT:
        found.append(Note(f"missing {coarse_age(since(missing, now))}, not proved"))
    return found + ([Note(f"drift {row.drift}")] if row.drift else []) + _fixed_notes(row)


def _reason_notes(row: FleetRow) -> list[Note]:
    return [_reason_note(row, row.reason)] if row.reason and not _named_by_lock(row) else []


def _error_notes(row: FleetRow, told: list[Note]) -> list[Note]:
    """Return the last error, unless what is told already has it."""
    return [Note(f"error: {row.last_error}")] if row.last_error and not _contains(row.last_error, told) else []


def _obstacle_note(row: FleetRow) -> list[Note]:
    """Return what around the container keeps it from being used. That of its node is why it is not seen, which the
    note on the reason says.
    """
    obstacle = row.obstacle
    return [] if obstacle is None or obstacle.kind in _OF_NODES else [Note(obstacle.text, _IN_BRIEF[obstacle.kind])]


def _fixed_notes(row: GuestRow) -> list[Note]:
    lock = [Note(LOCKS.get(row.lock, f"lock {row.lock}"))] if row.lock else []
    return [*lock, Note("template")] if row.template else lock


def last_seen_note(row: GuestRow, seen: datetime | None, now: datetime) -> list[Note]:
    """Return when a guest of unknown status was last seen. Only a record knows of a guest that was never seen."""
    if row.status is not Status.UNKNOWN or (seen is None and row.id is None):
        return []
    return [Note("never seen" if seen is None else f"last seen {coarse_age(since(seen, now))} ago")]


def countdown(seconds: float) -> Note:
    """Return `missing? confirming in 25 s`, in steps of five seconds; a due one says so."""
    due = "now" if seconds <= 0 else f"in {math.ceil(seconds / COUNT_STEP) * COUNT_STEP} s"
    return Note(f"{MISSING} confirming {due}", f"{MISSING} {due}")


def _joined(found: Iterable[Note], tone: Tone = "normal") -> Cell:
    return Cell("; ".join(one.text for one in found), tone, brief="; ".join(one.brief or one.text for one in found))


def _reason_note(row: GuestRow, reason: str) -> Note:
    if row.no_answer is not None:
        # Two words say more of a failure than the beginning of its sentence, which the header and `?` tell whole.
        return Note(row.no_answer.brief or reason, row.no_answer.words)
    return Note(reason, "" if row.reason_kind is None else _IN_BRIEF[row.reason_kind])


def _named_by_lock(row: FleetRow) -> bool:
    """Return whether the note on the lock includes the reason."""
    return row.lock in LOCKS and row.unsettled


_IN_BRIEF: Mapping[ObstacleKind, str] = {
    ObstacleKind.NODE_OFFLINE: "node offline",
    ObstacleKind.NODE_CUT_OFF: "no quorum",
    ObstacleKind.NO_QUORUM: "no quorum",
    ObstacleKind.STORAGE_FULL: "storage full",
    ObstacleKind.STORAGE_UNAVAILABLE: "storage lost",
}
_OF_NODES = (ObstacleKind.NODE_OFFLINE, ObstacleKind.NODE_CUT_OFF)


def _contains(error: str, found: list[Note]) -> bool:
    return any(error in one.text for one in found)
