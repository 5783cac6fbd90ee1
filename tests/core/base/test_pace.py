"""The pace of many: a rate, and what is left of it in words."""

from __future__ import annotations

import pytest

from proximity_tui.core.base.pace import rate, time_left


@pytest.mark.parametrize(
    ("done", "seconds", "words", "left"),
    [
        (0, 9.0, "", ""),
        (5, 0.0, "", ""),
        (125, 10.0, "12.5/s", "30 s left"),
        (250, 500.0, "0.5/s", "8 min 20 s left"),
        (1, 20.0, "3.0/min", "2 h 46 min left"),
        (499, 49.9, "10.0/s", "1 s left"),
        (500, 40.0, "12.5/s", ""),
    ],
)
def test_work_under_way_says_its_rate_and_the_time_that_is_left(
    done: int, seconds: float, words: str, left: str
) -> None:
    assert (rate(done, seconds), time_left(done, 500, seconds)) == (words, left)
