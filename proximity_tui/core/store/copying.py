"""The copy of the open database into an empty one, row for row: to move a fleet to PostgreSQL, or into a file.

It reads tables and columns from the database itself, so nothing can be forgotten; it does not know the meaning of rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import peewee

from proximity_tui.core.base.text import number_of
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Actor
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import events
from proximity_tui.core.store.database import backend_for, opened, transaction
from proximity_tui.core.store.db import waits
from proximity_tui.core.store.db.backend import Backend
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.db.store_errors import StoreError, StoreUnavailable, translated
from proximity_tui.core.store.db.store_errors import describe as error_of
from proximity_tui.core.store.migrations import HISTORY, migrate

_OWN = frozenset({HISTORY, "change", "store_change", "guard_state", "sqlite_sequence"})
"""Tables in which each database keeps its own books."""
_PAGE = 5000
"""Rows in memory."""
_AT_ONCE = 500
"""Rows in a statement: databases bound the number of its values."""


@value_object
class Copied:
    """The result of a copy: its place, the number of rows of each table, and how far its audit trail is whole."""

    label: str
    rows: Mapping[str, int]
    trail: events.ChainReport


def copy_to(url: str, by: Actor | str) -> Copied:
    """Copy every row into the database at `url`, compare both, and commit only when they are the same.

    Nobody can write to the open database meanwhile; later writes are not in the copy. Raises `StoreError` for a target
    that holds anything, and whenever a row differs.
    """
    target = backend_for(url)
    try:
        with translated(target.label):
            target.prepare()
            with target.exclusive(), target.db.connection_context():
                migrate(target)
                return _fill(target, by)
    finally:
        target.close()


def _fill(target: Backend, by: Actor | str) -> Copied:
    with transaction():
        source = opened()
        tables = _in_order(source.db)
        _must_be_empty(target, tables)
        events.append(
            actor=by,
            action=EventAction.DATABASE_COPIED,
            message=f"the database was copied to {target.label}",
            evidence={"from": source.label, "to": target.label},
        )
        trail = events.verify()
        _let_wait(source)
        with target.db.atomic():
            target.serialise()
            _let_wait(target)
            refused: list[str] = []
            rows = {table: _copy(source.db, target.db, table, refused) for table in tables}
            if refused:
                raise _cannot_be_copied(source.label, refused)
            for table in tables:
                _compare(source.db, target.db, table)
                target.count_on(table)
    return Copied(target.label, rows, trail)


def _let_wait(one: Backend) -> None:
    """Let the transaction of a server wait while a page of rows is at work in the other database. A copy never leaves
    one of both alone for longer: whoever is stopped or cut off would keep writers out for as long as it may wait.
    """
    if one.is_remote:
        run_sql(one.db, f"SET LOCAL idle_in_transaction_session_timeout = {waits.milliseconds(waits.COPY)}")


def _in_order(db: peewee.Database) -> list[str]:
    """Return the tables, each after those that its rows refer to."""
    # The database refuses a record whose event is not there yet.
    after = {"container": {"event"}}
    left = {
        table: after.get(table, set()) | {key.dest_table for key in db.get_foreign_keys(table)} - {table}
        for table in db.get_tables()
        if table not in _OWN
    }
    ordered: list[str] = []
    while left:
        free = sorted(table for table, needs in left.items() if needs <= set(ordered))
        ordered += free
        left = {table: needs for table, needs in left.items() if table not in free}
    return ordered


def _must_be_empty(target: Backend, tables: Sequence[str]) -> None:
    held = [table for table in tables if run_sql(target.db, f"SELECT 1 FROM {table} LIMIT 1")]
    if held:
        raise StoreError(f"{target.label} is not empty (it has rows in {', '.join(held)}): copy into a new database")


def _cannot_be_copied(label: str, refused: Sequence[str]) -> StoreError:
    """Return the error that names the rows, and what to do: each may be one that nobody can read here, either. None is
    left out: what it refers to, and the audit trail, would not be whole.
    """
    count = number_of(len(refused), "row")
    advice = f"correct them in {label} by hand, or start from a backup without them, and copy again"
    return StoreError(f"nothing was copied: the new database refuses {count}: {'; '.join(refused)}; {advice}")


def _copy(source: peewee.Database, target: peewee.Database, table: str, refused: list[str]) -> int:
    """Copy the rows of a table and return their number; those that the target refuses are named in `refused`."""
    columns = [column.name for column in source.get_columns(table)]
    kinds = {column.name: str(column.data_type).lower() for column in target.get_columns(table)}
    flags = [kinds[name] == "boolean" for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    insert, one = f"INSERT INTO {table} ({names}) VALUES", f"({', '.join([target.param] * len(columns))})"
    count = 0
    for page in _pages(source, table, columns):
        for start in range(0, len(page), _AT_ONCE):
            rows = page[start : start + _AT_ONCE]
            # SQLite keeps a truth value as a number, which PostgreSQL does not take for one.
            values = [
                [bool(value) if flag and value is not None else value for flag, value in zip(flags, row, strict=True)]
                for row in rows
            ]
            if _why_refused(target, insert, one, values) is not None:
                refused += _each_refused(target, table, insert, one, values, columns)
            count += len(rows)
    return count


def _each_refused(
    target: peewee.Database,
    table: str,
    insert: str,
    one: str,
    rows: Sequence[Sequence[Any]],
    columns: Sequence[str],
) -> Iterator[str]:
    """Insert rows one by one, and yield the name of each that is refused, with the reason."""
    keys = target.get_primary_keys(table)
    for row in rows:
        why = _why_refused(target, insert, one, [row])
        if why is not None:
            key = ", ".join(f"{name} {value}" for name, value in zip(columns, row, strict=True) if name in keys)
            yield f"{table} {key} ({why})"


def _why_refused(target: peewee.Database, insert: str, one: str, rows: Sequence[Sequence[Any]]) -> str | None:
    """Insert rows, all or none of them, and return None; or why the target refuses them. Raises PeeweeException where
    it cannot be asked.
    """
    try:
        with target.atomic():
            run_sql(target, f"{insert} {', '.join([one] * len(rows))}", [value for row in rows for value in row])
    except (peewee.PeeweeException, ValueError) as error:
        told = error_of(error)
        if isinstance(told, StoreUnavailable):
            raise
        # What follows in the words of PostgreSQL is the whole row, with whatever is secret in it.
        return told.fault.partition(" DETAIL:")[0].partition(" CONTEXT:")[0]
    return None


def _compare(source: peewee.Database, target: peewee.Database, table: str) -> None:
    columns = [column.name for column in source.get_columns(table)]
    # A page of each in turn.
    digests = list(zip_longest(_digests(source, table, columns), _digests(target, table, columns)))
    if digests and digests[-1][0] != digests[-1][1]:
        raise StoreError(f"the copy of table {table} is not the same as the original: nothing was kept of it")


def _digests(db: peewee.Database, table: str, columns: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the number of rows and a sum of their hashes after each page: databases do not agree on the order of
    texts.
    """
    count = total = 0
    for page in _pages(db, table, columns):
        for row in page:
            plain = [int(value) if isinstance(value, bool) else value for value in row]
            count, total = count + 1, total + int.from_bytes(hashlib.sha256(repr(plain).encode()).digest())
        yield count, total


def _pages(db: peewee.Database, table: str, columns: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
    names = ", ".join(f'"{name}"' for name in columns)
    key = ", ".join(f'"{name}"' for name in db.get_primary_keys(table))
    offset = 0
    while page := run_sql(db, f"SELECT {names} FROM {table} ORDER BY {key} LIMIT {_PAGE} OFFSET {offset}"):
        yield page
        offset += len(page)
