"""Snapshots as tests ask for them: the plans to take one and to roll back to it, and what was sent."""

from __future__ import annotations

from typing import Any

from proximity_tui.core.engine.operations.outcome import Outcome
from proximity_tui.core.model import Container, Plan
from proximity_tui.core.model.actions.plan_options import RollbackOptions, SnapshotOptions
from proximity_tui.simulator import Simulator
from tests.support.house import House

BASE = SnapshotOptions("base", "before the upgrade")


def taking(house: House, container: Container) -> Plan:
    """The plan to take that snapshot; it must be possible."""
    plan = house.engine.plan_snapshot(container, BASE)
    assert isinstance(plan, Plan), plan
    return plan


def take(house: House, container: Container) -> Outcome:
    """Take that snapshot, and return how it ended."""
    return house.engine.carry_out(taking(house, container), container)


def rolling_back(house: House, container: Container, **how: Any) -> Plan:
    """The plan to roll back to that snapshot; it must be possible."""
    plan = house.engine.plan_rollback_snapshot(container, RollbackOptions("base", **how))
    assert isinstance(plan, Plan), plan
    return plan


def sent(simulator: Simulator) -> list[str]:
    """Every write that reached Proxmox, without what they have in common."""
    return [f"{entry.method} {entry.path.partition('/lxc/')[2]}" for entry in simulator.journal.writes()]
