"""A server that took no writes when it was opened and takes them now, as a promoted standby; and the reverse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from proximity_tui.core import store
from proximity_tui.core.store.db.store_errors import StoreUnavailable
from proximity_tui.core.store.records import records
from tests.core.store.making import a_container
from tests.support.servers.postgresql import Server, as_standby, promote

pytestmark = pytest.mark.usefixtures("closed_after")


@contextmanager
def standby(server: Server) -> Iterator[None]:
    as_standby(server, "ready")
    try:
        yield
    finally:
        promote(server, "ready")


def test_what_was_opened_as_a_standby_notices_its_promotion_and_can_be_opened_again(
    ready_postgresql: str, postgresql_server: Server
) -> None:
    with standby(postgresql_server):
        store.open_store(ready_postgresql)
        store.data_version()
        assert (store.is_read_only(), store.was_promoted()) == (True, False)
        with pytest.raises(StoreUnavailable, match="takes no writes now"):
            a_container()
    # The sessions of before were ended with it: what this asks is answered by a new one.
    store.data_version()
    assert store.was_promoted()
    store.open_again(ready_postgresql)
    assert (store.is_read_only(), store.is_writable(), store.was_promoted()) == (False, True, False)
    web = a_container()
    assert records.active() == (web,)


def test_a_database_that_cannot_be_opened_again_is_read_as_before(
    ready_postgresql: str, postgresql_server: Server
) -> None:
    with standby(postgresql_server):
        store.open_store(ready_postgresql)
        with pytest.raises(StoreUnavailable):
            store.open_again(ready_postgresql.replace("/ready", "/no_such"))
        assert records.active() == ()


def test_what_becomes_a_standby_says_so_and_is_written_again_after_its_promotion(
    ready_postgresql: str, postgresql_server: Server
) -> None:
    store.open_store(ready_postgresql)
    web = a_container()
    with standby(postgresql_server):
        assert records.active() == (web,)
        with pytest.raises(StoreUnavailable, match=r"takes no writes now \(is it a standby\?\): nothing was written"):
            a_container(vmid=102)
    assert a_container(vmid=102).vmid == 102


def test_an_option_in_the_url_is_never_a_promotion(ready_postgresql: str) -> None:
    store.open_store(f"{ready_postgresql}&options=-c%20default_transaction_read_only%3Don")
    store.data_version()
    assert (store.is_read_only(), store.was_promoted()) == (True, False)
