"""Fixtures of a simulated cluster and of our side of the wire to it. What a story needs otherwise, it overrides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from proximity_tui.core.base.clock import Clock
    from proximity_tui.core.model import Container
    from proximity_tui.simulator import Simulator
    from tests.support.house import House


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """The demo cluster, whose tasks take a fiftieth of a second."""
    from proximity_tui.simulator import Simulator  # only here: most tests need none

    with Simulator("demo", task_seconds=0.02) as running:
        yield running


@pytest.fixture
def house_clock() -> Clock | None:
    """The clock of our side; None for that of the system."""
    return None


@pytest.fixture
def house(simulator: Simulator, database: str, house_clock: Clock | None) -> Iterator[House]:
    """Our side of the wire to that cluster, with an empty database."""
    from proximity_tui.core import store
    from tests.support.house import House

    yield House({"lab": simulator}, database, house_clock)
    store.close_store()


@pytest.fixture
def two_clusters(database: str) -> Iterator[House]:
    """One of us with two clusters that look alike: both have VMID 101 on a node called pve1."""
    from proximity_tui.core import store
    from proximity_tui.simulator import Simulator
    from tests.support.house import House, HurriedClock

    with Simulator("demo", task_seconds=0.02) as lab, Simulator("demo", task_seconds=0.02, seed=2) as attic:
        yield House({"lab": lab, "attic": attic}, database, HurriedClock())
        store.close_store()


@pytest.fixture
def fleet(house: House) -> list[Container]:
    """web-1 on pve1, web-2 on pve2 and web-3 on pve3, all in the pool `prod`: adopted, and found well by one run."""
    from proximity_tui.core.model.job import JobOutcome

    adopted = [house.adopted(vmid, port=80) for vmid in (101, 102, 103)]
    assert house.reconcile().outcome is JobOutcome.COMPLETE
    house.simulator.journal.clear()
    return adopted
