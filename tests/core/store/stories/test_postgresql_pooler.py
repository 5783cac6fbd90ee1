"""PgBouncer in front of the server: each transaction has another connection, and a session keeps nothing."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest

from proximity_tui.core import store
from proximity_tui.core.store import database, events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db import waits
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.db.store_errors import StoreMisconfigured
from proximity_tui.core.store.jobs import leases
from proximity_tui.core.store.records import records
from tests.core.store.making import a_container
from tests.support.servers.free_ports import free_port
from tests.support.servers.postgresql import Server
from tests.support.timing.at_once import at_once
from tests.support.timing.waiting import until

WITHOUT_OUR_LIMITS = "options=-c%20lock_timeout%3D0%20-c%20statement_timeout%3D0"
"""A server to which our limits do not come, as behind a pooler that drops the options of a session."""

pytestmark = pytest.mark.usefixtures("closed_after")


def limit_in_a_transaction() -> str:
    with store.transaction():
        return str(run_sql(database.opened().db, "SELECT current_setting('lock_timeout')")[0][0])


def test_nothing_is_prepared_on_the_server(ready_postgresql: str) -> None:
    store.open_store(ready_postgresql)
    for _ in range(10):
        records.active()
    with store.transaction():
        assert run_sql(database.opened().db, "SELECT count(*) FROM pg_prepared_statements")[0][0] == 0
    assert store.remark() is None


def test_limits_that_do_not_come_with_the_session_hold_in_each_transaction(
    ready_postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waits, "WRITER", 5.0)
    store.open_store(f"{ready_postgresql}&{WITHOUT_OUR_LIMITS}")
    assert "pooler" in (store.remark() or "")
    assert limit_in_a_transaction() == "5s"
    with database.unit():
        assert run_sql(database.opened().db, "SELECT current_setting('lock_timeout')")[0][0] == "0"


def test_tables_are_made_in_one_transaction_where_a_session_is_not_ours(postgresql_server: Server) -> None:
    url = postgresql_server.create_database(f"test_{uuid.uuid4().hex}")
    store.open_store(f"{url}?{WITHOUT_OUR_LIMITS}")
    assert records.get(a_container().id).name
    store.open_store(url)
    assert len(records.active()) == 1


@pytest.fixture(params=["", "ignore_startup_parameters = options"], ids=["strict", "lenient"])
def pooler(request: pytest.FixtureRequest, postgresql_server: Server) -> Iterator[int]:
    """The port of a real PgBouncer that pools by transaction, with two connections for all."""
    program = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")
    if program is None:
        pytest.skip("PgBouncer is not installed")
    port = free_port()
    settings = (
        "[databases]", f"* = host=127.0.0.1 port={postgresql_server.port} user=tests", "[pgbouncer]",
        "listen_addr = 127.0.0.1", f"listen_port = {port}", "auth_type = any", "pool_mode = transaction",
        "default_pool_size = 2", "unix_socket_dir =", str(request.param),
    )  # fmt: skip
    # Not in the folder of the test, which only we may enter.
    folder = Path(tempfile.mkdtemp(prefix="proximity-pgbouncer-"))
    folder.chmod(0o755)
    file = folder / "pgbouncer.ini"
    file.write_text("\n".join(settings))
    process = subprocess.Popen([program, str(file)], user=postgresql_server.user, stderr=subprocess.DEVNULL)
    try:
        until(lambda: listens(port))
        yield port
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def test_many_work_through_a_real_pooler(ready_postgresql: str, postgresql_server: Server, pooler: int) -> None:
    url = ready_postgresql.replace(str(postgresql_server.port), str(pooler))
    store.open_store(url)

    def work(number: int) -> None:
        for round_ in range(4):
            leases.acquire("prod", f"jump1:{number}:x", timedelta(seconds=5))
            a_container(vmid=1000 * (number + 1) + round_, name=f"web{number}")
            alerts.open_alerts()

    at_once(*(partial(work, number) for number in range(4)))
    assert len(records.active()) == 16
    assert "pooler" in (store.remark() or "")
    store.open_store(url)
    assert events.verify().whole


def test_law_6_a_schema_that_the_pooler_does_not_pass_on_is_not_looked_for_elsewhere(
    postgresql_server: Server, pooler: int
) -> None:
    url = postgresql_server.create_database(f"test_{uuid.uuid4().hex}")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA fleet")
    in_fleet = f"{url}?options=-c%20search_path%3Dfleet"
    store.open_store(in_fleet)
    a_container()
    with pytest.raises(StoreMisconfigured, match="the pooler keeps search_path of the URL from the server"):
        store.open_store(in_fleet.replace(str(postgresql_server.port), str(pooler)))
