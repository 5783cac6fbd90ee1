"""Backups in words and cells: their age, their verification, their owner. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from proximity_tui.core.base.text import human_bytes
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.doctrine.observation.last_backup import LastBackup
from proximity_tui.core.fleet import STALE_AFTER
from proximity_tui.core.model import Verification
from proximity_tui.screens.presentation.ages import coarse_age, since
from proximity_tui.screens.text.lines import Piece
from proximity_tui.widgets.table.cells import Cell

FRESH = timedelta(days=2)
"""A backup of this age is one of the last night, also after a night that failed."""

OLD = timedelta(days=8)
"""A backup of more than this age is older than a weekly job allows."""

READ_LONG_AGO = timedelta(hours=1)
"""From this age of the reading on there may be a newer backup: the cell is dim as every old figure."""

_VERIFIED: dict[Verification, tuple[str, Tone]] = {
    Verification.OK: ("ok", "good"),
    Verification.FAILED: ("FAILED", "bad"),
    Verification.UNKNOWN: ("unclear", "warn"),
}


def backup_age_tone(age: timedelta) -> Tone:
    """Return how the age of a newest backup is meant."""
    if age <= FRESH:
        return "good"
    return "normal" if age <= OLD else "warn"


def backup_age_cell(made: datetime, now: datetime) -> Cell:
    """Return the age of a backup: `9h`, `3d 4h`."""
    age = now - made
    return Cell(coarse_age(age.total_seconds()), backup_age_tone(age), order=age.total_seconds())


def last_backup_cell(last: LastBackup | None, now: datetime) -> Cell:
    """Return the age of the last backup of a container; `none` only where that is known, `?` where it is not, and
    nothing where nobody looked. It is dim once it was read long ago.
    """
    if last is None:
        return Cell("", order=-2)
    if last.backup is not None:
        cell = backup_age_cell(last.backup.at, now)
    else:
        cell = Cell("none", "warn", order=float("inf")) if last.is_none else Cell("?", "dim", order=-1)
    is_old = last.read_at is not None and now - last.read_at >= READ_LONG_AGO
    return replace(cell, tone="dim") if is_old else cell


def last_backup_words(last: LastBackup | None, now: datetime) -> Piece:
    """Return the last backup of a container in words, and when it was read unless that was just now."""
    if last is None:
        return "not read yet", "dim"
    if last.unknown is not None:
        return f"not known: {last.unknown}", "warn"
    seconds = since(last.read_at, now) or 0.0
    read = f", read {coarse_age(seconds)} ago" if seconds > STALE_AFTER else ""
    if last.backup is None:
        return f"none{read}", "warn"
    age = backup_age_cell(last.backup.at, now)
    failed = ", verification FAILED" if last.backup.verification is Verification.FAILED else ""
    return f"{age.text} ago on {last.backup.storage}{failed}{read}", "bad" if failed else age.tone


def size_cell(size: int | None) -> Cell:
    """Return the size of a backup; `?` where it is not told."""
    return Cell("?", "dim", order=-1) if size is None else Cell(human_bytes(size), order=size)


def verified_cell(verification: Verification | None) -> Cell:
    """Return the result of the verification; empty where there was none."""
    return Cell("") if verification is None else Cell(*_VERIFIED[verification])
