"""The stage of the tests of the engine: our side of the wire waits for nothing."""

from __future__ import annotations

import pytest

from tests.support.house import HurriedClock


@pytest.fixture
def house_clock() -> HurriedClock:
    """A clock that waits for nothing."""
    return HurriedClock()
