"""The ages up to which something counts as fresh. A busy machine would reach each of them between two lines of a test:
here they are so long that it does not, and a test that needs something old moves the clock, or asks for the true ones.
"""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from proximity_tui.core.doctrine.guards import permit
from proximity_tui.core.doctrine.observation import config_drift, judge, match_row
from proximity_tui.core.engine.operations import last_inspection
from proximity_tui.core.fleet import join
from proximity_tui.core.store.journal import liveness
from tests.support.timing.patient import LONGER_THAN_A_TEST

LONG = timedelta(seconds=LONGER_THAN_A_TEST)

_AGES: tuple[tuple[ModuleType, str, timedelta], ...] = (
    (permit, "LIFETIME", LONG),
    (last_inspection, "_YOUNG", LONG / 2),
    *((module, "LIST_AGE", LONG) for module in (judge, match_row, config_drift, join)),
    (liveness, "STALE", LONG),
)
_TRUE: tuple[Any, ...] = tuple(getattr(module, name) for module, name, _ in _AGES)


def let_nothing_grow_old() -> None:
    """Have a permit, the list of a cluster and a heartbeat count as fresh for longer than any test takes."""
    for module, name, long in _AGES:
        setattr(module, name, long)


def grow_old_as_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the program its own ages back until the test is over."""
    for (module, name, _), age in zip(_AGES, _TRUE, strict=True):
        monkeypatch.setattr(module, name, age)
