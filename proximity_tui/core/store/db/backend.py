"""The interface of the two databases: everything that SQLite and PostgreSQL do differently, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

import peewee

from proximity_tui.core.base.value_object import value_object

EXCHANGE = 2**64
"""What an exchange of the database adds to a number of its changes: more than any database counts to."""


@value_object
class Weakness:
    """What a database does not keep although it is used, and what to do about it."""

    message: str
    advice: str


class Backend(Protocol):
    """One database, reached one way."""

    db: peewee.Database
    label: str
    """Where it is, for a person; never with a password."""
    primary_key: str
    """The column type of an id that the database counts up."""

    is_remote: bool
    """Whether an answer of it can be lost on the way."""
    read_only: bool
    """Whether nothing can be written, as it was when it was opened: the server is a standby, or our role may not."""
    select_only: bool
    """Whether it was opened only to be read: then this process writes nothing into it."""
    missing: str | None
    """Where no database was found, while an empty one of our own stands in for it; None where there is one."""

    @property
    def was_promoted(self) -> bool:
        """Whether it was opened as one that takes no writes, and takes them by now: it has to be opened again."""

    @property
    def exchanges(self) -> int:
        """The number of times that `data_version` found another database in its place: a copy that was put back, or a
        server that took over. What was read of the one before may never have been in this one.
        """

    @property
    def remark(self) -> str | None:
        """A remark for a person about the connection; None without one."""

    def prepare(self) -> None:
        """Prepare the connection. Raises `StoreUnavailable` with the reason when that is impossible."""

    def check_usable(self) -> None:
        """Raise `StoreUnavailable` if the database that was opened is damaged, or is not to be used as it is."""

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep every other process out while the schema is checked and changed."""

    def all_or_nothing(self) -> AbstractContextManager[None]:
        """Open the one transaction in which the schema is changed. The exclusive lock must be held."""

    def was_made(self) -> bool:
        """Return whether our tables were in it before, by the traces that they leave. The exclusive
        lock must be held.
        """

    def note_made(self) -> None:
        """Leave a trace for `was_made`. The exclusive lock must be held."""

    def make_private(self) -> None:
        """Keep others from reading it, where that is our task. Raises `StoreUnavailable` where we may not."""

    def back_up(self, before: int) -> None:
        """Keep a copy of the database before migration number `before` runs."""

    def install_triggers(self, *, again: bool) -> tuple[str, ...]:
        """Make the triggers of `triggers` that are missing or switched off, and return their names; `again`, after a
        migration, makes all of them.
        """

    def install_change_triggers(self, *, again: bool) -> None:
        """Make the triggers of `change_triggers` that are missing or switched off, and note that changes may be missing
        since then; `again`, after a migration, makes all of them.
        """

    def triggers_seen(self) -> str:
        """Return a text that changes whenever a trigger is made, changed or removed."""

    def check(self) -> tuple[str, ...]:
        """Return the damage and dangling references, in the database's words; nothing when it is whole."""

    def weaknesses(self) -> tuple[Weakness, ...]:
        """Return what it does not keep although it is used."""

    def table_sizes(self) -> Mapping[str, int]:
        """Return the bytes of each table with its indexes; nothing where the database cannot tell."""

    def serialise(self) -> None:
        """Run the first statement of a writing transaction: from here on one writer at a time."""

    def update_rows(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Set the columns of many rows in one go; each of `rows` has their values, and then the id."""

    def count_on(self, table: str) -> None:
        """Let the ids that the database counts up continue after the highest one of a table that was filled by hand."""

    def ticks(self) -> tuple[str, int]:
        """Return the clock that leases run out by: its owner, and its milliseconds. Two readings of one owner can be
        compared.
        """

    def server_time(self) -> datetime | None:
        """Return the time of the server; None where the database is a file of this host."""

    def watch(self) -> None:
        """Start to notice changes, for `data_version`."""

    def data_version(self) -> int:
        """Return a number that changes after any process, also this one, has written, and after an exchange."""

    def close(self) -> None:
        """Release everything that is held open."""
