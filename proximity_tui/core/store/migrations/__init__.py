"""The migrations to the present schema: numbered, frozen SQL texts. Those that are missing are one transaction,
together with the triggers: a process that dies on the way leaves the database as it was.

They run under the backend's exclusive lock. A migration only adds: rebuilding a table would silently drop its triggers.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import nullcontext

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.store.db.backend import Backend
from proximity_tui.core.store.db.fields import now, time_to_text
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.db.store_errors import StoreDamaged, StoreUnavailable
from proximity_tui.core.store.migrations import (
    additions,
    m0001_records,
    m0002_jobs,
    m0013_changes,
    m0014_retention,
    m0015_notifications,
    m0016_revisions,
    m0017_ports,
    m0018_figures,
    m0019_lint,
    m0020_seen_lists,
    m0021_members,
    m0022_unanswered,
)

MIGRATIONS: tuple[tuple[int, str], ...] = (
    (1, m0001_records.TABLES),
    (2, m0002_jobs.TABLES),
    (3, additions.SIGNALS),
    (4, additions.SAFE_MODES),
    (5, additions.DRIFT),
    (6, additions.HALF_DESTROYED),
    (7, additions.MARKS),
    (8, additions.IDENTITY),
    (9, additions.CLOCK_READINGS),
    (10, additions.TRAIL),
    (11, additions.IDENTITY_DUE),
    (12, additions.GUEST_LOCKS),
    (13, m0013_changes.TABLES),
    (14, m0014_retention.TABLES),
    (15, m0015_notifications.TABLES),
    (16, m0016_revisions.TABLES),
    (17, m0017_ports.TABLES),
    (18, m0018_figures.TABLES),
    (19, m0019_lint.TABLES),
    (20, m0020_seen_lists.TABLES),
    (21, m0021_members.TABLES),
    (22, m0022_unanswered.TABLES),
)
"""Number and SQL text of each; `{id}` stands for the primary key of the database."""

HISTORY = "schema_history"
_CREATED = re.compile(r"CREATE TABLE (\w+)")


def latest() -> int:
    """Return the number of the newest migration of this program."""
    return MIGRATIONS[-1][0]


@value_object
class Migrated:
    """The applied migrations, whether it was a database before, and the triggers that had to be made although the
    schema was up to date.
    """

    numbers: tuple[int, ...]
    existed: bool
    triggers_lost: tuple[str, ...]


def migrate(backend: Backend, *, make_new: bool = False) -> Migrated:
    """Apply the missing migrations and return them; an existing database is backed up first. Where one was and is gone,
    a new one is made only if `make_new`.

    Raises `StoreUnavailable` for a schema newer than this program, for a database of another program, and for one that
    is damaged afterwards or has lost tables. The connection must be open and the exclusive lock held.
    """
    backend.check_usable()
    applied = _applied(backend, make_new=make_new)
    newer = [number for number in applied if number > latest()]
    if newer:
        raise StoreUnavailable(
            f"{backend.label} has schema {max(newer)}, written by a newer version of this program, "
            f"which knows schemas up to {latest()}"
        )
    _must_have_its_tables(backend, applied)
    backend.make_private()
    pending = [(number, text) for number, text in MIGRATIONS if number not in applied]
    if pending and applied:
        backend.back_up(pending[0][0])
    with backend.all_or_nothing() if pending else nullcontext():
        for number, text in pending:
            _apply(backend, number, text)
        made = backend.install_triggers(again=bool(pending))
        backend.install_change_triggers(again=bool(pending))
        if pending:
            _forget_triggers(backend)
            if damage := backend.check():
                raise StoreDamaged(f"{backend.label} is damaged: {'; '.join(damage)}")
    backend.note_made()
    return Migrated(tuple(number for number, _ in pending), bool(applied), () if pending else made)


def refuse_newer(backend: Backend) -> None:
    """Raise `StoreUnavailable` where a newer version has upgraded the open database meanwhile. The connection must be
    open.
    """
    newest = run_sql(backend.db, f"SELECT max(number) FROM {HISTORY}")[0][0]
    if newest > latest():
        raise StoreUnavailable(
            f"a newer version of this program has upgraded {backend.label} to schema {newest}: this version knows"
            f" schemas up to {latest()}, and begins nothing in it any more. End it and start the newer version"
        )


def _forget_triggers(backend: Backend) -> None:
    """Forget how the triggers were left the last time: what a migration changes is ours, also if we die after it."""
    if backend.db.table_exists("guard_state"):
        run_sql(backend.db, "DELETE FROM guard_state")


def must_be_current(backend: Backend) -> None:
    """Raise `StoreUnavailable` unless the schema of a read-only database is the present one."""
    backend.check_usable()
    applied = _applied(backend)
    if not applied:
        raise StoreUnavailable(f"{backend.label} holds no records, and is read-only: there is nothing to read")
    if max(applied) != latest():
        advice = (
            "read-only nothing is changed: start once without --read-only, or use the version that fits"
            if backend.select_only and not backend.read_only
            else "a read-only database cannot be changed: open the one that can be written first, or use the version"
            " that fits"
        )
        raise StoreUnavailable(
            f"{backend.label} has schema {max(applied)}, this program needs {latest()}, and {advice}"
        )
    _must_have_its_tables(backend, applied)


def _applied(backend: Backend, *, make_new: bool = False) -> frozenset[int]:
    tables = backend.db.get_tables()
    if HISTORY in tables:
        return frozenset(row[0] for row in run_sql(backend.db, f"SELECT number FROM {HISTORY}"))
    if not make_new and backend.was_made():
        raise _lost(backend, "all of its records")
    if tables:
        raise StoreUnavailable(f"{backend.label} is the database of another program (it has a table {tables[0]})")
    return frozenset()


def _must_have_its_tables(backend: Backend, applied: Collection[int]) -> None:
    """Raise `StoreUnavailable` where a table of an applied migration is gone: gone is not empty (law 6)."""
    made = {name for number, text in MIGRATIONS if number in applied for name in _CREATED.findall(text)}
    if gone := made - set(backend.db.get_tables()):
        raise _lost(backend, f"the tables {', '.join(sorted(gone))}")


def _lost(backend: Backend, what: str) -> StoreUnavailable:
    return StoreUnavailable(
        f"{backend.label} has lost {what}: there was a database here, and no empty one is made in its place; nothing"
        " was written. Restore a backup, or name another database"
    )


def _apply(backend: Backend, number: int, text: str) -> None:
    sql = text.replace("{id}", backend.primary_key)
    with backend.db.atomic():
        if number == MIGRATIONS[0][0]:
            run_sql(backend.db, f"CREATE TABLE {HISTORY} (number BIGINT PRIMARY KEY, applied_at TEXT NOT NULL)")
        for statement in filter(None, (part.strip() for part in sql.split(";"))):
            run_sql(backend.db, statement)
        # Both values are our own, so the placeholder style of the database need not be asked for.
        run_sql(backend.db, f"INSERT INTO {HISTORY} VALUES ({number}, '{time_to_text(now())}')")
