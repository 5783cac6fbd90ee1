"""The errors of the store, in sentences for a person; no exception of peewee or a driver leaves the store.

It knows the messages of the databases, and not what to do about a failure.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import peewee

from proximity_tui.core.base.secret import redact
from proximity_tui.core.model import Refusal
from proximity_tui.core.store.db.server_refusals import server_refusal


class StoreError(Exception):
    """The base of all errors of the store; `message` is one sentence for a person, with the database that it is about
    where that has to be said, and `fault` the same without the database.
    """

    is_nameless = False
    """Whether it has still to be said which database failed: true of what `describe` makes without knowing it."""

    def __init__(self, fault: str, where: str | None = None) -> None:
        self.fault = fault
        self.message = f"{where}: {fault}" if where else fault
        super().__init__(self.message)


class RecordNotFound(StoreError):
    """Raised when there is no row with that id."""


class LostRace(StoreError):
    """Raised when the row changed meanwhile: read again and decide again."""


class LostLease(LostRace):
    """Raised when the lease ran out or another process has it: nothing may be written under it."""


class ForbiddenMove(StoreError):
    """Raised for a move that the state machine does not have (law 8); `refusal` is what to show."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


class Conflict(StoreError):
    """Raised when it is already managed, or an operation is in progress. `holder` names who holds it."""

    def __init__(self, reason: str, holder: str) -> None:
        super().__init__(f"{reason}: {holder}")
        self.reason = reason
        self.holder = holder


class SameCluster(Conflict):
    """Raised when our records know the cluster by another name, which is `holder`."""

    def __init__(self, name: str, known_as: str) -> None:
        super().__init__(f"{name} is a cluster that our records know by another name", known_as)


class PortsExhausted(StoreError):
    """Raised when every public port of the pool is allocated."""


class StoreUnavailable(StoreError):
    """Raised when the database cannot be used now, or not at all; the message says why."""


class CommitUnknown(StoreUnavailable):
    """Raised when the answer to a commit was lost: whether it was written is not known (law 5)."""

    def __init__(self, error: StoreError) -> None:
        super().__init__(f"{error.message}. Whether this was written is not known: look before you do it again")


class StoreDamaged(StoreUnavailable):
    """Raised for a database file that is damaged, or none: a backup helps, and waiting does not."""


class StoreFull(StoreUnavailable):
    """Raised where the disk has no room, or fails: what is there can be read."""


class StoreMisconfigured(StoreUnavailable):
    """Raised when the database cannot be used as it is configured: waiting does not help."""


_DRIVERS = (sqlite3.Error,)
"""What peewee turns into errors of its own, but not while rows are fetched: there SQLite meets a damaged page."""

_DAMAGED = (
    ("not a database", "the database file is not an SQLite database"),
    ("malformed", "the database file is damaged (restore a backup, or try sqlite3's .recover)"),
)
_FULL = (
    ("disk is full", "the disk that holds the database is full"),
    ("no space left on device", "the disk that holds the database is full"),
    ("disk i/o error", "the disk that holds the database is full or reports errors"),
)
_UNAVAILABLE = (
    ("is locked", "the database is locked by another program for too long; nothing was written, try again"),
    ("lock timeout", "the database is locked by another program for too long; nothing was written, try again"),
    ("readonly", "the database is read-only"),
    ("read-only", "the database is read-only"),
    ("unable to open", "the database file cannot be opened"),
)

_NOT_ENCODED = re.compile(r'has no equivalent in encoding "(?P<it>\w+)"')
"""What a server says to a text that its database cannot keep: one that was made before UTF8 was required."""


def describe(error: Exception, where: str | None = None) -> StoreError:
    """Return the `StoreError` for a peewee error; `where` names the database while it is being opened."""
    described = _described(error, where)
    described.is_nameless = where is None
    return described


def _described(error: Exception, where: str | None) -> StoreError:
    message = " ".join(str(error).split())
    refusal = None if isinstance(error, peewee.IntegrityError) else server_refusal(message)
    if refusal is not None:
        refused = StoreMisconfigured if refusal.misconfigured else StoreUnavailable
        return refused(refusal.sentence, where)
    for kind, sentences in ((StoreDamaged, _DAMAGED), (StoreFull, _FULL), (StoreUnavailable, _UNAVAILABLE)):
        for words, sentence in sentences:
            if words in message.lower():
                return kind(sentence, where)
    if "connection" in message.lower():
        return StoreUnavailable(f"the database server cannot be reached: {_why(error)}", where)
    if isinstance(error, peewee.IntegrityError):
        return StoreError(f"the database refused the change: {message}", where)
    if found := _NOT_ENCODED.search(message):
        return StoreError(
            f"nothing of this was written: the database is of encoding {found['it']}, which lacks a character of it."
            " Move it into one of UTF8 (proximity-tui db copy)",
            where,
        )
    if isinstance(error, (peewee.OperationalError, peewee.InterfaceError)):
        return StoreUnavailable(f"the database failed: {message}", where)
    return StoreError(f"the database failed: {message}", where)


def _why(error: Exception) -> str:
    """Return the reason in a message of the PostgreSQL library: its first line, without the address."""
    message = redact(str(error)).strip().partition("\n")[0]
    return message.removeprefix("connection is bad: ").rpartition(" failed: ")[2] or "no reason was given"


@contextmanager
def translated(where: str | None = None) -> Iterator[None]:
    """Turn every error of peewee within it into a `StoreError`, and name the database in one that was turned before."""
    try:
        yield
    except StoreError as error:
        if where is None or not error.is_nameless:
            raise
        raise type(error)(error.fault, where) from error
    except (peewee.PeeweeException, *_DRIVERS) as error:
        raise describe(_cause(error), where) from error


def _cause(error: BaseException) -> Exception:
    """Return the real cause: SQLite undoes a transaction by itself when the disk fails; then peewee's own attempt to
    undo it fails too and hides the reason.
    """
    found: BaseException | None = error
    while found is not None and "no transaction is active" in str(found):
        found = found.__context__
    return found if isinstance(found, Exception) else Exception(str(error))
