"""The plan of a new container: what is wished for is held against the cluster, and what it may not be is refused."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.base.secret import Secret
from proximity_tui.core.model import Plan, Refusal
from proximity_tui.core.store.records import records
from proximity_tui.simulator import Simulator
from tests.support.actions.creating import planned_creation
from tests.support.house import TEMPLATE, House, gateway_to


@pytest.mark.parametrize(
    ("wish", "code", "sentence"),
    [
        ({"node": "pve1.lan"}, "not_found", "no node pve1.lan in lab; did you mean pve1? there are: pve1, pve2, pve3"),
        ({"node": "pve1/x"}, "invalid", "a host name without its domain"),
        ({"node": "PVE1"}, "not_found", "no node PVE1 in lab; did you mean pve1? there are: pve1, pve2, pve3"),
        ({"node": "nosuch"}, "not_found", "there are: pve1, pve2, pve3"),
        ({"storage": "nosuch"}, "not_found", "no storage nosuch for root volumes on pve1; there are: "),
        ({"storage": "-x"}, "invalid", "not the name of a storage"),
        ({"template": TEMPLATE + ".gone"}, "not_found", f"did you mean {TEMPLATE}?"),
        (
            {"template": "local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst"},
            "not_found",
            "as root on pve1: pveam download local debian-13-standard_13.1-2_amd64.tar.zst",
        ),
        ({"template": "nosuch:vztmpl/x.tar"}, "not_found", "no storage nosuch for templates on pve1; there are: "),
        ({"bridge": "vmbr99"}, "not_found", "no bridge vmbr99 on pve1; did you mean vmbr"),
        ({"bridge": "a b"}, "invalid", "not the name of a bridge"),
        ({"memory_mib": 10**30}, "invalid", "memory: at least 16 MiB, at most"),
        ({"cores": 9000}, "invalid", "cores: at least 1, at most 8192"),
        ({"vmid": 101}, "vmid_taken", "VMID 101 is taken: another guest has it; 1"),
        ({"pool": "nosuch"}, "not_found", "there is no pool nosuch in lab"),
        ({"address": "10.0.0.5/24", "gateway": "10.0.1.1"}, "invalid", "not in the network 10.0.0.0/24"),
    ],
)
def test_a_wish_that_the_cluster_cannot_meet_is_refused_with_what_there_is(
    house: House, wish: dict[str, Any], code: str, sentence: str
) -> None:
    refused = planned_creation(house, **{"node": "pve1", **wish})
    assert isinstance(refused, Refusal), refused
    assert (refused.code, sentence in refused.reason) == (code, True), refused
    assert records.active() == ()


def test_a_vmid_that_only_a_record_of_ours_has_is_taken(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    simulator.world.destroy_outside(101)
    refused = planned_creation(house, node="pve1", vmid=101)
    assert isinstance(refused, Refusal)
    assert (refused.code, f"our record of {ours.name} has it" in refused.reason) == ("vmid_taken", True), refused


def test_everything_that_was_asked_for_is_in_the_new_container(house: House, simulator: Simulator) -> None:
    simulator.world.add_pool("dev")
    plan = planned_creation(
        house,
        node="pve1",
        vmid=777,
        vlan=20,
        address="10.0.0.5/24",
        gateway="10.0.0.1",
        address6="2001:db8::5/64",
        gateway6="fe80::1",
        dns=("10.0.0.2", "10.0.0.3"),
        search_domain="lab.example",
        swap_mib=0,
        tags=("web", "dev"),
        pool="dev",
        onboot=True,
    )
    assert isinstance(plan, Plan), plan
    assert (plan.vmid, plan.warnings) == (777, ())
    network = "vmbr0, VLAN 20, 10.0.0.5/24, gateway 10.0.0.1, IPv6 2001:db8::5/64, gateway fe80::1"
    for part in (network, "nesting on, which", "tags web and dev", "pool dev"):
        assert part in plan.steps[0].reason
    made = house.engine.create(plan)
    assert made.success, made
    config = house.clients["lab"].config(777, "pve1").config
    card = set(config["net0"].split(","))
    assert {"bridge=vmbr0", "gw=10.0.0.1", "ip=10.0.0.5/24", "ip6=2001:db8::5/64", "gw6=fe80::1", "tag=20"} <= card
    assert (config["nameserver"], config["searchdomain"]) == ("10.0.0.2 10.0.0.3", "lab.example")
    assert [str(config[key]) for key in ("swap", "onboot", "features", "tags")] == ["0", "1", "nesting=1", "dev;web"]
    with simulator.world.entered() as cluster:
        assert 777 in cluster.pools["dev"].members


def test_a_token_of_a_pool_creates_without_the_tags_that_it_may_not_set(house: House, simulator: Simulator) -> None:
    simulator.world.add_pool("dev")
    scoped = "scoped@pve!tui"
    rights = "VM.Allocate VM.Audit VM.Config.Disk VM.Config.CPU VM.Config.Memory VM.Config.Network VM.Config.Options"
    acl = {
        "/": ["Sys.Audit"],
        "/pool/dev": [*rights.split(), "Pool.Audit"],
        "/storage": ["Datastore.AllocateSpace", "Datastore.Audit"],
        "/sdn": ["SDN.Use"],
    }
    secret = simulator.add_token(scoped, acl)
    house.engine.clients = {"lab": gateway_to(simulator, token_id=scoped, token_secret=Secret(secret, "the test"))}
    plan = planned_creation(house, node="pve1", pool="dev", tags=("web",), vmid=777)
    assert isinstance(plan, Plan), plan
    assert any("pct set 777 --tags 'web'" in warning for warning in plan.warnings), plan.warnings
    made = house.engine.create(plan)
    assert made.success, made
