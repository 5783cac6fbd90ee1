"""Typed functions to run peewee's queries: its own results are typed as models, whatever they really are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import peewee

T = TypeVar("T")

CHUNK = 500
"""Ids in one statement: far below what any SQLite takes."""


def dicts(query: Any) -> list[dict[str, Any]]:
    """Return the rows of a select, each by column name."""
    return list(query.dicts())


def dicts_where(query: Any, conditions: Sequence[Any], limit: int | None = None) -> list[dict[str, Any]]:
    """Return the rows of a select that meet all conditions, the first `limit` of them; all rows without conditions."""
    return dicts((query.where(*conditions) if conditions else query).limit(limit))


def newest_revision(table: Any, container_id: int) -> dict[str, Any] | None:
    """Return the row of a container with the highest `revision` in a table that has one; None where it has no row."""
    query = table.select().where(table.container_id == container_id)
    return next(iter(dicts(query.order_by(table.revision.desc()).limit(1))), None)


def streamed(query: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows of a select by column name, one in memory at a time."""
    yield from query.dicts().iterator()


def tuples(query: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a select, each in the order of its columns."""
    return list(query.tuples())


def chunks(ids: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Yield the ids, or what has one each, in pieces that fit into a statement."""
    rest = iter(ids)
    while chunk := list(islice(rest, size)):
        yield chunk


def raw(db: peewee.Database, query: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a select as the database keeps them: no value is converted."""
    cursor: Any = db.execute(query)  # type: ignore[no-untyped-call]
    return list(cursor.fetchall())


def raw_streamed(db: peewee.Database, query: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the same, few of them in memory at a time: of a large fleet they take more than what is made of them."""
    cursor: Any = db.execute(query)  # type: ignore[no-untyped-call]
    while rows := cursor.fetchmany(CHUNK):
        yield from rows


def run_sql(db: peewee.Database, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement as it stands and return its rows, if it has any."""
    cursor: Any = db.execute_sql(sql, parameters)  # type: ignore[no-untyped-call]
    return list(cursor.fetchall()) if cursor.description else []


def run_many(db: peewee.Database, sql: str, rows: Iterable[Sequence[Any]]) -> None:
    """Prepare one statement, and run it for each row of parameters."""
    with peewee.__exception_wrapper__:  # type: ignore[attr-defined]
        db.cursor().executemany(sql, rows)  # type: ignore[no-untyped-call]
