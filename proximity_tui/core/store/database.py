"""The one database of a process, and the units of work that every query runs in; `opening` prepares it.

A connection serves one thread at a time: each unit borrows one and gives it back; units nest, and so do transactions.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import peewee

from proximity_tui.core.store import migrations
from proximity_tui.core.store.db.after_commit import saying_afterwards
from proximity_tui.core.store.db.backend import Backend, Weakness
from proximity_tui.core.store.db.sqlite.select_only import SelectOnlySqlite
from proximity_tui.core.store.db.sqlite.sqlite import SqliteBackend
from proximity_tui.core.store.db.store_errors import CommitUnknown, StoreUnavailable, translated
from proximity_tui.core.store.db.write_gate import WriteGate

# At DEBUG it prints every value that is written, clinical records with their passwords included.
logging.getLogger("peewee").setLevel(logging.WARNING)

proxy = peewee.DatabaseProxy()
"""What the models are bound to."""

_backend: Backend | None = None
_gate = WriteGate()


def use(backend: Backend) -> None:
    """Make a prepared database the one of this process."""
    global _backend
    proxy.initialize(backend.db)
    _backend = backend


def forget() -> Backend | None:
    """Have no database in this process any more, and return the one that was open, which is not closed."""
    global _backend
    backend, _backend = _backend, None
    proxy.initialize(None)
    return backend


def close_store() -> None:
    """Close the database of this process, if one is open."""
    backend = forget()
    if backend is not None:
        backend.close()


def database_url_label() -> str:
    """Return the place of the open database, for a person; never with a password."""
    return opened().label


def data_version() -> int:
    """Return a number that changes exactly when any process has written since. Cheap."""
    with translated():
        return opened().data_version()


def database_instance() -> tuple[Backend, int]:
    """Return what is the same for as long as the open database holds all that was read of it: until it is closed, or
    exchanged for a copy that was put back or for a server that took over. As cheap as `data_version`.
    """
    data_version()
    return opened(), opened().exchanges


def ticks() -> tuple[str, int]:
    """Return the clock of the database for leases: its owner, and milliseconds. Only within a unit or transaction."""
    return opened().ticks()


def server_time() -> datetime | None:
    """Return the time of the database server; None where the database is a file of this host."""
    with unit():
        return opened().server_time()


def is_read_only() -> bool:
    """Return whether the open database takes no writes, as a standby; False when none is open."""
    return _backend is not None and _backend.read_only


def is_writable() -> bool:
    """Return whether this process may write into the open database: it takes writes, and was not opened to look."""
    return _backend is not None and not _backend.read_only and not _backend.select_only


def missing() -> str | None:
    """Return where no database was found, while an empty one stands in for it; None where there is one."""
    return _backend.missing if _backend is not None else None


def was_promoted() -> bool:
    """Return whether the open database took no writes when it was opened, and takes them by the last `data_version`:
    then `opening.open_again` makes this process write.
    """
    return _backend is not None and _backend.was_promoted


def remark() -> str | None:
    """Return a remark for a person about the connection to the open database, if there is one."""
    return opened().remark


def weaknesses() -> tuple[Weakness, ...]:
    """Return what the open database does not keep although it is used, each with what to do."""
    with unit():
        return opened().weaknesses()


def check_integrity() -> tuple[str, ...]:
    """Return the damage in the open database, in its own words; nothing when it is whole."""
    with unit():
        return opened().check()


@contextmanager
def unit() -> Iterator[None]:
    """Open a unit of reading: a connection of this thread for as long as it lasts."""
    with _unless_closed(), translated(), opened().db.connection_context():
        yield


@contextmanager
def transaction() -> Iterator[None]:
    """Open a unit of writing: all of it or nothing. Inside another one it is a savepoint of that.

    One writer at a time on every database, so a value read inside is still true when it is written. Keep it short, and
    never send a request to Proxmox inside. Raises `StoreUnavailable` where the database was opened only to be read,
    and `CommitUnknown` where the answer of a server to the commit was lost.
    """
    with saying_afterwards(unknown=CommitUnknown), _committed():
        yield


@contextmanager
def _committed() -> Iterator[None]:
    backend = opened()
    if backend.select_only:
        raise StoreUnavailable("the database was opened read-only: nothing was written")
    is_committing = False
    try:
        with _gate.passed(), _unless_closed(), translated(), backend.db.connection_context():
            is_inside_another = backend.db.in_transaction()
            with backend.db.atomic():
                if not is_inside_another:
                    backend.serialise()
                yield
                is_committing = backend.is_remote and not is_inside_another
            is_committing = False
    except StoreUnavailable as error:
        if not is_committing:
            raise
        raise CommitUnknown(error) from error


def refuse_newer_schema() -> None:
    """Raise `StoreUnavailable` where a newer version has upgraded the open database meanwhile: what it has no word for
    is read around, but nothing may be begun without knowing it. Only within a unit or transaction.
    """
    migrations.refuse_newer(opened())


def no_writing(patience: float) -> AbstractContextManager[bool]:
    """Let this process begin no unit of writing for as long as the context lasts, which yields whether those under way
    have ended within `patience` seconds.
    """
    return _gate.closed(patience)


def opened() -> Backend:
    """Return the database that is open. Raises `StoreUnavailable` when none is."""
    if _backend is None:
        raise StoreUnavailable(_NOT_OPEN)
    return _backend


_NOT_OPEN = "the database is not open"


@contextmanager
def _unless_closed() -> Iterator[None]:
    """Raise `StoreUnavailable` where another thread closed the database within: peewee then has no database, and says
    so by an AttributeError.
    """
    try:
        yield
    except AttributeError as error:
        if _backend is not None:
            raise
        raise StoreUnavailable(_NOT_OPEN) from error


def backend_for(url: str, *, select_only: bool = False) -> Backend:
    """Return the database at a URL, not yet connected; with `select_only` nothing of it is changed. Raises
    `StoreUnavailable` for an invalid URL.
    """
    scheme = url.partition(":")[0]
    if scheme in ("postgresql", "postgres"):
        # Imported late: the driver is optional, and most installations do without.
        from proximity_tui.core.store.db.postgresql import PostgresqlBackend

        return PostgresqlBackend(url, select_only=select_only)
    if scheme != "sqlite":
        raise StoreUnavailable(f"a database is sqlite:////path or postgresql://…, not {scheme}:…")
    parts = urlsplit(url)
    path = unquote(parts.path[1:])
    if parts.query:
        raise StoreUnavailable("the SQLite URL must end after its path: options such as ?mode=ro are not taken")
    if parts.netloc or not path or ":memory:" in path:
        raise StoreUnavailable("the SQLite URL names no file: write sqlite:////absolute/path/to/proximity.db")
    return SelectOnlySqlite(Path(path)) if select_only else SqliteBackend(Path(path))
