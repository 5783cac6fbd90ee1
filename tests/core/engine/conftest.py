"""A house on an empty simulated cluster with one container template."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proximity_tui.core import store
from proximity_tui.simulator import Simulator
from tests.support.house import House


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A demo cluster whose tasks take a twentieth of a second."""
    with Simulator("demo", task_seconds=0.05) as running:
        yield running


@pytest.fixture
def house(simulator: Simulator, database: str) -> Iterator[House]:
    """Our side of the wire to that cluster."""
    yield House({"lab": simulator}, database)
    store.close_store()
