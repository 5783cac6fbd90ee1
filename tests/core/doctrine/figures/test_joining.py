"""Our figures and those of Proxmox in one chart: nothing cut, a gap is a gap, and each cell says whose it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.doctrine.figures.downsampling import downsampled
from proximity_tui.core.doctrine.figures.joining import Source, cell_seconds, join, step_of
from proximity_tui.core.model.guests.figures import FigurePoint, Series
from tests.support.records.make import NOON, after

HOUR = timedelta(hours=1)


def theirs(*minutes: int, cpu: float | None = 0.1) -> list[FigurePoint]:
    return [FigurePoint(after(60 * minute), cpu=cpu, maxmem=100) for minute in minutes]


def test_ours_is_shown_where_there_is_any_and_proxmox_elsewhere() -> None:
    ours = Series(after(1800), 60, {"cpu": [0.5, 0.7, None, 0.3], "peak": [0.9, 0.7, None, 0.3]}, maxmem=200)
    joined = join(ours, theirs(*range(0, 34), 50), NOON, NOON + HOUR, 120)
    assert joined.start == NOON
    assert joined.sources[:15] == (Source.PROXMOX,) * 15
    assert joined.sources[15:18] == (Source.OURS, Source.OURS, None)
    assert joined.sources[25] is Source.PROXMOX
    cpu = joined.tracks["cpu"]
    assert cpu.means[14:18] == (0.1, 0.6, 0.3, None)
    assert cpu.highest[14:18] == (0.1, 0.9, 0.3, None)
    assert set(joined.tracks["netin"].means) == {None}
    assert joined.maxmem == 200


def test_a_point_without_figures_is_a_gap_and_one_outside_is_not_shown() -> None:
    joined = join(None, [*theirs(5, cpu=None), *theirs(-3, 61)], NOON, NOON + HOUR, 60)
    assert set(joined.sources) == {None}
    assert len(joined.times()) == 60


@pytest.mark.parametrize(
    ("span", "room", "steps", "seconds"),
    [
        (3600, 100, [60], 60),
        (86400, 60, [60, 60], 1800),
        (604800, 170, [1800, 900], 3600),
        (86400 * 365, 60, [21600], 86400 * 7),
        (3600, 1000, [], 60),
        (21600, 72, [60], 300),
    ],
)
def test_a_cell_has_room_and_is_no_shorter_than_what_was_measured(
    span: float, room: int, steps: list[float], seconds: int
) -> None:
    assert cell_seconds(span, room, steps) == seconds


def test_the_step_of_a_history_is_the_shortest_time_between_two_points() -> None:
    assert step_of(theirs(0, 30, 35)) == 300
    assert step_of(theirs(0)) == 0


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e9)), max_size=300), st.integers(1, 80))
def test_what_does_not_fit_is_pressed_together_and_not_cut(values: list[float | None], places: int) -> None:
    fitted = downsampled(values, places)
    assert len(fitted) == min(len(values), places)
    known = [value for value in values if value is not None]
    shown = [value for value in fitted if value is not None]
    assert bool(known) == bool(shown)
    if known:
        assert min(known) * (1 - 1e-9) <= min(shown) <= max(shown) <= max(known) * (1 + 1e-9)


CELLS = (60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 14400, 21600, 28800, 43200, 86400)


@pytest.mark.parametrize("seconds", CELLS)
def test_a_cell_is_a_span_that_a_person_can_read(seconds: int) -> None:
    assert cell_seconds(0, 1, [seconds]) == seconds
    assert cell_seconds(0, 1, [seconds + 1]) > seconds + 1
