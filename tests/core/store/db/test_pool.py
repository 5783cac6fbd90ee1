"""A shared database that goes away: every wait ends, the reason is one sentence, and afterwards it works by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn
from unittest.mock import patch

import psycopg
import pytest

from proximity_tui.core import store
from proximity_tui.core.jobs.lease import LeaseKeeper
from proximity_tui.core.model import Container
from proximity_tui.core.store import database, events
from proximity_tui.core.store.db import pool, waits
from proximity_tui.core.store.db.store_errors import CommitUnknown, StoreError, StoreUnavailable, translated
from proximity_tui.core.store.records import records
from tests.core.store.making import a_container, raw
from tests.support.servers.postgresql import Server
from tests.support.servers.tcp_proxy import Wire
from tests.support.timing.at_once import at_once
from tests.support.timing.unhurried import UNHURRIED
from tests.support.timing.waiting import LONGEST, until


@pytest.fixture
def opened(ready_postgresql: str) -> Iterator[str]:
    """The open PostgreSQL store, with nothing in it."""
    store.open_store(ready_postgresql)
    yield ready_postgresql
    store.close_store()


@pytest.fixture
def wire(postgresql_server: Server) -> Iterator[Wire]:
    """A wire to the server that can go dead."""
    made = Wire(postgresql_server.port)
    yield made
    made.close()


@pytest.fixture
def wired(ready_postgresql: str, wire: Wire) -> Iterator[str]:
    """The open store at the other end of that wire."""
    url = ready_postgresql.rpartition("@")[0] + f"@127.0.0.1:{wire.port}/ready"
    store.open_store(url)
    yield url
    store.close_store()


@contextmanager
def given_up_soon() -> Iterator[None]:
    """No answer is waited for long, while none can come. Before and afterwards a slow one is no dead one."""
    connections = vars(database.opened().db)["connect_params"]
    with (
        patch.object(pool, "PATIENCE", 0.5),
        patch.object(pool, "PROBE_PATIENCE", 0.5),
        patch.object(pool, "REST", 3600.0),
        # The shortest that the library knows.
        patch.dict(connections, connect_timeout=2),
    ):
        yield


def borrowed_at_once(count: int) -> None:
    """So many threads ask at the same time, so that so many connections are pooled afterwards."""
    together = threading.Barrier(count)

    def ask() -> None:
        with database.unit():
            together.wait(timeout=LONGEST)

    at_once(*[ask] * count)


def test_connections_that_an_administrator_terminated_are_replaced_unnoticed(
    opened: str, postgresql_server: Server
) -> None:
    web = a_container()
    borrowed_at_once(3)
    assert postgresql_server.close_connections("ready") >= 3

    assert records.active() == (web,)
    assert a_container(vmid=102).vmid == 102
    assert events.verify().whole


def test_a_connection_terminated_within_a_transaction_costs_that_transaction_and_nothing_else(
    opened: str, postgresql_server: Server
) -> None:
    def interrupted() -> None:
        with store.transaction():
            a_container()
            postgresql_server.close_connections("ready")
            a_container(vmid=102)

    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        interrupted()

    assert records.active() == (), "nothing of it was kept"
    assert a_container(vmid=103).vmid == 103
    assert events.verify().whole


def test_law_5_a_commit_whose_answer_was_lost_is_not_called_a_failure(wired: str, wire: Wire) -> None:
    wire.lose_answer_to(b"COMMIT")
    with pytest.raises(CommitUnknown, match=r"cannot be reached.*\. Whether this was written is not known"):
        a_container()
    until(reachable)
    assert len(records.active()) == 1, "it was written"
    assert a_container(vmid=102).vmid == 102
    assert events.verify().whole


def test_a_connection_that_ends_before_a_migration_is_told_in_a_sentence(
    opened: str, postgresql_server: Server
) -> None:
    """No exception of the driver leaves the store: it would be told as a mistake of ours."""
    connections = database.opened().db
    assert isinstance(connections, pool.Pool)
    with database.unit():
        postgresql_server.close_connections("ready")
        with pytest.raises(StoreUnavailable, match="cannot be reached"), translated():
            connections.with_long_statements().__enter__()


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_a_server_that_is_restarted_is_found_again(opened: str, postgresql_server: Server, mode: str) -> None:
    web = a_container()
    borrowed_at_once(3)
    postgresql_server.stop(mode)
    try:
        for ask in (records.active, store.data_version, a_container):
            with pytest.raises(StoreUnavailable, match="cannot be reached"):
                ask()
    finally:
        postgresql_server.start()

    until(reachable)
    assert records.active() == (web,)
    assert a_container(vmid=102).vmid == 102


def test_a_cut_network_is_found_again(wired: str, wire: Wire) -> None:
    web = a_container()
    borrowed_at_once(3)
    wire.cut()
    assert records.active() == (web,)


def test_a_network_that_swallows_everything_ends_every_wait(wired: str, wire: Wire) -> None:
    web = a_container()
    borrowed_at_once(5)
    wire.die()

    with given_up_soon(), pytest.raises(StoreUnavailable, match="cannot be reached"):
        records.active()

    wire.mend()
    until(reachable)
    assert records.active() == (web,)


def test_a_statement_under_way_when_the_network_dies_is_given_up(wired: str, wire: Wire) -> None:
    def cut_off() -> None:
        with store.transaction():
            a_container()
            wire.die()
            with given_up_soon():
                a_container(vmid=102)

    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        cut_off()

    wire.mend()
    until(reachable)
    assert records.active() == ()


def test_who_waits_behind_a_failed_connect_fails_with_it(wired: str, wire: Wire) -> None:
    wire.die()
    wire.cut()
    before = wire.accepted

    def ask() -> StoreError | None:
        try:
            records.active()
        except StoreError as error:
            return error
        return None

    with given_up_soon():
        said = at_once(*[ask] * 12)
    assert all(isinstance(error, StoreUnavailable) for error in said)
    assert wire.accepted - before == 1, "nobody waited for a connect of its own"


def test_more_threads_than_connections_are_told_so_in_a_sentence(
    ready_postgresql: str, closed_after: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waits, "CONNECTION", 0.05)
    store.open_store(ready_postgresql)
    borrowing, done = threading.Barrier(pool.LARGEST + 1), threading.Event()

    def hold() -> None:
        with database.unit():
            raw("SELECT 1")
            borrowing.wait(timeout=LONGEST)
            done.wait(timeout=LONGEST)

    threads = [threading.Thread(target=hold) for _ in range(pool.LARGEST)]
    for thread in threads:
        thread.start()
    borrowing.wait(timeout=LONGEST)
    try:
        with pytest.raises(StoreUnavailable, match="all 20 sessions with the database are in use"):
            records.active()
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert records.active() == ()


@pytest.mark.parametrize("given_back", [True, False])
def test_where_the_server_accepts_no_more_one_waits_for_another_of_this_process(
    ready_postgresql: str, closed_after: None, monkeypatch: pytest.MonkeyPatch, given_back: bool
) -> None:
    """An administrator may limit the connections of a role."""
    monkeypatch.setattr(waits, "CONNECTION", LONGEST if given_back else 0.05)
    store.open_store(ready_postgresql)
    refused, ended = threading.Event(), list[object]()

    def refuse(**_: object) -> NoReturn:
        refused.set()
        raise psycopg.OperationalError('FATAL: too many connections for role "few"')

    def wait() -> None:
        try:
            ended.append(records.active())
        except StoreUnavailable as error:
            ended.append(error.fault)

    waiter = threading.Thread(target=wait)
    with database.unit():
        raw("SELECT 1")
        vars(database.opened())["db"].close_idle()
        monkeypatch.setattr(pool.PostgresqlConnection, "connect", refuse)
        waiter.start()
        assert refused.wait(timeout=LONGEST)
        if not given_back:
            waiter.join()
    waiter.join()
    assert ended == [() if given_back else "the database server accepts no more connections now"]


def test_nobody_stays_connected_to_a_store_that_was_closed(opened: str, postgresql_server: Server) -> None:
    borrowed_at_once(3)
    in_use, closed = threading.Event(), threading.Event()

    def hold() -> None:
        with database.unit():
            in_use.set()
            closed.wait(timeout=LONGEST)

    thread = threading.Thread(target=hold)
    thread.start()
    assert in_use.wait(timeout=LONGEST)
    store.close_store()
    until(lambda: postgresql_server.connected("ready") == 1)
    closed.set()
    thread.join()
    until(lambda: postgresql_server.connected("ready") == 0)


def test_a_lease_outlives_terminated_connections_and_a_restart(opened: str, postgresql_server: Server) -> None:
    lost: list[object] = []
    keeper = LeaseKeeper("prod", "jump1:10:aa", times=UNHURRIED, on_lost=lost.append)
    keeper.start()
    try:
        until(lambda: keeper.held is not None)
        token = keeper.held.token if keeper.held else None
        postgresql_server.close_connections("ready")
        postgresql_server.stop("fast")
        postgresql_server.start()
        until(reachable)
        renewed = raw("SELECT renewed_at FROM lease")
        until(lambda: raw("SELECT renewed_at FROM lease") != renewed)
        assert keeper.held is not None
        assert keeper.held.token == token
        assert lost == []
    finally:
        keeper.stop(timeout=LONGEST)


def reachable() -> bool:
    """Whether the database answers."""
    try:
        seen: tuple[Container, ...] = records.active()
    except StoreUnavailable:
        return False
    return seen is not None
