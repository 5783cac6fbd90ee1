"""The stage of the acceptance stories: a simulated cluster with quick tasks, and our side of the wire to it."""

from __future__ import annotations

import pytest

from proximity_tui.core.jobs import scheduler
from tests.support.house import HurriedClock


@pytest.fixture
def house_clock() -> HurriedClock:
    """A clock that waits for nothing."""
    return HurriedClock()


@pytest.fixture
def quick_pulse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs of life of the scheduler ten times as often, so that nobody waits for one for long."""
    monkeypatch.setattr(scheduler, "PULSE", 0.2)
