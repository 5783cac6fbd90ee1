"""Clones as tests ask for them: the plan of one, and a source with a fixed address."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest
from proximity_tui.core.model import Container, Plan
from proximity_tui.simulator import Simulator
from tests.support.house import House

NET = "name=eth0,bridge=vmbr0,firewall=1,gw=10.0.0.1,hwaddr=BC:24:11:00:00:77,ip=10.0.0.5/24,tag=7,type=veth"


@pytest.fixture
def source(house: House, simulator: Simulator) -> Container:
    """A stopped container of somebody else's, adopted, with a fixed address."""
    vmid = simulator.world.add_container(node="pve1", hostname="web1", status="stopped")
    simulator.world.set_config(vmid, net0=NET)
    return house.adopted(vmid)


def planned(house: House, source: Container, hostname: str = "web2", **wish: Any) -> Plan:
    """The plan of a clone; it must be possible."""
    plan = house.engine.plan_clone(house.again(source), CloneRequest(hostname, **wish))
    assert isinstance(plan, Plan), plan
    return plan
