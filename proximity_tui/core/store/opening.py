"""The opening of the database of a process: made or upgraded where needed, its triggers in place, findings logged.

Everything here happens while other processes are kept out, so that each finding is reported once.
"""

from __future__ import annotations

import logging
from pathlib import Path

from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import events
from proximity_tui.core.store.database import backend_for, close_store, forget, opened, transaction, use
from proximity_tui.core.store.db.backend import Backend
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import dicts, tuples
from proximity_tui.core.store.db.sqlite import access as sqlite_access
from proximity_tui.core.store.db.sqlite import files as sqlite_files
from proximity_tui.core.store.db.sqlite.select_only import SelectOnlySqlite
from proximity_tui.core.store.db.sqlite.sqlite import SqliteBackend
from proximity_tui.core.store.db.store_errors import StoreError, StoreFull, translated
from proximity_tui.core.store.migrations import Migrated, migrate, must_be_current
from proximity_tui.core.store.records.identity_trail import (
    IDENTITY,
    differences,
    earliest_identity,
    identity_of,
    last_identity_event,
)
from proximity_tui.core.store.schema.container_tables import ContainerRow
from proximity_tui.core.store.schema.trail_tables import TriggerStateRow

log = logging.getLogger(__name__)


IDENTITY_DUE = "due"
"""What migration 10 leaves in place of the event. It stays where record and trail do not agree, and is reported."""


def make_new_store(url: str) -> None:
    """Make and open an empty database where there is none, also where one is gone. Raises `StoreUnavailable` for an
    existing SQLite file.
    """
    backend = backend_for(url)
    try:
        if isinstance(backend, SqliteBackend):
            _forget(backend.path)
    finally:
        backend.close()
    open_store(url, make_new=True)


def _forget(path: Path) -> None:
    try:
        sqlite_files.forget(path)
    except OSError as error:
        raise sqlite_access.cannot_make(path, error) from error


def open_store(url: str, *, make_new: bool = False, select_only: bool = False) -> None:
    """Open (and where needed make or upgrade) the database at `sqlite:////path` or `postgresql://user@host/name`.

    A new one is made silently if `make_new`, and otherwise only where none was, which is logged. With `select_only`
    nothing is made, upgraded or written, now or later. Another open database is closed. Raises `StoreUnavailable` with
    one sentence that says why.
    """
    close_store()
    _open(url, make_new=make_new, select_only=select_only)


def open_again(url: str) -> None:
    """Open the database once more, in full, after it was promoted; the one that is open is used until then, and after a
    failure. Raises `StoreUnavailable`.
    """
    before = opened()
    try:
        _open(url)
    except BaseException:
        use(before)
        raise
    before.close()


def _open(url: str, *, make_new: bool = False, select_only: bool = False) -> None:
    backend = backend_for(url, select_only=select_only)
    try:
        with translated(backend.label):
            backend.prepare()
            if isinstance(backend, SelectOnlySqlite) and backend.missing is not None:
                log.warning("there is no database at %s; read-only makes none, so no records are known", backend.label)
                _fill(backend.path)
            with backend.exclusive(), backend.db.connection_context():
                if backend.read_only or backend.select_only:
                    must_be_current(backend)
                    backend.watch()
                    use(backend)
                    return
                before = backend.triggers_seen()
                migrated = migrate(backend, make_new=make_new)
                if not migrated.existed and not make_new:
                    log.warning("there was no database yet; a new, empty one was made: %s", backend.label)
                backend.watch()
                use(backend)
                write_due_identities()
                compare_triggers(backend, before, migrated)
    except BaseException as error:
        forget()
        backend.close()
        if isinstance(error, StoreFull) and not select_only and _is_readable(url):
            raise StoreFull(f"{error.fault}. Until there is room it can be read: --read-only", backend.label) from error
        raise


def _is_readable(url: str) -> bool:
    """Return whether the database can be opened read-only now: there are records in it, and it need not be upgraded."""
    backend = backend_for(url, select_only=True)
    try:
        with translated(backend.label):
            backend.prepare()
            if backend.missing is not None:
                return False
            with backend.exclusive(), backend.db.connection_context():
                must_be_current(backend)
    except StoreError:
        return False
    finally:
        backend.close()
    return True


def _fill(stand_in: Path) -> None:
    """Give an empty database its tables."""
    backend = SqliteBackend(stand_in)
    try:
        backend.prepare()
        with backend.exclusive(), backend.db.connection_context():
            migrate(backend, make_new=True)
    finally:
        backend.close()


def write_due_identities() -> None:
    """Write the events that are due."""
    with transaction():
        for row in dicts(ContainerRow.select().where(ContainerRow.identity_event == IDENTITY_DUE)):
            told = None if last_identity_event(row["id"]) else earliest_identity(row["id"])
            if told is None or differences(row, told, "its first event"):
                log.warning("record %d does not agree with the audit trail: see audit verify", row["id"])
                continue
            event = events.append(
                actor="migration",
                action=EventAction.IDENTITY_BASELINE,
                message=f"the identity of {row['name']} is kept in the audit trail from now on",
                container=row["id"],
                cluster=row["cluster"],
                vmid=row["vmid"],
                evidence={IDENTITY: identity_of(row)},
            )
            ContainerRow.update(identity_event=event.hash).where(ContainerRow.id == row["id"]).execute()


def compare_triggers(backend: Backend, seen: str, migrated: Migrated) -> None:
    """Compare the triggers as found (`seen`, before any was made) with how they were left the last time, and raise an
    alert.

    The changes of a migration are ours and do not count.
    """
    with transaction():
        left = next((text for (text,) in tuples(TriggerStateRow.select(TriggerStateRow.seen))), None)
        is_ours = not migrated.existed or bool(migrated.numbers)
        is_altered = bool(migrated.triggers_lost) or left not in (None, seen)
        if is_altered and not is_ours:
            _report(migrated.triggers_lost)
        now_seen = backend.triggers_seen()
        if left is None:
            TriggerStateRow.insert(one=1, seen=now_seen, seen_at=now()).execute()
        elif left != now_seen:
            TriggerStateRow.update(seen=now_seen, seen_at=now()).execute()


def _report(lost: tuple[str, ...]) -> None:
    # Hardly any opening has to report something.
    from proximity_tui.core.model.alert import AlertKind, Severity
    from proximity_tui.core.store.alerts import alerts

    if lost:
        message = f"triggers of the database were missing, and were made again: {', '.join(lost)}"
    else:
        message = "triggers of the database were made again by another program, or it was restored or vacuumed"
    log.warning("%s; see audit verify", message)
    key = alerts.key_of(AlertKind.DATABASE_ALTERED)
    before = alerts.unresolved(key)
    if before is not None and before.acknowledged is not None:
        alerts.resolve(before.id, "it happened again", by="opening")
    events.append(
        actor="opening", action=EventAction.WITHOUT_TRIGGERS, message=message, evidence={"triggers": list(lost)}
    )
    alerts.raise_alert(
        AlertKind.DATABASE_ALTERED,
        Severity.RED,
        message=f"{message}. Changes made meanwhile are not in the audit trail. Check with: proximity-tui audit verify",
        evidence={"triggers": list(lost)},
        notify=True,
        actor="opening",
    )
