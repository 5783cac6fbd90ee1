"""The notes on a guest, each a few words: what a person should know that no other column says.

Pure. Meaning never rests on the tone: the words say the same (law 7).
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta

from proximity_tui.core.base.tone import Tone
from proximity_tui.core.doctrine.observation.surroundings import ObstacleKind
from proximity_tui.core.fleet import FleetRow, GuestRow
from proximity_tui.core.model import Presence, Status
from proximity_tui.screens.presentation.ages import coarse_age, since
from proximity_tui.screens.presentation.operations import operation_text
from proximity_tui.widgets.table.cells import Cell

COUNT_STEP = 5
"""Seconds: a countdown goes in steps of this."""

MISSING = "missing?"
"""How the reason of a guest begins that one look missed, and that waits for the second."""

LOCKS = {"destroyed": "lock destroyed: a destroy is finishing or was interrupted, its volumes are gone"}
"""Locks that say more than that somebody is at work."""


def notes_cell(
    row: FleetRow, seen: datetime | None, now: datetime, owner: str = "", confirm_after: timedelta | None = None
) -> Cell:
    """Return all notes on a row, the most urgent first. `owner` executes operations here, `confirm_after` is how long a
    guest must be missing before that is concluded.
    """
    pieces = notes(row, seen, now, owner, confirm_after)
    if not pieces:
        return NO_NOTES
    loud: Tone = "bad" if row.presence in (Presence.REPLACED, Presence.ABSENT) or row.last_error else "warn"
    return Cell("; ".join(pieces), loud if row.needs_a_person else "normal", brief=_brief(pieces))


NO_NOTES = Cell("")
"""Most rows have none, so theirs is one object."""


def guest_notes_cell(row: GuestRow, seen: datetime | None, now: datetime) -> Cell:
    """Return all notes on a guest without a record."""
    reason = [_shortened(row.reason, row.cluster)] if row.reason else []
    pieces = [*reason, *last_seen_note(row, seen, now), *_fixed_notes(row)]
    return Cell("; ".join(pieces), brief=_brief(pieces)) if pieces else NO_NOTES


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


def _brief(pieces: list[str]) -> str:
    """Return the notes in few words, for a column of a dozen cells, where the end of a sentence is cut off: there stand
    the seconds that are waited for.
    """
    text = "; ".join(pieces)
    for long, short in _IN_BRIEF:
        text = long.sub(short, text)
    return text


def _named_by_lock(row: FleetRow) -> bool:
    """Return whether the note on the lock includes the reason."""
    return row.lock in LOCKS and row.unsettled


def _shortened(reason: str, cluster: str) -> str:
    """Return a reason without the words of the header: cluster, request, address."""
    return _ASKED.sub("", reason.removeprefix(f"{cluster}: "))


_IN_BRIEF = (
    (re.compile(re.escape(f"{MISSING} confirming")), MISSING),
    (re.compile(r"node \S+ is offline"), "node offline"),
    (re.compile(r"node \S+ cannot be reached without quorum|no quorum: it cannot be changed"), "no quorum"),
    (re.compile(r"storage \S+ is nearly full"), "storage full"),
    (re.compile(r"storage \S+ cannot be reached on \S+(?<!;)"), "storage lost"),
)
_ASKED = re.compile(r"^(reading /cluster/resources: |https?://\S+ (?=does not))")


def _contains(error: str, found: list[str]) -> bool:
    return any(error in one for one in found)
