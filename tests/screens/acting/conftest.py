"""Stages for dialogs that act."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.screens.acting.deleting import create
from tests.screens.stage import Stage


@pytest.fixture
def live(set_up: Callable[..., Stage]) -> Stage:
    """A cluster whose tasks end, with the native app1 (CT 100, running)."""
    stage = set_up("demo", running_clock=True)
    create(stage, "app1", port=80)
    return stage
