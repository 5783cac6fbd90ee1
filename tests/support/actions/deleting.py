"""How a story of deletion begins, and what it looks at when it is over."""

from __future__ import annotations

from proximity_tui.core.model import Container, Plan
from proximity_tui.simulator import Simulator
from tests.support.house import House


def planned(house: House, container: Container) -> Plan:
    """The plan of a hard delete; there must be one. What is on the wire from now on, is of its being carried out."""
    plan = house.plan_hard(container)
    assert isinstance(plan, Plan), plan
    house.simulator.journal.clear()
    return plan


def is_running(simulator: Simulator, container: Container) -> bool:
    """Proxmox itself says so."""
    seen = simulator.world.container(container.vmid or 0)
    return seen is not None and seen.status == "running"


def is_untouched(house: House, container: Container) -> bool:
    """Nothing was sent, and the record is as it was."""
    return house.wire() == [] and house.again(container) == container
