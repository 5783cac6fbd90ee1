"""The CPU of the last hour: one reading a minute, the highest of five, gaps, and nothing of another guest."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.fleet import CpuTrends
from proximity_tui.core.fleet.trends import SLOT, SLOTS
from tests.support.records.make import NOON, guest, inventory

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


def test_readings_from_before_a_clock_was_set_back_do_not_stop_the_others() -> None:
    trends = read(read(CpuTrends(), 300, ct101=0.9), 10, ct101=0.2)
    assert trend(trends, 10)[-1] == 0.2


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


def slot_of(at: float) -> int:
    return int(minute(at).timestamp()) // SLOT


def test_what_is_kept_stands_before_the_first_reading_and_never_lowers_one() -> None:
    trends = read(CpuTrends(), 60, ct101=0.5, ct102=0.1)
    kept = [(slot_of(50), {101: 0.3}), (slot_of(60), {101: 0.2, 102: 0.9}), (slot_of(0), {101: 0.7})]
    trends = trends.with_kept("prod", kept)
    assert trend(trends, 60)[-3:] == [0.3, None, 0.5]
    assert trend(trends, 60, 102)[-3:] == [None, None, 0.9]
    assert trend(trends, 60)[0] is None, "what is older than the hour is left out"
    assert trend(trends, 60, started=minute(52))[-3:] == [None, None, 0.5]
    assert trend(read(trends, 65, ct101=0.4), 65)[-4:] == [0.3, None, 0.5, 0.4]


def test_nothing_kept_changes_nothing_and_without_a_list_there_is_nothing_to_add_to() -> None:
    trends = read(CpuTrends(), 60, ct101=0.5)
    assert trends.with_kept("prod", [(slot_of(55), {})]) is trends
    assert trends.with_kept("prod", [(slot_of(60), {101: 0.5})]) is trends
    assert trends.with_kept("lab", [(slot_of(55), {101: 0.1})]) is trends


readings = st.dictionaries(st.integers(0, 70), st.dictionaries(st.integers(101, 104), st.floats(0, 1)), max_size=30)


@given(own=readings, kept=readings, late=st.integers(0, 70))
def test_each_five_minutes_show_the_highest_of_what_was_read_and_what_is_kept(
    own: dict[int, dict[int, float]], kept: dict[int, dict[int, float]], late: int
) -> None:
    own = {at: {101: 0.0, 102: 0.0, 103: 0.0, 104: 0.0, **cpu} for at, cpu in {**own, 71: {}}.items()}
    trends = CpuTrends()
    for at in sorted(own):
        if at > late and trends.by_cluster:
            trends = trends.with_kept("prod", [(slot_of(one), kept[one]) for one in kept])
            late = 72
        trends = read(trends, at, **{f"ct{vmid}": cpu for vmid, cpu in own[at].items()})
    trends = trends.with_kept("prod", [(slot_of(one), kept[one]) for one in kept])
    for vmid in range(101, 105):
        found = trend(trends, 71, vmid)
        for place, number in enumerate(range(slot_of(71) - SLOTS + 1, slot_of(71) + 1)):
            of_slot = [cpu for some in (own, kept) for at, cpu in some.items() if slot_of(at) == number]
            values = [cpu[vmid] for cpu in of_slot if vmid in cpu]
            assert found[place] == max((round(value * 100) / 100 for value in values), default=None)
