"""What a container used over a time, and whether it does anything: what is not known is not idle."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from proximity_tui.core.doctrine.figures.usage import usage
from proximity_tui.core.model.guests.figures import FIGURES, Series
from tests.support.records.make import NOON


def series(**columns: list[float | None]) -> Series:
    every = {name: columns.get(name, [None] * 3) for name in (*FIGURES, "peak")}
    return Series(NOON, 60, every, maxmem=200, maxdisk=400)


def test_figures_are_means_of_what_is_known_and_the_disk_is_its_last() -> None:
    found = usage(series(cpu=[0.1, None, 0.3], peak=[0.2, None, 0.9], mem=[50, None, 150], disk=[90, 100, None]))
    assert found.known == timedelta(minutes=3)
    assert (found.cpu, found.peak, found.memory, found.disk) == (pytest.approx(0.2), 0.9, 100, 100)
    assert (found.memory_share, found.disk_share, found.network) == (0.5, 0.25, None)


@pytest.mark.parametrize(
    ("cpu", "net", "idle"), [(0.005, 10, True), (0.02, 10, False), (0.005, 2000, False), (0.005, None, False)]
)
def test_idle_is_what_is_known_to_do_next_to_nothing(cpu: float, net: float | None, idle: bool) -> None:
    assert usage(series(cpu=[cpu] * 3, netin=[net] * 3, netout=[0] * 3)).is_idle is idle


def test_of_an_unknown_time_nothing_is_said() -> None:
    found = usage(series())
    assert (found.known, found.cpu, found.disk, found.is_idle) == (timedelta(0), None, None, False)


@pytest.mark.parametrize(
    ("used", "size", "share"), [(50, 200, 0.25), (None, 200, None), (50, None, None), (50, 0, None)]
)
def test_a_share_is_told_only_where_use_and_size_are_known(
    used: float | None, size: float | None, share: float | None
) -> None:
    found = replace(usage(series()), memory=used, memory_limit=size, disk=used, disk_limit=size)
    assert (found.memory_share, found.disk_share) == (share, share)
