"""What the store needs of a database that SQLite and PostgreSQL do differently. Nothing else may differ."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

import peewee


class Backend(Protocol):
    """One database, reached one way."""

    db: peewee.Database
    label: str
    """Where it is, for a person; never with a password."""
    primary_key: str
    """The column type of an id that the database counts up."""

    read_only: bool
    """Whether nothing can be written, as it was when it was opened: the server is a standby, or says so."""

    @property
    def remark(self) -> str | None:
        """What a person should know of the way to it; None where there is nothing to say."""

    def prepare(self) -> None:
        """Make ready to connect, or raise `StoreUnavailable` with the reason why that cannot be."""

    def check_usable(self) -> None:
        """A first look at what was opened: raise `StoreUnavailable` if it is damaged."""

    def exclusive(self) -> AbstractContextManager[None]:
        """Keeps every other process out while the schema is looked at and changed."""

    def was_made(self) -> bool:
        """Return whether our tables were in it before, by what they leave behind. The exclusive lock must be held."""

    def note_made(self) -> None:
        """Leave something behind by which `was_made` knows. The exclusive lock must be held."""

    def make_private(self) -> None:
        """Keep others from reading it, where that is ours to do. Raises `StoreUnavailable` where we may not."""

    def back_up(self, before: int) -> None:
        """Keep a copy of the database before migration number `before` runs."""

    def install_guards(self, *, again: bool) -> tuple[str, ...]:
        """Make the triggers that `guards` wants and the database has not, or has switched off, and return their names;
        all of them `again` after a migration."""

    def guards_seen(self) -> str:
        """A text that is another one after anybody made, changed or removed a trigger."""

    def check(self) -> tuple[str, ...]:
        """What is damaged or dangling, in the database's words; nothing when it is whole."""

    def serialise(self) -> None:
        """First statement of a writing transaction: from here on one writer at a time."""

    def count_on(self, table: str) -> None:
        """Let the ids that the database counts up go on after the highest one of a table that was filled by hand."""

    def ticks(self) -> tuple[str, int]:
        """The clock that leases run out by: whose it is, and its milliseconds. Two of one name can be compared."""

    def server_time(self) -> datetime | None:
        """What the clock of the server says; None where the database is a file of this host."""

    def watch(self) -> None:
        """Begin to notice changes, for `data_version`."""

    def data_version(self) -> int:
        """A number that is another one after any process, also this one, has written."""

    def close(self) -> None:
        """Give back everything that is held open."""
