"""One list for many inspections: read once while it is fresh, and a failure is not waited for by each."""

from __future__ import annotations

import pytest

from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.engine.observe.shared_inventory import FRESH, SharedInventory
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.simulator import Simulator
from tests.support.house import House
from tests.support.timing.at_once import at_once


class Stopped(SystemClock):
    """Goes on only when it is told to, or by so much at each question."""

    def __init__(self) -> None:
        self.seconds, self.each = 0.0, 0.0

    def monotonic(self) -> float:
        self.seconds += self.each
        return self.seconds


@pytest.fixture
def clock() -> Stopped:
    return Stopped()


@pytest.fixture
def shared(house: House, simulator: Simulator, clock: Stopped) -> SharedInventory:
    simulator.journal.clear()
    return SharedInventory(house.clients["lab"], clock)


def test_all_threads_share_one_list_until_it_is_old(
    shared: SharedInventory, simulator: Simulator, clock: Stopped
) -> None:
    lists = at_once(*[shared.read] * 4)
    assert all(found is lists[0] for found in lists)
    assert simulator.journal.count("GET", "/cluster/resources") == 1
    clock.seconds += FRESH
    assert shared.read() is not lists[0]
    assert simulator.journal.count("GET", "/cluster/resources") == 2


def test_a_failure_is_repeated_for_as_long_as_it_took_and_then_asked_about_again(
    shared: SharedInventory, simulator: Simulator, clock: Stopped
) -> None:
    fault = simulator.faults.answer(596, "Connection timed out", "/cluster/resources")
    clock.each = 10.0
    with pytest.raises(ProxmoxError):
        shared.read()
    clock.each = 0.0
    asked = simulator.journal.count("GET", "/cluster/resources")
    with pytest.raises(ProxmoxError):
        shared.read()
    assert simulator.journal.count("GET", "/cluster/resources") == asked
    simulator.faults.remove(fault)
    clock.seconds += 10.0
    assert shared.read().guests
