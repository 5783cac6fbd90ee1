"""The check of the database: it opens, is whole, has room, and holds an unbroken audit trail.

It opens the database, which brings its schema up to date as every command does, unless read-only; otherwise it only
reads.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from proximity_tui.config.schema import Settings
from proximity_tui.core import store
from proximity_tui.core.base.clock import Clock
from proximity_tui.core.base.text import number_of
from proximity_tui.core.store import flags, verification
from proximity_tui.core.store.db.sqlite import access as sqlite_access
from proximity_tui.core.store.db.sqlite import files as sqlite_files
from proximity_tui.core.store.db.store_errors import StoreDamaged, StoreError
from proximity_tui.core.store.journal.liveness import STALE
from proximity_tui.core.store.migrations import latest
from proximity_tui.doctor.check_result import CheckResult, fail, ok, warn
from proximity_tui.doctor.checks.servers_check import HOW_TO_COMPARE, clock_difference

AREA = "database"
MIB = 2**20

TIGHT, FULL = 512 * MIB, 64 * MIB
"""Bytes left on the disk of an SQLite database: below the first it is time, below the second too late."""


def open_it(settings: Settings) -> CheckResult:
    """Open the database of the settings and return the result; unless that is a failure it is open, if there is one
    yet.
    """
    shown, file = settings.database_shown, sqlite_file(settings)
    wrong: tuple[sqlite_access.WrongMode, ...] = ()
    # Where it may not even be looked for, whoever opens it says why.
    with suppress(OSError):
        if file is not None and not file.exists() and not sqlite_files.left_behind(file):
            if settings.read_only:
                why = "it does not exist, and read-only mode makes none: no records are known"
                return warn(AREA, shown, why, "check the path; the first start without read-only makes it")
            return ok(AREA, shown, "it does not exist yet; it is created on first use")
        wrong = sqlite_access.wrong_modes(file) if file else ()
    try:
        store.open_store(settings.database, select_only=settings.read_only)
    except StoreError as error:
        return _not_opened(settings, error)
    if wrong:
        return _other_modes(shown, wrong)
    return ok(AREA, shown, f"schema {latest()}, the one that this version knows")


def _not_opened(settings: Settings, error: StoreError) -> CheckResult:
    shown, file = settings.database_shown, sqlite_file(settings)
    if file is None:
        return fail(AREA, shown, error.fault, "is the server up? psql URL")
    if sqlite_access.why_closed(file, writing=not settings.read_only):
        # The sentence itself says who may open it.
        return fail(AREA, shown, str(error))
    if isinstance(error, StoreDamaged):
        return fail(AREA, shown, error.fault, "restore a backup (beside it there may be one: *-before-*.db)")
    # A backup in place of a database that is only locked, or has no room, or is newer, would lose what is in it.
    return fail(AREA, shown, error.fault)


def _other_modes(shown: str, wrong: Sequence[sqlite_access.WrongMode]) -> CheckResult:
    """Return the result about files that were found with other modes; to open a database for writing corrects them."""
    named = ", ".join(f"{one.file} ({one.mode:04o})" for one in wrong)
    what = "others could read it" if any(one.is_open_to_others for one in wrong) else "colleagues were locked out"
    if not store.is_writable():
        message = f"{what}; read-only this was not corrected: {named}"
        return warn(AREA, shown, message, *(f"as its owner: {one.commands}" for one in wrong))
    advice = "check who had access: the records hold the configs of guests"
    return warn(AREA, shown, f"{what} until now; this was corrected: {named}", advice)


def judge(settings: Settings, clock: Clock) -> Iterator[CheckResult]:
    """Yield the results about the open database; `clock` is this host's."""
    shown = settings.database_shown
    try:
        if flags.is_simulated():
            message = "SIMULATED: a demo made it, so nothing in it is real, and none of its alerts is sent to Sentry"
            yield warn(AREA, shown, message, "name another database to work with real clusters")
        yield from _the_way(shown)
        yield from (warn(AREA, shown, one.message, one.advice) for one in store.weaknesses())
        yield _integrity(shown)
        yield _trail(shown)
        server = store.server_time()
        if server is not None:
            yield judge_clock(shown, server - clock.now())
    except StoreError as error:
        yield fail(AREA, shown, str(error))
    file = sqlite_file(settings)
    if file is not None:
        yield judge_room(str(file.parent), shutil.disk_usage(file.parent).free)
        yield judge_access(file)


def judge_room(place: str, free: int) -> CheckResult:
    """Return the result about `free` bytes of room."""
    message = f"{free // MIB} MiB free"
    if free < FULL:
        return fail(
            AREA, place, f"only {message}: nothing can be recorded once it is full", "make room, or move the file"
        )
    if free < TIGHT:
        return warn(AREA, place, f"only {message}", "make room")
    return ok(AREA, place, message)


def judge_access(file: Path) -> CheckResult:
    """Return the result about who may open an SQLite database."""
    if wrong := sqlite_access.wrong_modes(file):
        what = "others may read it" if any(one.is_open_to_others for one in wrong) else "colleagues are locked out"
        modes = ", ".join(f"{one.mode:04o}" for one in wrong)
        return warn(AREA, str(file), f"{what} (mode {modes})", *(one.commands for one in wrong))
    if sqlite_access.is_shared(file):
        return ok(
            AREA, str(file), f"shared with the group {sqlite_access.group_of(file)}: mode 0660 in a directory 2770"
        )
    try:
        sqlite_access.refuse_half_shared(file.parent)
    except StoreError as error:
        return warn(AREA, str(file), str(error), "to share it with a group: docs/one-host.md")
    return ok(AREA, str(file), f"mode {stat.S_IMODE(file.stat().st_mode):04o}")


def judge_clock(shown: str, ahead: timedelta) -> CheckResult:
    """Return the result about the clocks of this host and of the shared server; the server is `ahead`."""
    apart = clock_difference(ahead)
    if apart is None:
        return ok(AREA, shown, "its clock and this host's agree")
    message = f"its clock is {apart}"
    if abs(ahead) < STALE:
        return warn(AREA, shown, message, HOW_TO_COMPARE)
    return fail(
        AREA, shown, f"{message}: operations of this host may look dead to others, or theirs to us", HOW_TO_COMPARE
    )


def sqlite_file(settings: Settings) -> Path | None:
    """Return the file of an SQLite database; None for a server."""
    parts = urlsplit(settings.database)
    return Path(unquote(parts.path[1:])) if parts.scheme == "sqlite" else None


def _the_way(shown: str) -> Iterator[CheckResult]:
    """Yield the results about the connection to a server, and whether it takes writes."""
    if remark := store.remark():
        yield ok(AREA, shown, remark)
    if store.is_read_only():
        message = "it is read-only (a standby, or a role that may only SELECT): list, show, alerts and audit answer"
        yield warn(AREA, shown, message, "name the server that can be written, if changes are meant")


def _integrity(shown: str) -> CheckResult:
    damage = store.check_integrity()
    if damage:
        return fail(AREA, shown, f"it is damaged: {'; '.join(damage[:3])}", "stop everything, and restore a backup")
    return ok(AREA, shown, "intact, with valid references")


def _trail(shown: str) -> CheckResult:
    verdict = verification.verify()
    if verdict.whole:
        return ok(AREA, shown, f"the audit trail is whole: {number_of(verdict.chain.events, 'event')}")
    message = f"the audit trail is not whole: {'; '.join(verdict.flaws[:3])}"
    return fail(AREA, shown, message, "keep the file as evidence; compare with a backup: proximity-tui audit verify")
