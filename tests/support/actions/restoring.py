"""Restores as tests ask for them: a container that is lost, and the plan to bring it back."""

from __future__ import annotations

from dataclasses import replace

from proximity_tui.core.doctrine.actions.restore.restoring import RestoreRequest
from proximity_tui.core.model import Container, Plan, Refusal
from proximity_tui.core.store.records import records
from tests.support.house import House


def lose(house: House, container: Container) -> Container:
    """Have a container destroyed by somebody, and found gone; return its tombstone."""
    assert container.vmid is not None
    house.simulator.world.destroy_outside(container.vmid)
    house.simulator.world.broadcast()
    house.reconcile_twice()
    return records.get(container.id)


def plan_for(house: House, record: Container, **choices: object) -> Plan:
    """The plan to restore a container; it must be possible."""
    planned = house.engine.plan_restore(record, replace(RestoreRequest(), **choices))  # type: ignore[arg-type]
    assert isinstance(planned, Plan), planned
    return planned


def refused_for(house: House, record: Container, **choices: object) -> Refusal:
    """The refusal to restore a container; there must be one."""
    planned = house.engine.plan_restore(record, replace(RestoreRequest(), **choices))  # type: ignore[arg-type]
    assert isinstance(planned, Refusal), planned
    return planned
