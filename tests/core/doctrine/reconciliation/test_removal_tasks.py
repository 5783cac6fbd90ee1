"""Who may have done it: only tasks of this very container, the failed ones too, and several as several."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from proximity_tui.core.doctrine.reconciliation.removal_tasks import SLACK, OurPart, candidates, sentence
from proximity_tui.core.model import Task
from tests.support.records.make import container

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
OURS = replace(container(), created_at=NOW - timedelta(days=2), observed_at=NOW)
US = OurPart("proximity@pve!tui")
NO_TIME = timedelta(0)


def task(type: str, minutes: float = 1, exitstatus: str | None = "OK", user: str = "mallory@pve") -> Task:
    began = NOW + timedelta(minutes=minutes)
    ended = began + timedelta(seconds=2)
    return Task(f"UPID:{type}:{minutes}", "pve1", type, "101", user, began, "stopped", exitstatus, ended)


@pytest.mark.parametrize(
    ("tasks", "named"),
    [
        ([task("vzdestroy", -60), task("vzrestore", 1, "unpacking failed")], ["vzrestore"]),
        ([task("vzdestroy", -60 * 24 * 3)], []),
        ([task("vzdestroy", -10)], []),
        ([task("vzdestroy", 1, "storage is busy")], ["vzdestroy"]),
        ([task("vzdestroy", 1, "storage is busy"), task("vzdestroy", 2)], ["vzdestroy"]),
        ([task("vzrestore", 1), task("vzdestroy", 2)], ["vzrestore", "vzdestroy"]),
        ([task("vzmigrate", 1), task("vzdestroy", 2)], ["vzdestroy"]),
        ([task("vzmigrate", 1)], ["vzmigrate"]),
        ([task("vzmigrate", 1, "no route to host")], []),
        ([task("vzstart", 1), task("qmcreate", 2)], []),
    ],
    ids=lambda value: " ".join(f"{one.type}@{one.started_at:%d.%H:%M}" for one in value if isinstance(one, Task)),
)
def test_only_what_ended_after_it_was_last_seen_alive_may_have_done_it(tasks: list[Task], named: list[str]) -> None:
    assert [one.type for one in candidates(tasks, OURS, NO_TIME)] == named


def test_a_task_that_runs_still_and_one_before_our_first_sight_are_candidates() -> None:
    running = replace(task("vzdestroy", -30, None), status="running", ended_at=None)
    assert candidates([running], OURS, NO_TIME) == (running,)
    early = task("vzdestroy", -30)
    assert candidates([early], replace(OURS, observed_at=None), NO_TIME) == (early,)


def test_a_clock_that_is_ahead_is_reckoned_with() -> None:
    three_hours = timedelta(hours=3)
    before = task("vzdestroy", 60 * 3 - 10)
    after = task("vzdestroy", 60 * 3 + 1)
    assert candidates([before, after], OURS, three_hours) == (after,)


def test_a_task_of_the_second_in_which_the_container_was_made_counts_and_an_earlier_one_does_not() -> None:
    made = replace(OURS, created_at=NOW.replace(microsecond=700_000), observed_at=None)
    assert candidates([task("vzdestroy", 0)], made, NO_TIME) == (task("vzdestroy", 0),)
    assert candidates([task("vzdestroy", -1 / 60)], made, NO_TIME) == ()
    # Where another clock is reckoned with, a second is not known so exactly.
    ahead = timedelta(hours=3)
    assert candidates([task("vzdestroy", 60 * 3 - 1 / 60)], made, ahead) != ()


def said(*tasks: Task, ours: OurPart = US, filtered: tuple[str, ...] = ()) -> str:
    return sentence(OURS, tasks, ours, NO_TIME, filtered).partition(": ")[2]


def test_one_is_named_several_are_candidates_and_none_is_not_known() -> None:
    done, failed = task("vzdestroy"), task("vzrestore", 2, "unpacking failed", "bert@pam")
    assert said(done) == "destroyed 12:01 UTC by mallory@pve, not by us"
    assert said(failed) == "gone; the restore of 12:02 UTC by bert@pam (failed) may have done it, not by us"
    assert said(done, failed) == (
        "gone; either the destroy of 12:01 UTC by mallory@pve or the restore of 12:02 UTC by bert@pam (failed),"
        " not by us"
    )
    assert said() == "gone; the cause is not known"
    assert said(filtered=("pve2", "pve1")) == (
        "gone; the cause is not known: tasks of others on pve1 and pve2 are not shown to our token"
    )


def test_nobody_says_not_by_us_of_our_own_user_or_of_an_operation_of_ours() -> None:
    assert said(task("vzdestroy", user="proximity@pve")) == "destroyed 12:01 UTC by proximity@pve"
    assert said(ours=replace(US, operation=7)) == "gone; our own operation 7 had requested its destroy"


def test_a_request_of_ours_whose_end_is_not_known_hides_nobody_whose_task_is_known() -> None:
    assert said(task("vzdestroy"), ours=replace(US, operation=7)) == (
        "destroyed 12:01 UTC by mallory@pve; our own operation 7 had requested its destroy"
    )


def test_the_end_of_a_task_is_told_unless_it_went_well() -> None:
    running = replace(task("vzdestroy", -30, None), status="running", ended_at=None)
    for one, end in (
        (task("vzdestroy"), " by mallory@pve, not by us"),
        (task("vzdestroy", 1, "storage is busy"), "(failed) may have done it, not by us"),
        (running, "(still running) may have done it, not by us"),
        (task("vzdestroy", 1, None), "(its end is not known) may have done it, not by us"),
    ):
        assert said(one).endswith(end)


@pytest.mark.parametrize(("seconds", "counts"), [(0, True), (-1, False)])
def test_what_ended_just_before_it_was_last_seen_may_have_done_it(seconds: float, counts: bool) -> None:
    """A list may be that much older than the moment at which it is taken over."""
    ended = replace(task("vzdestroy", -60), ended_at=NOW - SLACK + timedelta(seconds=seconds))
    assert (candidates([ended], OURS, NO_TIME) == (ended,)) is counts
