"""A PostgreSQL server of the tests' own, on 127.0.0.1 and a port nobody uses, gone when they are done.

The programs come from `$PROXIMITY_TUI_TEST_PG_BIN`, else from where Debian puts them; without any there is none.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from proximity_tui.core.store.db import triggers
from tests.support import memory
from tests.support.servers.free_ports import free_port

SPEED = "-c fsync=off -c full_page_writes=off -c max_wal_size=64MB"
"""Nothing of a test has to outlive a power cut."""
CLEANER = "-c lock_timeout=60000 -c application_name=cleaner"
OTHERS = "application_name <> 'cleaner'"


class Server:
    """One server on its port; it can be stopped and started again like any other."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.port = free_port()
        self.url = f"postgresql://tests@127.0.0.1:{self.port}"
        """Without the name of a database."""
        self.whole = ""
        """What `empty` said of a database that had all of its triggers."""
        self._cleaners: dict[str, psycopg.Connection] = {}
        self._folder = folder
        self._data = data
        self.user = _unprivileged()
        """Who runs it; None for whoever runs the tests."""
        if self.user:
            shutil.chown(data, self.user)
        self._run("initdb", "--username=tests", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")

    def start(self) -> None:
        """Run, and accept connections."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= {SPEED}"
        self._run("pg_ctl", "--wait", f"--options={options}", f"--log={self._data}/log", "start")

    def stop(self, mode: str = "immediate") -> None:
        """End at once (`immediate`), or after hanging up on everybody (`fast`)."""
        while self._cleaners:
            self._cleaners.popitem()[1].close()
        self._run("pg_ctl", "--wait", f"--mode={mode}", "stop")

    def create_database(self, name: str) -> str:
        """The URL of a new database without tables."""
        with psycopg.connect(f"{self.url}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"{self.url}/{name}"

    def empty(self, name: str) -> str:
        """Empty every table of ours, and return a text that changes whenever a trigger or a function was changed.

        Many times as fast as a new database for each test, and than TRUNCATE, which makes new files of each table.
        """
        try:
            return self._empty(name)
        except psycopg.OperationalError:
            # A test before has stopped the server, or hung up on everybody.
            self._cleaners.pop(name).close()
            return self._empty(name)

    def _empty(self, name: str) -> str:
        if name not in self._cleaners:
            # Kept, because a new connection first has to learn all about the tables.
            self._cleaners[name] = psycopg.connect(f"{self.url}/{name}", options=CLEANER)
        connection = self._cleaners[name]
        with connection.transaction():
            found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            tables = {row[0] for row in found} - {"schema_history", "store_change"}
            # In this role no trigger fires, also none of those that refuse to.
            deletions = [f"DELETE FROM {table}" for table in sorted(tables)]
            connection.execute("; ".join(["SET session_replication_role = replica", *deletions]).encode())
            connection.execute("SELECT setval(format('%I.%I', schemaname, sequencename), 1, false) FROM pg_sequences")
            (seen,) = connection.execute(triggers.POSTGRESQL_SEEN.replace("%%", "%").encode()).fetchall()
        return str(seen[0])

    def drop_database(self, name: str) -> None:
        """Remove a database, if there is one of that name."""
        with psycopg.connect(f"{self.url}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())

    def connected(self, name: str) -> int:
        """How many connections to a database there are."""
        with psycopg.connect(f"{self.url}/postgres", autocommit=True) as connection:
            counted = connection.execute(
                f"SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND {OTHERS}".encode(), (name,)
            )
            return int(counted.fetchall()[0][0])

    def close_connections(self, name: str) -> int:
        """Terminate every connection to a database, as an administrator does; how many there were."""
        with psycopg.connect(f"{self.url}/postgres", autocommit=True) as connection:
            ended = connection.execute(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND {OTHERS}".encode(),
                (name,),
            )
            return len(ended.fetchall())

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._folder / program), "-D", str(self._data), *arguments]
        subprocess.run(command, user=self.user, cwd=self._data, check=True, stdout=subprocess.DEVNULL)


def as_standby(server: Server, name: str) -> None:
    """Have a database take no writes from its next session on, as a standby; the present ones are ended."""
    _refuse_writes(server, name, "on")


def promote(server: Server, name: str) -> None:
    """Have it take writes again."""
    _refuse_writes(server, name, "off")


def _refuse_writes(server: Server, name: str, setting: str) -> None:
    with psycopg.connect(f"{server.url}/postgres", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {setting}".encode())
    server.close_connections(name)


def programs() -> Path | None:
    """The folder with `initdb` and `pg_ctl`, the newest version, if there is any."""
    given = os.environ.get("PROXIMITY_TUI_TEST_PG_BIN")
    found = [Path(given)] if given else sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version)
    return next((folder for folder in reversed(found) if (folder / "initdb").exists()), None)


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server that runs meanwhile."""
    data = Path(tempfile.mkdtemp(prefix="proximity-pg-", dir=memory.folder()))
    try:
        server = Server(folder, data)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(data)


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def _unprivileged() -> str | None:
    """Who runs the server, which refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
