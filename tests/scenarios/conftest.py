"""The stage of the acceptance stories: a simulated cluster with quick tasks, and our side of the wire to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proximity_tui.core import store
from proximity_tui.core.jobs import scheduler
from proximity_tui.simulator import Simulator
from tests.support.house import House, HurriedClock


@pytest.fixture
def house_clock() -> HurriedClock:
    """A clock that waits for nothing."""
    return HurriedClock()


@pytest.fixture
def two_clusters(database: str) -> Iterator[House]:
    """One of us with two clusters that look alike: both have VMID 101 on a node called pve1."""
    with Simulator("demo", task_seconds=0.02) as lab, Simulator("demo", task_seconds=0.02, seed=2) as attic:
        yield House({"lab": lab, "attic": attic}, database, HurriedClock())
        store.close_store()


@pytest.fixture
def quick_pulse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs of life of the scheduler ten times as often, so that nobody waits for one for long."""
    monkeypatch.setattr(scheduler, "PULSE", 0.2)
