"""Lived time: what the clocks that saw both moments surely agree on, whoever set one meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proximity_tui.core.doctrine.observation.lived_time import clock_moved, lived
from proximity_tui.core.model import ClockReading
from tests.support.records.make import NOON, after

HOUR = 3600
SINCE = ClockReading(NOON, boot="first", uptime_ms=50_000_000)
SHARED = ClockReading(NOON, boot="first", uptime_ms=50_000_000, server_ms=7_000_000)


def reading(wall: float, *, boot: str = "first", awake: float = 0, server: float | None = None) -> ClockReading:
    """Noon and `wall` seconds; `awake` seconds counted since noon, or since another boot began; and the server's."""
    uptime = int(awake * 1000) + (50_000_000 if boot == "first" else 0)
    return ClockReading(after(wall), boot, uptime, None if server is None else 7_000_000 + int(server * 1000))


@pytest.mark.parametrize(
    ("why", "since", "now", "seconds"),
    [
        ("nobody touched a clock", SINCE, reading(HOUR, awake=HOUR), HOUR),
        ("the wall clock was set forward", SINCE, reading(2 * HOUR, awake=5), 5),
        ("the wall clock was set back", SINCE, reading(-2 * HOUR, awake=HOUR), HOUR),
        ("the machine slept", SINCE, reading(8 * HOUR, awake=60), 60),
        ("it is off for a night and has just started", SINCE, reading(8 * HOUR, boot="second", awake=60), 60),
        ("and has been up for an hour", SINCE, reading(9 * HOUR, boot="second", awake=HOUR), HOUR),
        ("its clock is wrong after a restart", SINCE, reading(-HOUR, boot="second", awake=60), 0),
        ("another host asks the same server", SHARED, reading(HOUR, boot="other", awake=9, server=HOUR), HOUR),
        ("that host's clock is two hours ahead", SHARED, reading(2 * HOUR, boot="other", awake=9, server=5), 5),
        ("the server's clock was set forward", SHARED, reading(5, boot="other", awake=9, server=2 * HOUR), 5),
        ("it was written before clocks were read", ClockReading(NOON), reading(HOUR, awake=9), HOUR),
    ],
)
def test_an_age_is_what_was_surely_lived(why: str, since: ClockReading, now: ClockReading, seconds: float) -> None:
    assert lived(since, now) == timedelta(seconds=seconds), why


@pytest.mark.parametrize(
    ("now", "moved"),
    [
        (reading(30, awake=30), False),
        (reading(31.9, awake=30), False),
        (reading(60, awake=30), True),
        (reading(-60, awake=30), True),
    ],
)
def test_a_clock_that_was_set_is_told_from_time_that_passed(now: ClockReading, moved: bool) -> None:
    assert clock_moved(SINCE, now) is moved
