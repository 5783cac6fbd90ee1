"""What one row says of the figures of a container: only of the recorded guest, and no rate that nobody measured."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from proximity_tui.core.doctrine.figures.reading import Counters, FigureReading, rates_between
from proximity_tui.core.doctrine.figures.reading import read as read_list
from proximity_tui.core.model import Container, Guest, Presence, Status
from tests.core.model.guests.test_guest_list import guests_made_of
from tests.core.model.guests.test_guest_list import read as list_of
from tests.core.proxmox.scripted import guest_row
from tests.support.records.make import after, container, guest, inventory

RECORD = container(identity_seen_at=after(0))
HOURS = 7200.0


def row(**changes: Any) -> Guest:
    usual = {"uptime": 3 * 3600, "cpu": 0.5, "mem": 100, "maxmem": 200, "netin": 5000, "netout": 10, "diskread": 0}
    return guest(**{**usual, **changes})


def read(record: Container, seen: Guest | None, at: datetime, before: Counters | None) -> FigureReading | None:
    """The reading of a container in a list with this guest."""
    return read_list(record, inventory(*([] if seen is None else [seen]), taken_at=at), before)


def test_a_reading_has_the_figures_and_the_rates_since_the_one_before() -> None:
    first = read(RECORD, row(), after(HOURS), None)
    assert first is not None
    assert (first.point.cpu, first.point.mem, first.point.maxmem, first.point.netin) == (0.5, 100, 200, None)
    second = read(RECORD, row(netin=11_000), after(HOURS + 60), first.counters)
    assert second is not None
    assert (second.point.netin, second.point.netout, second.point.diskwrite) == (100.0, 0.0, None)


def test_figures_are_read_of_thousands_of_rows_and_no_guest_is_made_of_any() -> None:
    """The list is kept until the next one, and all that was made of it."""
    rows = list_of([guest_row(vmid, uptime=7200, tags=None) for vmid in (101, 102)])
    record = container(cluster="lab", identity_seen_at=rows.taken_at - timedelta(hours=1))
    found = read_list(record, rows, None)
    assert found is not None
    assert found.counters.counted == (5026, 726, 0, 0)
    assert (found.point.cpu, found.point.maxdisk) == (0.001, 1020702720)
    assert guests_made_of(rows) == []


@pytest.mark.parametrize(
    ("record", "seen"),
    [
        (RECORD, None),
        (RECORD, row(status=Status.STOPPED)),
        (RECORD, row(uptime=None)),
        (RECORD, row(uptime=int(HOURS) - 60)),
        (RECORD, row(node="pve2")),
        (RECORD, row(name="another")),
        (RECORD, row(lock="create")),
        (RECORD, row(type="qemu")),
        (container(), row()),
        (container(identity_seen_at=after(0), identity_due_since=after(10)), row()),
        (container(identity_seen_at=after(0), presence=Presence.REPLACED), row()),
        (container(identity_seen_at=after(HOURS + 30)), row()),
    ],
)
def test_of_a_row_that_may_be_another_guests_nothing_is_kept(record: Container, seen: Guest | None) -> None:
    assert read(record, seen, after(HOURS), None) is None


def test_what_ran_without_a_break_is_the_same_however_long_ago_its_fingerprint_was_read() -> None:
    assert read(RECORD, row(uptime=30 * 86400), after(29 * 86400), None) is not None


@pytest.mark.parametrize(
    ("seconds", "uptime", "counted", "rates"),
    [
        (60, 9999, (1600, 0, 10, 6000), (10.0, 0.0, None, 100.0)),
        (60, 59, (1600, 0, 10, 6000), (None,) * 4),
        (901, 9999, (1600, 0, 10, 6000), (None,) * 4),
        (0, 9999, (1600, 0, 10, 6000), (None,) * 4),
        (-60, 9999, (1600, 0, 10, 6000), (None,) * 4),
        (60, 9999, (999, None, 10, 6000), (None, None, None, 100.0)),
    ],
    ids=["usual", "started since", "too long ago", "the same moment", "clock set back", "a counter was reset"],
)
def test_a_reset_or_a_start_is_no_spike(
    seconds: float, uptime: float, counted: tuple[int | None, ...], rates: tuple[float | None, ...]
) -> None:
    before = Counters(after(0), (1000, 0, None, 0))
    assert rates_between(before, Counters(after(seconds), counted), uptime) == rates


def test_there_is_no_rate_without_a_reading_before() -> None:
    assert rates_between(None, Counters(after(0), (1, 2, 3, 4)), 9999) == (None,) * 4
