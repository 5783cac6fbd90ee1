"""What is asked for is held against what a node has: refused with what there is, or a warning where nobody may look."""

from __future__ import annotations

import pytest

from proximity_tui.core.base.secret import Secret
from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest
from proximity_tui.core.model import Plan, Refusal
from proximity_tui.core.model.actions.plan_options import CreateOptions
from proximity_tui.simulator import Simulator
from tests.support.actions.creating import planned_creation
from tests.support.house import House, gateway_to


@pytest.mark.parametrize(("wanted", "used"), [(None, "vmbr7"), ("vmbr0", None)])
def test_another_bridge_is_used_only_where_none_was_named(
    house: House, simulator: Simulator, wanted: str | None, used: str | None
) -> None:
    with simulator.world.entered() as cluster:
        cluster.bridges = ["vmbr7"]
    plan = planned_creation(house, node="pve1", bridge=wanted)
    if used is None:
        assert isinstance(plan, Refusal)
        assert "no bridge vmbr0 on pve1" in plan.reason
    else:
        assert isinstance(plan, Plan), plan
        assert plan.carries(CreateOptions).bridge == used


def test_what_the_token_may_not_see_is_said_in_the_plan_and_not_refused(house: House, simulator: Simulator) -> None:
    blind = "blind@pve!tui"
    secret = simulator.add_token(blind, {"/": ["Sys.Audit"], "/vms": ["VM.Allocate", "VM.Audit"]})
    house.engine.clients = {"lab": gateway_to(simulator, token_id=blind, token_secret=Secret(secret, "the test"))}
    plan = planned_creation(house, node="pve1", storage="local-lvm")
    assert isinstance(plan, Plan), plan
    assert [warning.partition(";")[0] for warning in plan.warnings] == [
        "not checked: storage local-lvm for root volumes on pve1",
        "not checked: storage local for templates on pve1",
        "not checked: bridge vmbr0 on pve1",
    ]
    assert "no Datastore.AllocateSpace or Datastore.Audit on /storage/local-lvm" in plan.warnings[0]


def test_another_node_is_refused_before_there_is_a_plan_where_the_volumes_are_local(house: House) -> None:
    source = house.native("web1", start=False)
    refused = house.engine.plan_clone(source, CloneRequest("web2", node="pve2"))
    assert isinstance(refused, Refusal), refused
    assert refused.code == "not_shared"
    assert "which only pve1 has" in refused.reason


def test_a_pool_that_is_named_must_be_there(house: House, simulator: Simulator) -> None:
    simulator.world.add_pool("spare")
    simulator.journal.clear()
    assert isinstance(planned_creation(house), Plan)
    assert simulator.journal.count("GET", "/pools") == 0, "none was named"
    assert isinstance(planned_creation(house, pool="spare"), Plan)
    refused = planned_creation(house, pool="nowhere")
    assert isinstance(refused, Refusal)
    assert "no pool nowhere in lab" in refused.reason
