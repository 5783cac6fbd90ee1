"""A database that loses what was written last, under processes that have it open: an SQLite file in whose place a copy
is put back, and a PostgreSQL server that ends before its standby has heard of everything.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support.servers.postgresql import Server


@contextmanager
def forgotten(url: str, server: Server | None) -> Iterator[None]:
    """Have the database as it was before, once this is over. `server` is the one of a PostgreSQL database."""
    with _sqlite(Path(url.removeprefix("sqlite:///"))) if server is None else _postgresql(url, server):
        yield


@contextmanager
def _sqlite(file: Path) -> Iterator[None]:
    copy = file.with_name("copy.db")
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("VACUUM INTO ?", (str(copy),))
    connection.close()
    yield
    for left in ("-wal", "-shm"):
        Path(f"{file}{left}").unlink(missing_ok=True)
    os.replace(copy, file)


@contextmanager
def _postgresql(url: str, server: Server) -> Iterator[None]:
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        tables = [name for (name,) in found if name != "schema_history"]
        connection.execute("CREATE SCHEMA before")
        for name in tables:
            connection.execute(f"CREATE TABLE before.{name} AS TABLE public.{name}".encode())
    yield
    server.stop("fast")
    server.start()
    with psycopg.connect(url) as connection:
        # No trigger fires in this role. The sequences stay: a standby knows them ahead of what it knows of the rows.
        connection.execute("SET session_replication_role = replica")
        for name in tables:
            connection.execute(f"DELETE FROM {name}; INSERT INTO {name} SELECT * FROM before.{name}".encode())
        connection.execute("DROP SCHEMA before CASCADE")
