"""The one form of a time that people read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from proximity_tui.core.base.local_time import local_time, time_of_day

NIGHT = datetime(2026, 11, 23, 23, 41, 7, tzinfo=UTC)


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize(
    ("zone", "whole", "today", "tomorrow"),
    [
        ("UTC0", "2026-11-23 23:41:07 UTC", "23:41 UTC", "2026-11-23 23:41 UTC"),
        ("XYZ-1", "2026-11-24 00:41:07 +0100", "00:41 +0100", "2026-11-24 00:41 +0100"),
        ("XYZ+3:30", "2026-11-23 20:11:07 -0330", "20:11 -0330", "2026-11-23 20:11 -0330"),
    ],
    indirect=["zone"],
)
def test_a_time_is_of_this_host_and_tells_its_zone(whole: str, today: str, tomorrow: str) -> None:
    assert local_time(NIGHT) == whole
    assert local_time(NIGHT, seconds=False) == tomorrow
    assert time_of_day(NIGHT, NIGHT) == today
    assert time_of_day(NIGHT, NIGHT + timedelta(days=1)) == tomorrow
