"""What can go wrong in the store, in sentences for a person; nothing of peewee or a driver leaves the store.

It knows the words databases fail with, and deliberately not what to do about a failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import peewee

from proximity_tui.core.base.secret import redact
from proximity_tui.core.model import Refusal
from proximity_tui.core.store.db.server_refusals import server_refusal


class StoreError(Exception):
    """Something the store could not or would not do; `message` is one sentence for a person."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class RecordNotFound(StoreError):
    """There is no row with that id."""


class LostRace(StoreError):
    """Someone changed it first: read again and decide again."""


class LostLease(LostRace):
    """The lease ran out or another process has it: nothing of what was meant under it may be written."""


class ForbiddenMove(StoreError):
    """The state machine has no such move (law 8); `refusal` is what to show."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


class Conflict(StoreError):
    """Someone else holds it: it is already managed, or an operation is in progress. `holder` names who."""

    def __init__(self, reason: str, holder: str) -> None:
        super().__init__(f"{reason}: {holder}")
        self.reason = reason
        self.holder = holder


class SameCluster(Conflict):
    """Our records know the cluster by another name, which is `holder`."""

    def __init__(self, name: str, known_as: str) -> None:
        super().__init__(f"{name} is a cluster that our records know by another name", known_as)


class PortsExhausted(StoreError):
    """Every public port of the pool is allocated."""


class StoreUnavailable(StoreError):
    """The database cannot be used now, or not at all; the message says why."""


class StoreMisconfigured(StoreUnavailable):
    """The database cannot be used as it is configured: waiting mends nothing."""


_UNAVAILABLE = (
    ("not a database", "the database file is not an SQLite database"),
    ("malformed", "the database file is damaged (restore a backup, or try sqlite3's .recover)"),
    ("is locked", "the database is locked by another program for too long; nothing was written, try again"),
    ("lock timeout", "the database is locked by another program for too long; nothing was written, try again"),
    ("disk is full", "the disk that holds the database is full"),
    ("readonly", "the database is read-only"),
    ("read-only", "the database is read-only"),
    ("disk i/o error", "the disk that holds the database reports errors"),
    ("unable to open", "the database file cannot be opened"),
)


def describe(error: Exception, where: str | None = None) -> StoreError:
    """The `StoreError` that a peewee error means; `where` names the database while it is being opened."""
    said = " ".join(str(error).split())
    before = f"{where}: " if where else ""
    refusal = None if isinstance(error, peewee.IntegrityError) else server_refusal(said)
    if refusal is not None:
        kind = StoreMisconfigured if refusal.misconfigured else StoreUnavailable
        return kind(f"{before}{refusal.sentence}")
    for words, sentence in _UNAVAILABLE:
        if words in said.lower():
            return StoreUnavailable(f"{before}{sentence}")
    if "connection" in said.lower():
        return StoreUnavailable(f"{before}the database server cannot be reached: {_why(error)}")
    if isinstance(error, peewee.IntegrityError):
        return StoreError(f"{before}the database refused the change: {said}")
    if isinstance(error, (peewee.OperationalError, peewee.InterfaceError)):
        return StoreUnavailable(f"{before}the database failed: {said}")
    return StoreError(f"{before}the database failed: {said}")


def _why(error: Exception) -> str:
    """Return the reason in what the library of PostgreSQL says: its first line, without where it tried to connect."""
    said = redact(str(error)).strip().partition("\n")[0]
    return said.removeprefix("connection is bad: ").rpartition(" failed: ")[2] or "no reason was given"


@contextmanager
def translated(where: str | None = None) -> Iterator[None]:
    """Within it, every error of peewee becomes a `StoreError`."""
    try:
        yield
    except peewee.PeeweeException as error:
        raise describe(_cause(error), where) from error


def _cause(error: BaseException) -> Exception:
    """What really went wrong: SQLite undoes a transaction by itself when the disk fails, and then peewee's own attempt
    to undo it fails too and hides the reason."""
    found: BaseException | None = error
    while found is not None and "no transaction is active" in str(found):
        found = found.__context__
    return found if isinstance(found, Exception) else Exception(str(error))
