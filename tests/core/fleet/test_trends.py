"""The CPU of the last hour: one reading a minute, the highest of five, gaps, and nothing of another guest."""

from __future__ import annotations

from datetime import datetime, timedelta

from proximity_tui.core.fleet import CpuTrends
from proximity_tui.core.fleet.trends import SLOTS
from tests.support.make import NOON, guest, inventory

LONG_AGO = NOON - timedelta(days=3)


def minute(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def read(trends: CpuTrends, at: float, **cpu: float | None) -> CpuTrends:
    guests = [guest(int(name[2:]), cpu=value) for name, value in cpu.items()]
    return trends.with_readings([inventory(*guests, taken_at=minute(at))])


def trend(trends: CpuTrends, at: float, vmid: int = 101, started: datetime = LONG_AGO) -> list[float | None]:
    return list(trends.by_cluster["prod"].of(vmid, minute(at), started))


def test_five_minutes_show_their_highest_reading_and_what_was_not_read_is_a_gap() -> None:
    trends = CpuTrends()
    for at, cpu in ((0, 0.1), (1, 0.9), (2, 0.2), (10, None), (15, 0.0)):
        trends = read(trends, at, ct101=cpu)
    assert trend(trends, 15)[-4:] == [0.9, None, None, 0.0]
    assert trend(trends, 15)[:-4] == [None] * (SLOTS - 4)


def test_a_second_reading_in_a_minute_changes_nothing_on_the_screen() -> None:
    trends = read(CpuTrends(), 0, ct101=0.1)
    assert read(trends, 0.5, ct101=0.9) is trends


def test_guests_come_and_go_without_a_mix_of_their_readings() -> None:
    trends = read(CpuTrends(), 0, ct101=0.1, ct103=0.3)
    trends = read(trends, 1, ct102=0.2, ct103=0.1)
    assert [trend(trends, 1, vmid)[-1] for vmid in (101, 102, 103)] == [None, 0.2, 0.3]


def test_what_was_before_the_start_of_a_guest_is_not_its_own() -> None:
    trends = read(read(CpuTrends(), 0, ct101=0.9), 6, ct101=0.1)
    assert trend(trends, 6, started=minute(4))[-2:] == [None, 0.1]


def test_an_hour_is_kept_and_takes_twelve_bytes_a_guest() -> None:
    trends = CpuTrends()
    for at in range(180):
        trends = read(trends, at, ct101=0.5, ct102=0.5)
    slots = trends.by_cluster["prod"].slots
    assert sum(len(slot.highest) for slot in slots) == 2 * SLOTS
    assert len({id(slot.vmids) for slot in slots}) == 1
    assert trend(trends, 179) == [0.5] * SLOTS
