"""The figures of the fleet, derived from its events, against a second, naive calculation of each."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.doctrine.analytics.fleet_stats import UNKNOWN_CAUSE, Delay, stats
from proximity_tui.core.model import Event, Kind, State
from proximity_tui.core.model.lifecycle import MOVES
from tests.support.records.make import NOON, after

HOUR = 3600


def event(at: datetime, action: str, container: int | None = 1, cluster: str = "prod", **evidence: Any) -> Event:
    return Event(0, at, "anna", action, container, cluster, 100 + (container or 0), "", evidence, "")


def born(at: float, container: int = 1, kind: str = "adopted", state: str = "adopting", **more: Any) -> Event:
    return event(after(at), "adopt" if kind == "adopted" else "create", container, kind=kind, state=state, **more)


def moved(at: float, before: str, to: str, container: int = 1, action: str = "observe", **more: Any) -> Event:
    return event(after(at), action, container, **{"from": before, "to": to, **more})


def closed(at: float, action: str, container: int = 1, kind: str = "adopted", **more: Any) -> Event:
    return event(after(at), action, container, reason="x", ports_freed=[], kind=kind, state="running", **more)


STORY = [
    born(0),
    moved(60, "adopting", "running", action="adopt", config_keys_count=12),
    born(120, 2, "native", "deploying"),
    moved(180, "deploying", "running", 2, "create"),
    event(after(200), "moved", 2, **{"from": "running", "to": "stopped"}),
    moved(HOUR, "running", "updating", 2, "reboot"),
    moved(3 * HOUR, "updating", "error", 2, "diagnose", stuck_for_s=7200, cause="no operation holds it"),
    closed(4 * HOUR, "anomalous-orphan", missing_since=after(4 * HOUR - 40).isoformat()),
    event(after(4 * HOUR), "alert", alert=7, kind="anomalous_orphan", severity="red"),
    event(after(4 * HOUR + 600), "alert-acknowledged", alert=7, kind="anomalous_orphan", note="mine"),
    closed(30 * HOUR, "hard-delete", 2, "native"),
]


def test_a_story_is_counted() -> None:
    found = stats(STORY, NOON, after(31 * HOUR))
    assert (found.adoptions, found.configs_captured, found.made) == (1, 1, 1)
    assert found.deletions == {("hard", Kind.NATIVE): 1}
    assert found.orphans == {"anomalous": 1}
    assert found.stuck == {(State.UPDATING, "no operation holds it"): 1}
    assert found.to_alert == Delay(1, 40.0)
    assert found.to_acknowledge == Delay(1, 600.0)
    assert [(day.adopted, day.native) for day in found.fleet] == [(0, 1), (0, 0)]
    assert found.growth == 0 - found.before.total
    one, two = found.times
    assert one.seconds == {State.ADOPTING: 60, State.RUNNING: 4 * HOUR - 60}
    assert two.seconds[State.UPDATING] == 2 * HOUR
    assert two.seconds[State.ERROR] == 27 * HOUR


def test_only_what_happened_in_the_time_is_counted_and_states_last_into_it() -> None:
    found = stats(STORY, after(5 * HOUR), after(6 * HOUR))
    assert (found.adoptions, found.orphans, found.stuck, found.to_alert) == (0, {}, {}, Delay(0, None))
    assert [(one.container, one.seconds[State.ERROR]) for one in found.times] == [(2, HOUR)]
    late = stats(STORY, after(4 * HOUR + 1), after(6 * HOUR))
    assert late.to_acknowledge == Delay(1, 600.0), "the alert was before, the person is in it"


@pytest.mark.parametrize(("until", "lived"), [(59, []), (60, []), (61, [1])])
def test_the_time_ends_before_its_last_moment(until: float, lived: list[int]) -> None:
    found = stats([born(60)], NOON, after(until))
    assert [one.container for one in found.times] == lived


def test_what_was_attached_again_or_restored_was_not_created() -> None:
    back = [
        event(after(60), word, number, kind="native", state="deploying")
        for number, word in ((2, "reattach"), (3, "restore"))
    ]
    found = stats([born(30, 1, "native", "cloning"), *back], NOON, after(HOUR))
    assert (found.made, found.growth) == (1, 3)


def test_events_of_another_version_add_less_and_nothing_wrong() -> None:
    strange = [
        event(NOON, "something new", kind="adopted"),
        event(after(1), "observe", 9, **{"from": "running", "to": "stopped"}),
        born(2),
        moved(3, "adopting", "dancing"),
        moved(4, "adopting", "error", action="diagnose"),
        event(after(5), "alert-acknowledged", alert=99),
        event(after(6), "anomalous-orphan", missing_since="yesterday"),
    ]
    found = stats(strange, NOON, after(10))
    assert found.stuck == {(State.ADOPTING, UNKNOWN_CAUSE): 1}
    assert (found.to_alert, found.to_acknowledge) == (Delay(0, None), Delay(0, None))
    assert [one.container for one in found.times] == [1]


def test_a_renamed_cluster_keeps_its_past() -> None:
    renamed = event(after(HOUR), "cluster-renamed", 1, "prod", **{"from": "prod", "to": "live"})
    assert stats([*STORY[:2], renamed], NOON, after(2 * HOUR), "live").adoptions == 1
    assert stats([*STORY[:2], renamed], NOON, after(2 * HOUR), "prod").adoptions == 0


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Random lives of a few records, event by event, in the order of time."""
    made: list[Event] = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        at = draw(st.integers(0, 3000))
        kind = draw(st.sampled_from(["adopted", "native"]))
        state = State.ADOPTING if kind == "adopted" else draw(st.sampled_from([State.DEPLOYING, State.CLONING]))
        made.append(born(60 * at, number, kind, state.value))
        for _ in range(draw(st.integers(0, 8))):
            at += draw(st.integers(0, 600))
            to = draw(st.sampled_from(sorted(MOVES[state])))
            action = "adopt" if state is State.ADOPTING else "diagnose" if to is State.ERROR else "observe"
            keys = draw(st.integers(0, 2))
            made.append(moved(60 * at, state.value, to.value, number, action, config_keys_count=keys))
            state = to
        if draw(st.booleans()):
            action = draw(st.sampled_from(["soft-delete", "hard-delete", "expected-orphan", "anomalous-orphan"]))
            made.append(closed(60 * (at + draw(st.integers(1, 600))), action, number, kind))
    return sorted(made, key=lambda one: one.at)


def state_at(history: list[Event], number: int, moment: datetime) -> tuple[State | None, Kind | None]:
    """The naive way: read everything up to a moment, and remember the last word."""
    state: State | None = None
    kind: Kind | None = None
    for one in history:
        if one.container == number and one.at <= moment:
            if "reason" in one.evidence:
                return None, None
            if "to" in one.evidence:
                state = State(one.evidence["to"])
            else:
                state, kind = State(one.evidence["state"]), Kind(one.evidence["kind"])
    return state, kind


@given(histories(), st.integers(0, 4000), st.integers(1, 3000))
def test_a_second_calculation_minute_by_minute_says_the_same(history: list[Event], begin: int, length: int) -> None:
    since, until = after(60 * begin), after(60 * (begin + length))
    found = stats(history, since, until)
    numbers = {one.container for one in history if one.container is not None}

    # Everything happens on whole minutes, so each minute is spent in the state at its beginning.
    minutes: Counter[tuple[int, State]] = Counter()
    for number in numbers:
        moments = sorted({since, until, *(one.at for one in history if since < one.at < until)})
        for first, last in pairwise(moments):
            state, _ = state_at(history, number, first)
            if state is not None:
                minutes[number, state] += int((last - first).total_seconds())
    assert {
        (one.container, state): seconds for one in found.times for state, seconds in one.seconds.items() if seconds
    } == {key: seconds for key, seconds in minutes.items() if seconds}

    inside = [one for one in history if since <= one.at <= until]
    assert found.adoptions == len([one for one in inside if one.action == "adopt" and "from" in one.evidence])
    assert found.configs_captured == len(
        [one for one in inside if one.action == "adopt" and one.evidence.get("config_keys_count")]
    )
    assert sum(found.deletions.values()) == len([one for one in inside if one.action in ("soft-delete", "hard-delete")])
    assert sum(found.orphans.values()) == len([one for one in inside if one.action.endswith("-orphan")])
    assert sum(found.stuck.values()) == len([one for one in inside if one.action == "diagnose"])
    now = Counter(kind for number in numbers if (kind := state_at(history, number, until)[1]) is not None)
    assert (found.fleet[-1].adopted, found.fleet[-1].native) == (now[Kind.ADOPTED], now[Kind.NATIVE])
    days = (until - timedelta(microseconds=1)).date() - since.date()
    assert len(found.fleet) == days.days + 1


def test_figures_are_kept_as_they_are_read_whatever_else_the_evidence_holds() -> None:
    told = [born(0, record_identity={"kind": "adopted"}, config={"x": "y" * 1000}), *STORY[1:]]
    assert stats(told, NOON, after(31 * HOUR)) == stats(STORY, NOON, after(31 * HOUR))
    with pytest.raises(AttributeError):
        stats(STORY, NOON, NOON).adoptions = 1


def test_the_time_in_a_state_is_added_up_over_all_records_and_the_last_day_is_today() -> None:
    found = stats(STORY, NOON, after(31 * HOUR))
    assert found.state_seconds[State.RUNNING] == sum(one.seconds.get(State.RUNNING, 0) for one in found.times) > 0
    assert set(found.state_seconds) == set(State)
    assert [one.day.isoformat() for one in found.fleet] == ["2026-11-23", "2026-11-24"]


@pytest.mark.parametrize(
    ("evidence", "closes"),
    [({"reason": "x", "ports_freed": []}, True), ({"reason": "x"}, False), ({"ports_freed": [8101]}, False)],
)
def test_only_what_says_why_and_frees_the_ports_closes_a_record(evidence: dict[str, Any], closes: bool) -> None:
    found = stats([born(1), event(after(60), "closed", **evidence)], NOON, after(HOUR))
    assert found.growth == (0 if closes else 1)
