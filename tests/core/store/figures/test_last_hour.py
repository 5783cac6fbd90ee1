"""The CPU of the last hour of all containers: from the minutes, and of a small fleet from the blocks, too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest

from proximity_tui.core.model.guests.figures import MINUTE, FigurePoint, MinuteReadings
from proximity_tui.core.store.figures import last_hour, minutes
from proximity_tui.core.store.figures.last_hour import cpu_peaks
from tests.core.store.making import a_container, raw
from tests.support.records.figured import fold_all

pytestmark = pytest.mark.usefixtures("opened")

START = datetime(2026, 3, 1, 10, tzinfo=UTC)
FIRST = int(START.timestamp()) // MINUTE
SECONDS = 300
SLOTS = range(FIRST // 5 + 6, FIRST // 5 + 18)
"""From 10:30 until 11:30."""


def cpu(one: int, minute: int) -> float | None:
    """What was read: two containers, each with its own shape, and gaps."""
    if minute % 13 == 0 or (one == 1 and 40 <= minute < 45):
        return None
    return (one * 10 + minute * 7 % 23) / 100


def write(ids: dict[int, int]) -> None:
    for minute in range(120):
        at = START + timedelta(minutes=minute)
        points = {
            record: FigurePoint(at, cpu=cpu(one, minute), mem=2e9, disk=3e9)
            for one, record in ids.items()
            # Of the first one a row says that its CPU is not known, of the others there is none.
            if one == 1 or cpu(one, minute) is not None
        }
        minutes.write(MinuteReadings("prod", FIRST + minute, points))


def expected(ids: dict[int, int], begin: int) -> dict[int, dict[int, float]]:
    """The highest readings of each slot from the minute `begin` until 11:30, as a second calculation has them."""
    found: dict[int, dict[int, float]] = defaultdict(dict)
    for one, record in ids.items():
        for minute in range(begin, 90):
            if (value := cpu(one, minute)) is not None:
                slot = found[(FIRST + minute) // 5]
                slot[record] = max(value, slot.get(record, 0.0))
    return dict(found)


def read(ids: Collection[int], cluster: str = "prod") -> dict[int, dict[int, float]]:
    found: dict[int, dict[int, float]] = defaultdict(dict)
    for number, shares in cpu_peaks(cluster, ids, SLOTS, SECONDS):
        for record, share in shares.items():
            found[number][record] = max(share, found[number].get(record, 0.0))
    return dict(found)


@pytest.mark.parametrize("folded", [False, True])
def test_each_five_minutes_have_their_highest_reading_folded_or_not(folded: bool) -> None:
    ids = {one: a_container(100 + one).id for one in (1, 2)}
    write(ids)
    if folded:
        fold_all("prod", START + timedelta(minutes=90))
        assert raw("SELECT count(*) FROM figures_minute") == [(60,)], "one hour is folded, one is not"
    assert read(ids.values()) == expected(ids, 30)


def test_only_the_records_that_are_asked_for_are_read_and_only_of_this_cluster() -> None:
    ids = {one: a_container(100 + one).id for one in (1, 2)}
    write(ids)
    assert read([ids[2]]) == expected({2: ids[2]}, 30)
    assert read([]) == {}
    assert read(ids.values(), cluster="lab") == {}


def test_of_a_large_fleet_the_blocks_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = {one: a_container(100 + one).id for one in (1, 2)}
    write(ids)
    fold_all("prod", START + timedelta(minutes=90))
    monkeypatch.setattr(last_hour, "MOST_IN_BLOCKS", 1)
    assert read(ids.values()) == expected(ids, 60)
    assert read([ids[1]]) == expected({1: ids[1]}, 30)


def test_a_damaged_row_is_a_gap_and_spoils_no_other() -> None:
    ids = {1: a_container(101).id}
    write(ids)
    fold_all("prod", START + timedelta(minutes=90))
    whole = expected(ids, 60)
    raw("UPDATE figures_hour SET data = substr(data, 1, 5)")
    raw(f"UPDATE figures_minute SET data = substr(data, 1, 9) WHERE minute < {FIRST + 65}")
    assert read(ids.values()) == {number: slot for number, slot in whole.items() if number >= FIRST // 5 + 13}
