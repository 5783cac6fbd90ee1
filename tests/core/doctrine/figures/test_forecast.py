"""When a disk is full: said only with enough days on one line, and always with what it rests on."""

from __future__ import annotations

import random

import pytest

from proximity_tui.core.doctrine.figures.forecast import Growth, growth, line_through

GIB = 2.0**30


def test_a_disk_that_grows_by_a_gibibyte_a_day_is_full_when_nine_are_left() -> None:
    days = [None, None, *(GIB * (5 + day) for day in range(6))]
    found = growth(days, 1, 19 * GIB)
    assert found is not None
    assert found.full_in == pytest.approx(9.0)
    assert (found.per_day, found.known, found.looked_at) == (pytest.approx(GIB), 6, 8)
    assert found.basis == "an estimate by a straight line through 6 of the last 8 days"


@pytest.mark.parametrize(
    ("days", "limit"),
    [
        ([5.0, 4.0, 3.0, 2.0], 10.0),
        ([5.0, 5.0, 5.0, 5.0], 10.0),
        ([5.0, 6.0, 7.0, 8.0], None),
        ([5.0, 5.001, 5.002, 5.003], 10.0),
        ([5.0, 8.0, 4.0, 7.5, 4.2, 7.9, 5.1], 10.0),
    ],
    ids=["shrinks", "stays", "no limit known", "centuries away", "no line"],
)
def test_without_a_line_that_ends_before_long_no_end_is_told(days: list[float], limit: float | None) -> None:
    found = growth(days, 1, limit)
    assert found is not None
    assert found.full_in is None


def test_a_disk_that_is_full_already_is_full_in_no_time() -> None:
    found = growth([7.0, 8.0, 9.0, 10.0], 1, 9.5)
    assert found is not None
    assert found.full_in == 0.0


def test_a_day_of_which_only_a_part_is_known_bends_no_line() -> None:
    hours: list[float | None] = [float(hour) for hour in range(24 * 5)]
    hours[:20] = [None] * 20
    hours[-18:] = [None] * 18
    found = growth(hours, 24, 24 * 6.0)
    assert found is not None
    assert (found.per_day, found.straight) == (pytest.approx(24.0), pytest.approx(1.0))


def test_too_few_known_days_say_nothing() -> None:
    assert growth([None, 1.0, 2.0, None, 3.0], 1, 10.0) is None
    assert growth([], 1, 10.0) is None


def test_the_line_is_what_the_normal_equations_say() -> None:
    chance = random.Random(3)
    for _ in range(20):
        points = [(float(x), chance.uniform(0, 1e10)) for x in range(chance.randint(4, 14))]
        count, sum_x, sum_y = len(points), sum(x for x, _ in points), sum(y for _, y in points)
        sum_xy, sum_xx = sum(x * y for x, y in points), sum(x * x for x, _ in points)
        sum_yy = sum(y * y for _, y in points)
        slope, straight = line_through(points)
        assert slope == pytest.approx((count * sum_xy - sum_x * sum_y) / (count * sum_xx - sum_x**2))
        correlation = (count * sum_xy - sum_x * sum_y) ** 2 / (count * sum_xx - sum_x**2) / (count * sum_yy - sum_y**2)
        assert straight == pytest.approx(correlation)
    assert Growth(1.0, 4, 14, 1.0, None).full_in is None


@pytest.mark.parametrize(("limit", "full_in"), [(373.0, 365.0), (374.0, None)], ids=["a year", "longer"])
def test_an_end_is_told_up_to_a_year(limit: float, full_in: float | None) -> None:
    found = growth([5.0, 6.0, 7.0, 8.0], 1, limit)
    assert found is not None
    assert found.full_in == full_in


def test_a_line_must_explain_at_least_half_of_the_differences() -> None:
    for days, full_in in (([0.0, 3.0, 1.0, 4.0], 6.0), ([0.0, 3.1, 0.9, 4.0], None)):
        found = growth(days, 1, 10.0)
        assert found is not None
        assert found.full_in == full_in, found
