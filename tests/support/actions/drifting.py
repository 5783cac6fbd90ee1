"""Drift as tests look at it: a close look, the plan to accept what is there, and a clock that can be put forward."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from proximity_tui.core.doctrine.observation import judge
from proximity_tui.core.engine.observe import inspection
from proximity_tui.core.engine.observe.drift_check import compare_with_record
from proximity_tui.core.model import Container, Plan
from tests.support.house import House, HurriedClock


class LeapingClock(HurriedClock):
    """A clock that a test can put forward."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.ahead


@pytest.fixture
def clock() -> LeapingClock:
    return LeapingClock()


@pytest.fixture
def house_clock(clock: LeapingClock) -> LeapingClock:
    return clock


def time_passes(house: House, clock: LeapingClock) -> None:
    """Every node has told of its guests since, and no look is young any more."""
    clock.ahead += judge.LIST_AGE
    house.simulator.world.broadcast()


def look_closely(house: House, container: Container, *, remember: bool = True) -> list[str]:
    """What `show` does: a look, compared with the clinical record."""
    found = compare_with_record(
        house.again(container), inspection.inspect_guest(house.clients["lab"], container.vmid or 0), remember=remember
    )
    assert found.changes is not None
    return [change.key for change in found.changes]


def planned_acceptance(house: House, container: Container) -> Plan:
    """The plan to accept the config that is there; it must be possible."""
    plan = house.engine.plan_acceptance(house.again(container))
    assert isinstance(plan, Plan), plan
    return plan
