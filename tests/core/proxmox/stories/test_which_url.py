"""Of several URLs, one with a quorum is preferred: a server that was cut off answers reads as well as any."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from proximity_tui.core.base.secret import Secret
from proximity_tui.core.doctrine.guards.write_permit import WriteAction
from proximity_tui.core.engine.observe.inspection import inspect_guest
from proximity_tui.core.model import GuestDetail
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.quorum import SEARCH_EVERY
from proximity_tui.core.proxmox.reads.cluster_reads import QUORUM_AGE
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.trust import Trust
from proximity_tui.simulator import Simulator
from tests.core.proxmox.conftest import Leaping
from tests.support.records.permits import permit_to

STATUS = "/cluster/status"


@pytest.fixture
def servers() -> Iterator[tuple[Simulator, Simulator]]:
    """Two servers of one cluster that see different things; the second alone has CT 990."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(Simulator("demo")) for _ in range(2))
        with second.world.entered() as cluster:
            cluster.access.tokens[second.token_id].secret = first.token_secret
        second.world.add_container(990, node="pve1", hostname="new")
        yield first, second


@pytest.fixture
def client(servers: tuple[Simulator, Simulator], clock: Leaping) -> PveClient:
    """A client that knows both URLs."""
    first, second = servers
    secret = Secret(first.token_secret, "the test")
    return PveClient(
        ClusterSettings("lab", (first.url, second.url), first.token_id, secret, Trust(insecure=True)), clock
    )


def asked(simulator: Simulator, read: Callable[[], object]) -> list[str]:
    """The requests that a server gets while something is read."""
    simulator.journal.clear()
    read()
    return [entry.path for entry in simulator.journal.entries()]


def test_the_list_comes_from_the_url_with_a_quorum_and_stays_there(
    servers: tuple[Simulator, Simulator], client: PveClient, clock: Leaping
) -> None:
    first, second = servers
    first.world.set_quorate(False)
    seen = client.inventory()
    assert (seen.quorum.quorate, 990 in seen.guests, client.url) == (True, True, second.url)
    first.world.set_quorate(True)
    clock.ahead += 2 * SEARCH_EVERY
    assert asked(first, client.inventory) == []
    assert client.url == second.url


def test_an_inspection_is_of_one_server(servers: tuple[Simulator, Simulator], client: PveClient) -> None:
    first, _ = servers
    first.world.set_quorate(False)
    seen = inspect_guest(client, 101)
    assert isinstance(seen, GuestDetail)
    assert seen.quorum.quorate is True
    assert asked(first, lambda: inspect_guest(client, 101)) == []
    assert isinstance(inspect_guest(client, 990), GuestDetail)


def test_while_all_is_well_no_other_url_is_asked(servers: tuple[Simulator, Simulator], client: PveClient) -> None:
    _, second = servers
    assert asked(second, client.inventory) == []
    assert asked(second, lambda: inspect_guest(client, 101)) == []


def test_where_none_has_a_quorum_the_others_are_asked_now_and_then(
    servers: tuple[Simulator, Simulator], client: PveClient, clock: Leaping
) -> None:
    first, second = servers
    for one in servers:
        one.world.set_quorate(False)
    assert asked(second, client.inventory) == [STATUS]
    assert asked(second, client.quorum) == []
    clock.ahead += SEARCH_EVERY
    assert asked(second, client.quorum) == [STATUS]
    assert client.url == first.url
    assert client.inventory().quorum.quorate is False


def test_an_other_url_that_does_not_answer_costs_nothing(
    servers: tuple[Simulator, Simulator], client: PveClient
) -> None:
    first, second = servers
    first.world.set_quorate(False)
    second.faults.drop(STATUS)
    assert client.inventory().quorum.quorate is False
    assert client.url == first.url


def test_a_server_that_left_the_cluster_is_not_preferred(
    servers: tuple[Simulator, Simulator], client: PveClient
) -> None:
    first, second = servers
    client.inventory()
    first.world.set_quorate(False)
    mine = [{"type": "cluster", "name": "mine", "quorate": 1}, {"type": "node", "name": "pve1", "online": 1}]
    second.faults.rewrite(lambda _: mine, STATUS)
    assert client.quorum().quorate is False
    assert client.url == first.url


def test_the_list_of_one_server_is_never_believed_by_the_quorum_of_another(
    servers: tuple[Simulator, Simulator], client: PveClient, clock: Leaping
) -> None:
    """The first one dies between the two requests; its list lacks CT 990."""
    first, second = servers
    clock.ahead += QUORUM_AGE
    first.faults.drop(STATUS)
    seen = client.inventory()
    assert client.url == second.url
    assert (seen.quorum.quorate, 990 in seen.guests) == (True, True)


def test_a_write_goes_to_the_server_that_was_inspected_whichever_another_thread_came_to_prefer(
    servers: tuple[Simulator, Simulator], client: PveClient
) -> None:
    first, second = servers
    permit = permit_to(client, WriteAction.STOP, 101, "pve1")
    fault = first.faults.drop("/version")
    other = threading.Thread(target=client.version)
    other.start()
    other.join()
    first.faults.remove(fault)
    assert client.url == second.url
    client.stop(permit)
    assert (len(first.journal.writes()), len(second.journal.writes())) == (1, 0)


def test_a_quorum_that_is_lost_is_not_kept_for_the_url_that_has_one(
    servers: tuple[Simulator, Simulator], client: PveClient
) -> None:
    first, second = servers
    first.world.set_quorate(False)
    assert client.quorum().quorate is False
    assert client.url == second.url
    assert client.quorum(age=QUORUM_AGE).quorate is True
