"""An alert begins after readings in a row above a threshold, and ends after readings in a row below a lower value."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.doctrine.figures.thresholds import ConsecutiveByAlert, judge_minute
from proximity_tui.core.doctrine.figures.usage_limits import UsageLimits
from proximity_tui.core.model import Status
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.model.guests.figures import FigurePoint
from tests.support.records.make import NOON, container

LIMITS = UsageLimits(cpu=0.9, disk=0.95, after=3, calm=2, margin=0.1)
WEB = container()


def told(*shares: float | None, limits: UsageLimits = LIMITS) -> list[str]:
    """What each reading of the CPU begins or ends."""
    runs: ConsecutiveByAlert = {}
    unresolved: frozenset[tuple[int, AlertKind]] = frozenset()
    said = []
    for share in shares:
        found = judge_minute(
            [WEB], {} if share is None else {1: FigurePoint(NOON, cpu=share)}, runs, unresolved, limits
        )
        runs = found.runs
        unresolved |= {(one.container.id, one.kind) for one in found.begun}
        unresolved -= {(one.container, one.kind) for one in found.ended}
        said.append("begun" if found.begun else "ended" if found.ended else "")
    return said


@pytest.mark.parametrize(
    ("shares", "events"),
    [
        ((0.9, 0.95, 0.91, 0.99), ["", "", "begun", ""]),
        ((0.95, 0.95, 0.5, 0.95, 0.95), [""] * 5),
        ((0.95, 0.95, None, 0.95, 0.95), [""] * 5),
        ((0.95, 0.95, 0.95, 0.85, 0.85, 0.85), ["", "", "begun", "", "", ""]),
        ((0.95, 0.95, 0.95, 0.79, 0.79, 0.79), ["", "", "begun", "", "ended", ""]),
        ((0.95, 0.95, 0.95, 0.79, 0.85, 0.79), ["", "", "begun", "", "", ""]),
        ((0.95, 0.95, 0.95, 0.1, 0.1, 0.95, 0.95, 0.95), ["", "", "begun", "", "ended", "", "", "begun"]),
    ],
    ids=["once", "a dip", "a gap", "between", "below", "not in a row", "again"],
)
def test_readings_in_a_row(shares: tuple[float | None, ...], events: list[str]) -> None:
    assert told(*shares) == events


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=60))
def test_it_never_begins_twice_without_an_end(shares: list[float | None]) -> None:
    events = [one for one in told(*shares) if one]
    assert all(one != other for one, other in pairwise(events))
    assert events[:1] != ["ended"]


def test_without_a_threshold_there_is_no_alert() -> None:
    assert told(1.0, 1.0, 1.0, 1.0, limits=UsageLimits(after=1)) == [""] * 4


def test_the_message_names_the_container_the_figure_and_the_threshold() -> None:
    point = FigurePoint(NOON, disk=97 << 30, maxdisk=100 << 30)
    (begun,) = judge_minute([WEB], {1: point}, {}, frozenset(), UsageLimits(after=1)).begun
    assert begun.message == ("web1  CT 101: disk at 97% (97G of 100G), at or above 95% in 1 reading, one a minute")


@pytest.mark.parametrize(
    ("containers", "kind", "limits", "why"),
    [
        ([], AlertKind.DISK_HIGH, LIMITS, "its record is closed"),
        ([WEB], AlertKind.MEMORY_HIGH, LIMITS, "it has no threshold any more"),
        ([container(status=Status.STOPPED)], AlertKind.CPU_HIGH, LIMITS, "it is stopped"),
        ([container(status=Status.STOPPED)], AlertKind.DISK_HIGH, LIMITS, None),
        ([container(status=Status.UNKNOWN)], AlertKind.CPU_HIGH, LIMITS, None),
    ],
)
def test_an_alert_about_what_is_not_any_more_ends(
    containers: list[Any], kind: AlertKind, limits: UsageLimits, why: str | None
) -> None:
    ended = judge_minute(containers, {}, {}, frozenset({(1, kind)}), limits).ended
    assert [one.why for one in ended] == ([] if why is None else [why])
