"""What the page of a container asks for, when what comes is not all sound."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proximity_tui.core.doctrine.guards.write_permit import WriteAction
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.model import Guest, Inventory, Quorum, Status
from proximity_tui.screens.container.live import (
    GuestLocation,
    Reading,
    add_reading,
    live_lines,
    tasks_of,
    time_axis,
)
from proximity_tui.simulator import Simulator
from tests.support.house import gateway_to
from tests.support.records.permits import permit_to

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY = "%m-%d %H:%M"


def torn(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*rows, {"upid": "torn", "id": "101"}]


def test_a_task_that_cannot_be_read_hides_no_other_and_is_named() -> None:
    location = GuestLocation("prod", "pve1", 101)
    with Simulator("demo") as simulator:
        client = gateway_to(simulator)
        simulator.faults.rewrite(lambda rows: torn([]), "/tasks", times=1)
        found, why = tasks_of(client, location)
        assert found is None
        assert why is not None
        assert "cannot be read" in why
        client.wait_task(client.reboot(permit_to(client, WriteAction.REBOOT, 101, "pve1")), 60.0)
        simulator.faults.rewrite(torn, "/tasks")
        found, why = tasks_of(client, location)
        assert found
        assert why is not None
        assert why.startswith("Not every task can be read: ")
        client.close()


@pytest.mark.parametrize(
    ("rates", "bars", "scale"),
    [
        ([500.0, 500.0, 490.0], "▁▁▁", "0 to 4.9K/s"),
        ([100.0, 800.0, None], "▂█", "0 to 800B/s"),
        ([None, 0.0], "▁", ""),
    ],
)
def test_a_constant_is_low_on_its_scale_a_peak_is_high_and_the_scale_is_told(
    rates: list[float | None], bars: str, scale: str
) -> None:
    readings = [Reading(NOON, 0.5, 1e6, 2e6, rate, rate, None, None) for rate in rates]
    (line,) = ["".join(text for text, _ in line) for line in live_lines(readings, 100, NOON) if "net in" in str(line)]
    assert bars in line
    assert scale in line


def clock(minute: int, form: str = "%H:%M") -> str:
    return f"{(NOON + timedelta(minutes=minute)).astimezone():{form}}"


@pytest.mark.parametrize(
    ("minutes", "room", "axis"),
    [
        (range(60), 60, f"{clock(0)}{clock(30):>28}{clock(59):>27}"),
        (range(60), 28, f"{clock(32)}{clock(46):>12}{clock(59):>11}"),
        (range(10), 30, f"{clock(9):>30}"),
        (range(1), 12, f"{clock(0):>12}"),
        (
            range(0, 1440, 30),
            48,
            f"{clock(0, DAY)}{clock(720, DAY):>19}{clock(1410, DAY):>18}",
        ),
    ],
)
def test_the_axis_tells_the_time_of_what_is_drawn_above_it(minutes: range, room: int, axis: str) -> None:
    assert time_axis([NOON + timedelta(minutes=minute) for minute in minutes], room) == axis


def listed(at: datetime, sent: int) -> PollResult:
    """A poll with CT 101, which has sent so many bytes by then."""
    guest = Guest(101, "web-1", "lxc", Status.RUNNING, cpu=0.5, netin=0, netout=sent)
    return PollResult("prod", Inventory("prod", at, {101: guest}, {}, Quorum(True), complete=True))


def test_figures_go_on_when_the_clock_was_put_back() -> None:
    readings: Sequence[Reading] = ()
    for minute, sent in ((0, 0), (1, 600), (2, 6600)):
        readings = add_reading(readings, listed(NOON + timedelta(minutes=minute), sent), 101)
    assert [one.netout for one in readings] == [None, 10.0, 100.0]
    put_back = NOON - timedelta(hours=1)
    for second, sent in ((0, 9000), (0, 9000), (60, 9600)):
        readings = add_reading(readings, listed(put_back + timedelta(seconds=second), sent), 101)
    assert [one.netout for one in readings] == [None, 10.0]
    assert readings[-1].at == put_back + timedelta(seconds=60)


def test_nothing_is_measured_of_a_guest_that_does_not_run() -> None:
    """Proxmox says 0 of it, and its page must not call that its use."""
    stopped = Guest(101, "web-1", "lxc", Status.STOPPED, cpu=0.0, mem=0, maxmem=1 << 30, netin=0, netout=0)
    inventory = Inventory("prod", NOON, {101: stopped}, {}, Quorum(True), complete=True)
    readings = add_reading((), PollResult("prod", inventory), 101)
    lines = live_lines(readings, 80, NOON)[2:]
    told = ["".join(text for text, _ in line) for line in lines]
    assert [one for one in told if "not measured" not in one] == []
    assert len(told) == 4
