"""A past that a simulated cluster is given reads as if it had been measured: by the minute, and by the quarter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from proximity_tui.core.model.guests.figures import MINUTE, QUARTER, FigurePoint
from proximity_tui.core.store.figures.history import series
from proximity_tui.core.store.figures.past import write_past
from tests.core.store.making import a_container

pytestmark = pytest.mark.usefixtures("opened")

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
THIS_HOUR = NOW.replace(minute=0)


def measure(at: datetime) -> FigurePoint:
    """The CPU is a tenth for each hour since midnight, modulo a whole one; the memory never changes."""
    return FigurePoint(at=at, cpu=at.hour % 10 / 10, mem=1e9, maxmem=2e9, maxdisk=8e9)


def test_the_last_hours_are_there_by_the_minute_up_to_this_one() -> None:
    web = a_container()
    write_past(web.id, measure, NOW, days=3)
    found = series([web.id], ["prod"], NOW - timedelta(hours=3), NOW, MINUTE)[web.id]
    told = dict(zip(found.times(), found.columns["cpu"], strict=True))
    assert told[THIS_HOUR - timedelta(minutes=1)] == pytest.approx(0.3, abs=0.01)
    assert told[THIS_HOUR - timedelta(hours=1, minutes=1)] == pytest.approx(0.2, abs=0.01)
    assert {value for at, value in told.items() if at >= THIS_HOUR} == {None}
    assert (found.maxmem, found.maxdisk) == (2e9, 8e9)


def test_the_days_before_are_there_by_the_quarter_of_an_hour() -> None:
    web = a_container()
    write_past(web.id, measure, NOW, days=3)
    found = series([web.id], ["prod"], NOW - timedelta(days=5), NOW, QUARTER)[web.id]
    told = dict(zip(found.times(), found.columns["cpu"], strict=True))
    first = datetime(2026, 11, 20, tzinfo=UTC)
    assert min(at for at, value in told.items() if value is not None) == first
    assert told[first + timedelta(hours=7)] == pytest.approx(0.7, abs=0.02)
