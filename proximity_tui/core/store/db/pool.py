"""The connections to a PostgreSQL server: pooled, and given up as soon as the server cannot answer any more.

A connection can die silently: the server restarts, an administrator disconnects it, a cable is cut, a firewall drops
it. It knows nothing of our tables, and repeats no statement: the writer must find out the outcome.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import peewee
import psycopg
from playhouse.pool import MaxConnectionsExceeded, PooledPostgresqlDatabase  # type: ignore[import-untyped]
from psycopg.pq import TransactionStatus
from psycopg.types.json import Json, Jsonb

from proximity_tui.core.store.db import waits
from proximity_tui.core.store.db.server_refusals import is_crowded
from proximity_tui.core.store.db.statements import Statement

PATIENCE = 8.0
"""Seconds of silence after which a connection is given up; longer than a statement of ours may wait for a lock."""
PROBE_PATIENCE = 1.0
"""Seconds that a pooled connection has to prove that it is alive."""
MAINTENANCE = 600.0
"""Seconds that a statement may take while the schema is brought up to date."""
REST = 0.5
"""Seconds after a failed connect in which nobody else tries: all who waited behind it fail at once, not one by one."""
LARGEST = 20
"""Connections of one process at most."""

KEPT_ALIVE = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"

ONE_AFTER_THE_OTHER = r"-c default_transaction_isolation=read\ committed"
"""What writers that queue rest on: who has waited reads what those before it wrote."""

ON_DISK = """CASE current_setting('synchronous_commit') WHEN 'off'
 THEN set_config('synchronous_commit', 'local', true) END"""
"""What keeps a transaction whose commit was answered, also where the administrator accepts that a crash of the server
loses the last ones: an intent must outlive what it is about (law 5)."""

NETWORK: Mapping[str, int] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}


class PostgresqlConnection(psycopg.Connection[Any]):
    """A connection that waits only a limited time for an answer, whatever the network reports."""

    _patience: float | None = None
    """Seconds that count instead of `PATIENCE`."""

    def wait(self, gen: Any, *args: Any, **given: Any) -> Any:
        """Wait in the place where psycopg does all its waiting. A connection that was given up is closed for good
        afterwards.
        """
        patience = PATIENCE if self._patience is None else self._patience
        try:
            return super().wait(_within(patience, gen), *args, **given)
        except _Silent as silent:
            # Nothing is sent: that, too, could block.
            self.pgconn.finish()
            raise psycopg.OperationalError(f"connection given up: no answer within {patience:.0f} s") from silent

    @contextmanager
    def waiting(self, seconds: float) -> Iterator[None]:
        """Use another limit meanwhile."""
        usual, self._patience = self._patience, seconds
        try:
            yield
        finally:
            self._patience = usual


class _Adapter(peewee.Psycopg3Adapter):
    """The adapter that makes peewee use our connections, and that knows the driver, which peewee was loaded without
    (see `peewee_import`).
    """

    txn_idle = TransactionStatus.IDLE
    txn_inerror = TransactionStatus.INERROR
    txn_unknown = TransactionStatus.UNKNOWN

    def __init__(self) -> None:
        super().__init__()
        self.json_type, self.jsonb_type = Json, Jsonb

    def check_driver(self) -> None:
        """Do nothing: this module could not be imported without the driver."""

    def get_binary_type(self) -> type:
        """Return the driver's type for bytes."""
        return psycopg.Binary

    def connect(self, db: Any, **settings: Any) -> PostgresqlConnection:
        return PostgresqlConnection.connect(dbname=db.database, **settings)


class Pool(PooledPostgresqlDatabase):  # type: ignore[misc]
    """The connections of this process; each thread borrows one for its unit of work."""

    context_class = Statement
    psycopg2_adapter = psycopg3_adapter = _Adapter
    on_disk = ON_DISK

    def __init__(self, name: str, settings: Mapping[str, Any]) -> None:
        limits = " ".join(f"-c {name}={limit}" for name, limit in waits.limits().items())
        options = f"{limits} {KEPT_ALIVE} {ONE_AFTER_THE_OTHER} {settings.get('options', '')}".strip()
        # A database of another encoding would choose its own: then text comes as bytes, or cannot be sent.
        given = {**NETWORK, **settings, "options": options, "client_encoding": "UTF8"}
        # A pooler gives each transaction another connection of its own, on which nothing was prepared.
        super().__init__(
            name,
            prefer_psycopg3=True,
            max_connections=LARGEST,
            timeout=waits.CONNECTION,
            prepare_threshold=None,
            **given,
        )
        self.pooled = False
        """Whether something between, as PgBouncer, kept our limits from the server: what belongs to a session is lost
        there, and may be somebody else's."""
        self._failed_at = -REST
        self._failure: Exception | None = None
        self._crowded: str | None = None
        """Why the server accepts no more connections than ours that are in use; None while it does."""
        self._ended = False

    def connect(self, reuse_if_open: bool = False) -> bool:
        """Borrow a connection for this thread. Raises OperationalError also when all are in use for too long."""
        try:
            return bool(super().connect(reuse_if_open))
        except MaxConnectionsExceeded as error:
            raise peewee.OperationalError(
                self._crowded or f"all {LARGEST} sessions with the database are in use"
            ) from error

    def begin(self, isolation_level: str | None = None) -> None:
        """Open a transaction, also behind a pooler, in the isolation that we rest on, whatever the administrator made
        the usual one: in a stricter one whoever waited for another writer would be refused.
        """
        self.execute_sql("BEGIN ISOLATION LEVEL read committed")

    def close_all(self) -> None:
        """Close the idle connections; a busy one is closed when its thread gives it back.

        Never earlier: libpq frees the memory that the thread is just reading into (measured: SIGSEGV, in 1 of 240
        processes that were told to quit while a job ran).
        """
        self.close()
        self._ended = True
        self.close_idle()

    @contextmanager
    def with_long_statements(self) -> Iterator[None]:
        """Let the statements of this thread's connection take long: a migration may rewrite a table."""
        connection: PostgresqlConnection = self.connection()
        with connection.waiting(MAINTENANCE):
            where = "LOCAL" if self.pooled else "SESSION"
            self.execute_sql(f"SET {where} statement_timeout = {MAINTENANCE * 1000:.0f}")
            yield
            if not self.pooled:
                self.execute_sql("RESET statement_timeout")

    def _connect(self) -> PostgresqlConnection:
        with self._pool_lock:
            if self._failure is not None and time.monotonic() - self._failed_at < REST:
                raise psycopg.OperationalError(str(self._failure)) from self._failure
            try:
                connection = self._connect_through_anything()
            except psycopg.Error as error:
                if self._in_use and is_crowded(str(error)):
                    # One of ours is soon given back: who needs it waits as if it were the last one that we may have.
                    self._crowded = str(error)
                    raise MaxConnectionsExceeded from error
                self._failed_at, self._failure = time.monotonic(), error
                raise
            self._failure = self._crowded = None
            return connection

    def _connect_through_anything(self) -> PostgresqlConnection:
        """Return a new connection; behind a pooler that takes no options, one without ours."""
        try:
            connection: PostgresqlConnection = super()._connect()
        except psycopg.OperationalError as error:
            if "unsupported startup parameter" not in str(error) or "options" not in self.connect_params:
                raise
            del self.connect_params["options"]
            self.pooled = True
            connection = super()._connect()
        return connection

    def _can_reuse(self, connection: PostgresqlConnection) -> bool:
        return not self._ended and bool(super()._can_reuse(connection))

    def _is_closed(self, connection: PostgresqlConnection) -> bool:
        """Return whether a pooled connection is dead. If so the idle ones are closed with it: they
        have the same cause.
        """
        with connection.waiting(PROBE_PATIENCE):
            dead = bool(super()._is_closed(connection))
        if dead:
            self._close_raw(connection)
            self.close_idle()
        return dead


class _Silent(Exception):
    """Raised when no answer comes in time."""


def _within(seconds: float, steps: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
    """Yield the same steps of waiting, and raise `_Silent` when nothing arrives for so long."""
    deadline = time.monotonic() + seconds
    ready: Any = None
    while True:
        try:
            awaited = steps.send(ready)
        except StopIteration as end:
            return end.value
        ready = yield awaited
        if ready:
            deadline = time.monotonic() + seconds
        elif time.monotonic() > deadline:
            steps.close()
            raise _Silent
