"""The plan of a clone: what cannot be is refused with what there is, and what is not asked for stays as it is."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest
from proximity_tui.core.model import Container, Refusal, StepName
from proximity_tui.simulator import Simulator
from tests.support.actions.cloning import planned, source
from tests.support.house import House

__all__ = ["source"]


def test_what_is_not_asked_for_stays_and_no_step_is_made_for_nothing(house: House, source: Container) -> None:
    for wish in ({}, {"bridge": "vmbr0"}, {"address": "10.0.0.5/24"}, {"vlan": 7, "gateway": "10.0.0.1"}):
        plan = planned(house, source, **wish)
        assert StepName.CHANGE not in [step.name for step in plan.steps], wish
        assert any("same fixed IP address" in one for one in plan.warnings), wish


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"address": "10.1.0.9/24"}, "gateway 10.0.0.1 is not in the network 10.1.0.0/24"),
        ({"address": "10.1.0.9"}, "with its prefix"),
        ({"address": "10.1.0.0/24"}, "is not the address of a host"),
        ({"gateway": "10.9.9.9"}, "is not in the network"),
        ({"gateway": "here"}, "is not the IPv4 address of a gateway"),
        ({"address": "dhcp", "gateway": "10.0.0.1"}, "a gateway needs an address"),
        ({"vlan": 4095}, "VLAN"),
        ({"bridge": "no bridge"}, "is not the name of a bridge"),
        ({"bridge": "vmbr77"}, "there is no bridge vmbr77 on pve1"),
        ({"network": "net3", "vlan": 3}, "has no network card net3: it has net0"),
        ({"network": "mp0", "vlan": 3}, "is not a network card"),
        ({"network": "net0"}, "say what net0 is to have"),
    ],
)
def test_what_cannot_be_is_refused_before_there_is_a_plan(
    house: House, source: Container, wish: dict[str, Any], said: str
) -> None:
    refused = house.engine.plan_clone(source, CloneRequest("web2", **wish))
    assert isinstance(refused, Refusal), refused
    assert said in refused.reason


def test_a_copy_that_may_not_fit_is_said_before(house: House, simulator: Simulator) -> None:
    source = house.native("web1", start=False)
    simulator.world.set_config(source.vmid or 0, rootfs=f"local-lvm:vm-{source.vmid}-disk-0,size=900T")
    (said,) = [warning for warning in planned(house, source).warnings if "free" in warning]
    assert "local-lvm has only " in said
    assert "free, and the volumes may grow to 900T" in said
    (there,) = [warning for warning in planned(house, source, storage="local").warnings if "free" in warning]
    assert there.startswith("local has only ")
