"""The reads of a plan: each cluster is asked once for what several steps rest on, and what is denied is a refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from proximity_tui.core.base.secret import Secret
from proximity_tui.core.engine.operations.planners.plan_reads import reads_once, refused_where_denied
from proximity_tui.core.model import CreateRequest, GuestConfig, Plan, Refusal
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.trust import Trust
from proximity_tui.simulator import Simulator
from tests.support.house import TEMPLATE, House


class Planning:
    """Something that plans, and reads the storages of a node for two of its steps."""

    def __init__(self, clients: Mapping[str, PveClient]) -> None:
        self.clients = clients

    def plan(self) -> None:
        for _ in range(2):
            self.clients["lab"].storages("pve1")

    planned_at_once = reads_once(plan)


def test_what_several_steps_rest_on_is_asked_for_once_a_plan(house: House, simulator: Simulator) -> None:
    planning = Planning(house.clients)
    for plan, requests in ((planning.planned_at_once, 1), (planning.planned_at_once, 1), (planning.plan, 2)):
        simulator.journal.clear()
        plan()
        assert simulator.journal.count("GET", "/nodes/pve1/storage") == requests


@pytest.fixture
def two_urls(house: House, simulator: Simulator) -> Iterator[Simulator]:
    """A second server of the lab, which the clients of the house know, too."""
    with Simulator("demo") as second:
        with second.world.entered() as cluster:
            cluster.access.tokens[second.token_id].secret = simulator.token_secret
        secret = Secret(simulator.token_secret, "the test")
        urls = (simulator.url, second.url)
        settings = ClusterSettings("lab", urls, simulator.token_id, secret, Trust(insecure=True))
        house.clients["lab"] = PveClient(settings, house.clock)
        yield second


def test_a_first_plan_is_made_from_the_server_with_a_quorum(
    house: House, simulator: Simulator, two_urls: Simulator
) -> None:
    simulator.world.set_quorate(False)
    simulator.world.set_node_online("pve2", False)
    for node in ("pve1", "pve2"):
        plan = house.hands().plan_create("lab", CreateRequest(TEMPLATE, "web1", node=node))
        assert isinstance(plan, Plan), plan
    assert house.clients["lab"].url == two_urls.url


def test_a_server_that_was_cut_off_is_asked_who_has_a_quorum_and_for_no_plan(
    house: House, simulator: Simulator, two_urls: Simulator
) -> None:
    simulator.world.set_quorate(False)
    simulator.world.set_node_online("pve2", False)
    simulator.journal.clear()
    refused = house.hands().plan_create("lab", CreateRequest(TEMPLATE, "web1", vmid=101))
    assert isinstance(refused, Refusal)
    asked = {entry.path for entry in simulator.journal.entries()}
    assert "/cluster/status" in asked
    assert not {path for path in asked if "/storage" in path or "nextid" in path or "resources" in path}, asked


def test_a_refusal_that_is_not_of_the_server_stands_and_asks_no_other_plan(
    house: House, simulator: Simulator, two_urls: Simulator
) -> None:
    refused = house.hands().plan_create("lab", CreateRequest(TEMPLATE, "web1", vmid=101))
    assert isinstance(refused, Refusal)
    assert "101" in refused.reason
    assert [entry.path for entry in two_urls.journal.entries()] == []
    simulator.journal.clear()
    assert isinstance(house.hands().plan_create("lab", CreateRequest(TEMPLATE, "not a name")), Refusal)
    assert [entry.path for entry in simulator.journal.entries()] == [], "nothing was asked, so nobody can know better"


def test_what_the_token_may_not_read_refuses_the_plan_and_silence_does_not(house: House, simulator: Simulator) -> None:
    @refused_where_denied
    def plan() -> GuestConfig | Refusal:
        return house.clients["lab"].config(101, "pve1")

    assert isinstance(plan(), GuestConfig)
    simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit"]})
    refused = plan()
    assert isinstance(refused, Refusal)
    assert (refused.code, "VM.Audit" in refused.reason) == ("denied", True)
    assert refused.reason.endswith("; nothing was sent to Proxmox")
    simulator.faults.drop()
    with pytest.raises(ProxmoxError):
        plan()
