"""What is kept of the figures, over three months on a moved clock, against a second calculation from what was read."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from proximity_tui.core import store
from proximity_tui.core.model.guests.figures import DAY, HOUR, MINUTE, QUARTER, FigurePoint, MinuteReadings
from proximity_tui.core.store import statistics
from proximity_tui.core.store.figures import folding, minutes
from proximity_tui.core.store.figures.history import series
from proximity_tui.core.store.records import renaming
from tests.core.store.making import a_container, raw
from tests.support.records.figured import fold_all

pytestmark = pytest.mark.usefixtures("opened")

START = datetime(2025, 10, 5, tzinfo=UTC)
"""Ninety days on there were the end of summer time, three ends of a month and that of a year."""


@pytest.fixture(autouse=True)
def in_berlin() -> Iterator[None]:
    """A local time that changes in between: no sum may depend on it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


def read_at(minute: int, one: int) -> FigurePoint | None:
    """What was read of a container in a minute since the start: each figure has its own shape, and there are gaps."""
    if minute % 997 < 60 * one:
        return None
    at = START + timedelta(minutes=minute)
    day = minute / 1440
    return FigurePoint(
        at=at,
        cpu=0.3 + 0.25 * math.sin(day + one) + 0.01 * (minute % 7),
        mem=1e9 + 1e6 * (minute % 311),
        disk=4e9 + 2e7 * day,
        netin=100.0 * (minute % 13) if minute % 5 else None,
        maxmem=2e9,
        maxdisk=8e9,
    )


def was_running(hour: int) -> bool:
    """Whether the program was: always at both ends of the time that is kept, and two hours of each day between."""
    day = hour // 24
    return not 9 < day < 83 or hour % 12 == day % 12


def write(first: int, last: int, ids: dict[int, int], every: int = 1) -> None:
    begin = int(START.timestamp()) // MINUTE
    for minute in range(first, last, every):
        points = {record: point for one, record in ids.items() if (point := read_at(minute, one)) is not None}
        if points:
            minutes.write(MinuteReadings("prod", begin + minute, points))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_ninety_days_are_what_a_second_calculation_says() -> None:
    every, days = 13, 92
    ids = {1: a_container(101).id}
    end = START + timedelta(days=days)
    with store.transaction():
        for hour in filter(was_running, range(days * 24)):
            # As in life: an hour is written minute by minute, and folded once it is over.
            write(-(-hour * 60 // every) * every, (hour + 1) * 60, ids, every)
            fold_all("prod", START + timedelta(hours=hour + 1))

    found = series(ids.values(), ["prod"], START, end, QUARTER)
    for one, record in ids.items():
        expected: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for minute in range(0, days * 1440, every):
            point = read_at(minute, one) if was_running(minute // 60) else None
            for name in ("cpu", "mem", "disk", "netin") if point is not None else ():
                if (value := getattr(point, name)) is not None:
                    expected[minute // 15][name].append(value)
        kept = found[record]
        first_kept = (days - folding.DAYS_KEPT) * DAY // QUARTER
        for place in range(days * DAY // QUARTER):
            for name, exact in (("cpu", 0.017), ("mem", 0.0026), ("disk", 0.0011), ("netin", 0.033)):
                told = kept.columns[name][place]
                values = expected[place][name] if place >= first_kept else []
                if not values or told is None:
                    assert not values, "a gap is a gap, and what is too old is gone"
                    assert told is None
                else:
                    assert math.isclose(told, sum(values) / len(values), rel_tol=exact, abs_tol=1e-4)
            if expected[place]["cpu"] and place >= first_kept:
                assert math.isclose(kept.columns["peak"][place] or 0, max(expected[place]["cpu"]), rel_tol=0.017)
        assert (kept.maxmem, kept.maxdisk) == pytest.approx((2e9, 8e9), rel=0.0005)
    assert raw("SELECT count(*) FROM figures_minute") == [(0,)]
    assert raw("SELECT count(*) FROM figures_day") == [(folding.DAYS_KEPT,)]
    kept_hours = raw("SELECT count(DISTINCT hour) FROM figures_hour")[0][0]
    assert kept_hours <= folding.HOURS_KEPT


def test_the_last_day_is_there_by_the_minute_whether_its_hour_is_over_or_not() -> None:
    one = a_container(101).id
    write(0, 150, {1: one})
    fold_all("prod", START + timedelta(minutes=150))
    assert raw("SELECT count(*) FROM figures_minute") == [(30,)], "the hour that is not over waits"
    by_minute = series([one], ["prod"], START, START + timedelta(minutes=150), MINUTE, ("cpu", "disk"))[one]
    by_quarter = series([one], ["prod"], START, START + timedelta(minutes=150), QUARTER)[one]
    for minute in range(150):
        point = read_at(minute, 1)
        assert by_minute.columns["cpu"][minute] == (
            None if point is None else pytest.approx(point.cpu, abs=0.0002, rel=0.0005)
        )
    for quarter in range(10):
        values = [read_at(minute, 1) for minute in range(15 * quarter, 15 * quarter + 15)]
        known = [point.mem for point in values if point is not None and point.mem is not None]
        told = by_quarter.columns["mem"][quarter]
        assert told == (pytest.approx(sum(known) / len(known), rel=0.0026) if known else None)
    assert by_minute.times()[61] == START + timedelta(minutes=61)


def test_the_peak_of_a_minute_is_its_reading_whether_its_hour_is_over_or_not() -> None:
    one = a_container(101).id
    write(0, 90, {1: one})
    fold_all("prod", START + timedelta(minutes=90))
    by_minute = series([one], ["prod"], START, START + timedelta(minutes=90), MINUTE)[one].columns
    assert by_minute["peak"] == by_minute["cpu"]
    assert series([one], ["prod"], START, START + timedelta(minutes=90), MINUTE, ("peak",))[one].columns == {
        "peak": by_minute["cpu"]
    }


def test_a_clock_that_is_years_ahead_for_a_while_takes_no_history(opened: str) -> None:
    """As of a host whose clock is wrong until it has heard the time of the network."""
    one = a_container(101).id
    write(0, 150, {1: one})
    fold_all("prod", START + timedelta(minutes=150))
    fold_all("prod", START + timedelta(days=3650))
    assert raw("SELECT count(DISTINCT hour) FROM figures_hour") == [(2,)]
    by_quarter = series([one], ["prod"], START, START + timedelta(minutes=150), QUARTER)[one]
    assert by_quarter.columns["cpu"].count(None) == 4, "the first hour has a gap, and nothing else is missing"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_wrong_clock_that_lasts_for_hours_takes_no_history() -> None:
    """Whole hours with figures are folded under it: what is deleted goes by how many newer hours and days are there."""
    one, ahead = a_container(101).id, 3650 * DAY // MINUTE
    with store.transaction():
        for hour in range(40):
            write(hour * 60, hour * 60 + 3, {1: one})
            fold_all("prod", START + timedelta(hours=hour + 1))
        assert raw("SELECT count(*) FROM figures_day") == [(2,)]
        for hour in (40, 41, 42):
            write(ahead + hour * 60, ahead + hour * 60 + 3, {1: one})
            fold_all("prod", START + timedelta(minutes=ahead, hours=hour + 1))
    wrong = (ahead * MINUTE + int(START.timestamp())) // HOUR
    assert raw("SELECT count(*) FROM figures_day") == [(3,)]
    assert raw("SELECT count(*) FROM figures_hour") == [(folding.HOURS_KEPT,)]
    assert raw(f"SELECT count(*) FROM figures_hour WHERE hour < {wrong}") == [(folding.HOURS_KEPT - 3,)]


def test_a_minute_is_written_once_and_one_that_comes_late_is_added_to_its_hour() -> None:
    one, at = a_container(101).id, int(START.timestamp()) // MINUTE
    first = FigurePoint(START, cpu=0.5)
    assert minutes.write(MinuteReadings("prod", at, {one: first}))
    assert not minutes.write(MinuteReadings("prod", at, {one: FigurePoint(START, cpu=0.9)}))
    fold_all("prod", START + timedelta(hours=2))
    minutes.write(MinuteReadings("prod", at + 5, {one: FigurePoint(START, cpu=0.7)}))
    fold_all("prod", START + timedelta(hours=2))
    kept = series([one], ["prod"], START, START + timedelta(hours=1), MINUTE, ("cpu",))[one].columns["cpu"]
    assert (kept[0], kept[5], kept[6]) == (0.5, 0.7, None)
    quarter = series([one], ["prod"], START, START + timedelta(hours=1), QUARTER)[one]
    assert quarter.columns["cpu"][0] == pytest.approx(0.6, rel=0.016)
    assert quarter.columns["peak"][0] == pytest.approx(0.7, rel=0.016)


def test_figures_go_with_their_record_when_its_cluster_is_renamed() -> None:
    one = a_container(101).id
    write(60, 70, {1: one})
    renaming.rename("prod", "live", "anna@jump1")
    kept = series([one], ["live"], START, START + timedelta(hours=2), MINUTE, ("cpu",))[one].columns["cpu"]
    assert [value is not None for value in kept[60:71]] == [True] * 10 + [False]
    assert folding.fold("live", START + timedelta(days=1)).minutes == 10


def test_in_a_year_the_tables_are_as_large_as_what_is_kept() -> None:
    write(60, 70, {1: a_container(101).id})
    fold_all("prod", START + timedelta(days=1))
    sizes = {one.table: one.rows_in_a_year for one in statistics.measure().tables}
    assert sizes["figures_hour"] == folding.HOURS_KEPT + 1
    assert sizes["figures_day"] == folding.DAYS_KEPT + 1
    assert HOUR == 60 * MINUTE


def test_a_large_fleet_is_folded_in_steps_and_a_step_may_be_done_again() -> None:
    ids = {number: a_container(100 + number).id for number in range(3)}
    write(180, 200, ids)
    until = START + timedelta(hours=5)
    first = folding.fold("prod", until, at_once=2)
    assert (first.minutes, first.up_to) == (20, sorted(ids.values())[1])
    assert raw("SELECT count(*) FROM figures_hour") == [(2,)]
    fold_all("prod", until, at_once=1)
    assert raw("SELECT count(*) FROM figures_minute") == [(0,)]
    kept = series(ids.values(), ["prod"], START + timedelta(hours=3), until, MINUTE, ("mem",))
    expected = [read_at(minute, 0) for minute in range(180, 200)]
    for one in ids.values():
        assert kept[one].columns["mem"][:20] == [pytest.approx(point.mem, rel=0.0005) for point in expected if point]
