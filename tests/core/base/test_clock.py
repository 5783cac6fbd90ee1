"""Waiting for something, on a clock of the test's own."""

import pytest

from proximity_tui.core.base.clock import SystemClock, attempts


class ByHand(SystemClock):
    """A clock that only moves when somebody sleeps on it, or moves it."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.mark.parametrize(("patience", "looks"), [(0.0, [100.0]), (2.0, [100.0, 101.0, 102.0]), (1.5, [100, 101, 102])])
def test_there_is_one_attempt_at_least_and_the_last_is_not_before_the_end(patience: float, looks: list[float]) -> None:
    clock = ByHand()
    assert [clock.seconds for _ in attempts(clock, patience, 1.0)] == looks


def test_an_attempt_that_outlasts_the_patience_is_the_last() -> None:
    clock, made = ByHand(), 0
    for _ in attempts(clock, 2.0, 1.0):
        made += 1
        clock.seconds += 5
    assert (made, clock.seconds) == (1, 105.0)
