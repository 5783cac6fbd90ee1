"""Jobs: schedule, who runs them, what they found; run now, pause, dry run; and a quit that waits for nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from proximity_tui.app import ProximityApp
from proximity_tui.core.jobs.status import JobStatus
from proximity_tui.core.model import State
from proximity_tui.core.model.job import JobOutcome, JobRun, JobTrigger, Lease, Pause, RunDay
from proximity_tui.core.store import events
from proximity_tui.core.store.jobs import job_runs, leases
from proximity_tui.core.store.records import records
from proximity_tui.screens.jobs.jobs_screen import JobsScreen
from proximity_tui.screens.power.power_dialog import PowerDialog
from proximity_tui.screens.presentation.job_text import header_parts, job_lines, state_cell, took_text
from proximity_tui.screens.presentation.notes import countdown
from proximity_tui.screens.text.scroll_text import ScrollText
from proximity_tui.widgets.dialogs.confirm_dialog import Confirm
from proximity_tui.widgets.glyphs import UNICODE
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.screens.support.watched import (
    destroyed_behind_our_back,
    first_runs,
    impatient,
    jobs_of,
    shows,
    somebody_else,
)
from tests.support.records.make import NOON, after
from tests.support.timing.meddling import asked, held_back
from tests.support.timing.until import screen_text, until

COUNTED = timedelta(minutes=10)
"""So long until an absence is believed that however late a screen is read, it still counts down from five hundred and
something seconds."""


@pytest.fixture
def watched(set_up: Callable[..., Stage]) -> Stage:
    """A stage with running clocks, whose jobs prove an absence after a blink."""
    stage = impatient(set_up(running_clock=True))
    stage.adopt(101, port=80)
    stage.adopt(102)
    return stage


async def test_both_jobs_say_when_they_ran_when_they_run_and_who_runs_them(watched: Stage) -> None:
    async with watched.shown((120, 30), jobs=True) as pilot:
        await first_runs(pilot)
        await pilot.press("4")
        await shows(pilot, "reconciler  prod", "janitor     prod", "waiting", "nothing to do")
        await shows(pilot, "(this process)", "Last runs  1: 1 complete", "2 containers checked")
        # How long ago depends on how busy the machine is.
        for run in ("complete", "reconciler", "janitor"):
            await until(pilot, lambda run=run: re.search(rf"{run} <?\d+[sm] ago", screen_text(pilot.app)))


async def test_run_now_runs_the_job_of_this_cluster(watched: Stage) -> None:
    async with watched.shown((120, 30), jobs=True) as pilot:
        await first_runs(pilot)
        await pilot.press("4", "R")
        await shows(pilot, "The reconciler of prod runs now.")
        await pilot.press("J")
        await shows(pilot, "The janitor of prod runs now.")
        for job in ("reconciler", "janitor"):
            await until(pilot, lambda job=job: job_runs.recent(job, "prod")[0].trigger == "manual")


async def test_the_command_line_runs_a_job_from_any_screen(watched: Stage) -> None:
    async with watched.shown((120, 30), jobs=True) as pilot:
        await first_runs(pilot)
        await pilot.press("colon", *"janitor", "enter")
        await until(pilot, lambda: job_runs.recent("janitor", "prod")[0].trigger == "manual")


async def test_paused_it_says_by_whom_and_runs_again_when_resumed(watched: Stage) -> None:
    async with watched.shown((120, 30), jobs=True) as pilot:
        await first_runs(pilot)
        await pilot.press("4", "p", *"upgrade", "enter")
        await shows(pilot, "paused by ", "upgrade", "reconciler paused")
        paused = job_runs.paused("reconciler", "prod")
        assert paused is not None
        assert paused.reason == "upgrade"
        await pilot.press("p")
        await until(pilot, lambda: job_runs.paused("reconciler", "prod") is None)
        await shows(pilot, "waiting")


async def test_a_dry_run_shows_the_plan_and_writes_nothing(watched: Stage) -> None:
    async with watched.shown((120, 40), jobs=True) as pilot:
        await first_runs(pilot)
        await pilot.press("4")
        watched.world.destroy_outside(101)
        before, runs = events.head(), len(job_runs.recent())
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await shows(pilot, "Dry run of the reconciler of prod: nothing was written", "As of ", "web-1", "unknown, ")
        assert (events.head(), len(job_runs.recent())) == (before, runs)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Confirm))


async def test_a_second_screen_on_the_same_database_names_who_runs_them(watched: Stage) -> None:
    async with watched.shown((120, 30), jobs=True) as pilot:
        await first_runs(pilot)
        holder = leases.holder("prod")
        assert holder is not None
        second = ProximityApp(somebody_else(watched))
        async with second.run_test(size=(120, 30), notifications=True) as other:
            await until(other, lambda: jobs_of(other))
            await other.press("4")
            await shows(other, f"run by {holder.owner.rpartition(':')[0]}", "another process")
            await other.press("R")
            await shows(other, "The jobs of prod are run by")
        assert leases.holder("prod") is not None, "leaving the second takes nothing from the first"


async def test_a_missing_container_counts_down_until_it_is_believed_gone(watched: Stage) -> None:
    impatient(watched, COUNTED)
    async with watched.shown((140, 30), jobs=True) as pilot:
        await destroyed_behind_our_back(pilot, watched, 101)
        await until(pilot, lambda: re.search(r"missing\? confirming in [56]\d\d s", screen_text(pilot.app)))
        await shows(pilot, "? unknown")
        assert records.find_active("prod", 101) is not None


def test_a_countdown_goes_in_steps_and_then_says_that_it_is_due() -> None:
    said = [countdown(seconds).text for seconds in (23.0, 20.0, 0.4, -3.0)]
    assert said == [
        "missing? confirming in 25 s",
        "missing? confirming in 20 s",
        "missing? confirming in 5 s",
        "missing? confirming now",
    ]


async def test_at_80_columns_the_seconds_of_the_countdown_are_still_there(watched: Stage) -> None:
    impatient(watched, COUNTED)
    async with watched.shown((80, 24), jobs=True) as pilot:
        await destroyed_behind_our_back(pilot, watched, 101)
        await until(pilot, lambda: re.search(r"missing\? in [56]\d\d s", screen_text(pilot.app)))


async def test_a_row_shows_its_verdict_by_word(watched: Stage) -> None:
    async with watched.shown((140, 30), jobs=True) as pilot:
        await first_runs(pilot)
        watched.world.recreate_outside(102)
        watched.world.broadcast()
        await pilot.press("4", "R", "1")
        await shows(pilot, "replaced", "ALERT  REPLACED")


async def test_what_is_stuck_is_diagnosed_and_counted(watched: Stage) -> None:
    stuck = watched.record("stuck", 777, state=State.REMOVING)
    async with watched.shown((140, 40), jobs=True) as pilot:
        await first_runs(pilot)
        await pilot.press("4", "j")
        await shows(pilot, "janitor of prod", "1 record in a transient state")
        assert records.get(stuck.id).state is State.REMOVING, "an hour has not passed"


async def test_read_only_observes_and_concludes_nothing(set_up: Callable[..., Stage]) -> None:
    stage = set_up(running_clock=True)
    stage.adopt(101)
    stage.adopt(102)
    stage = impatient(stage)
    stage.context = replace(stage.context, settings=replace(stage.context.settings, read_only=True))
    async with stage.shown((140, 30), jobs=True) as pilot:
        await first_runs(pilot)
        stage.world.destroy_outside(101)
        await pilot.press("4", "R")
        await until(pilot, lambda: len(job_runs.recent("reconciler", "prod")) >= 2)
        await shows(pilot, "1 undecided")
        found = records.find_active("prod", 101)
        assert found is not None
        assert found.missing_since is None


async def test_quitting_does_not_wait_for_a_job_in_a_dead_connection(watched: Stage) -> None:
    async with watched.shown(jobs=True) as pilot:
        await first_runs(pilot)
        watched.simulator.faults.hang()
        await pilot.press("4", "R")
        await until(pilot, lambda: running(pilot))
    assert leases.holder("prod") is None, "the lease was given back"


async def test_an_idle_screen_paints_the_same_text_for_the_same_runs(watched: Stage) -> None:
    async with watched.shown((120, 30), jobs=True) as pilot:
        await first_runs(pilot)
        await pilot.press("4")
        await shows(pilot, "Last runs  1: 1 complete")
        before = screen_text(pilot.app)
        pilot.app.screen.show(pilot.app.controller.view)  # type: ignore[attr-defined]
        await pilot.pause()
        assert screen_text(pilot.app) == before
        assert pilot.app.screen.query_one(ScrollText).text


def test_how_long_a_run_took_is_nothing_while_it_runs() -> None:
    assert took_text(None) == ""


def running(pilot: Pilot[Any]) -> bool:
    """Whether any job runs."""
    return any(one.running_since for one in jobs_of(pilot))


def status(**changes: Any) -> JobStatus:
    """The reconciler of prod, run by this process, complete four minutes ago and due in one."""
    last = JobRun(1, "reconciler", "prod", "jump1:7:ab", JobTrigger.SCHEDULE, NOON, NOON, JobOutcome.COMPLETE)
    lease = Lease("prod", "jobs", "jump1:7:ab", 3, NOON, NOON, timedelta(seconds=15))
    usual: dict[str, Any] = {"running_since": None, "next_run": after(300), "last": last, "paused": None}
    usual |= {"holder": lease, "mine": True, "stopped": False}
    return JobStatus("reconciler", "prod", timedelta(minutes=5), **{**usual, **changes})


def run(outcome: JobOutcome) -> JobRun:
    """A run that ended like that."""
    return replace(status().last, outcome=outcome)  # type: ignore[return-value, type-var]


@pytest.mark.parametrize(
    ("changes", "header", "row"),
    [
        ({}, "reconciler 4m ago → 1m", "waiting"),
        ({"stopped": True}, "reconciler STOPPED", "STOPPED"),
        ({"running_since": after(235)}, "reconciler running", "running <15s"),
        ({"last": None}, "reconciler not run yet", "waiting"),
        ({"paused": Pause("reconciler", "prod", NOON, "otto@jump2")}, "reconciler paused", "paused by otto@jump2"),
        ({"last": run(JobOutcome.HELD)}, "reconciler held 4m ago", "waiting"),
        ({"mine": False}, "reconciler 4m ago", "run by jump1:7"),
        ({"holder": None, "mine": False}, "reconciler 4m ago", "no lease yet"),
    ],
)
def test_how_a_job_stands_is_said_in_words(changes: dict[str, Any], header: str, row: str) -> None:
    now = after(240)
    ((_, pieces),) = header_parts([status(**changes)], now, UNICODE)
    assert "".join(text for text, _ in pieces) == header
    assert state_cell(status(**changes), now).text == row


def test_of_several_clusters_the_status_line_tells_the_one_that_stands_worst() -> None:
    ((urgency, pieces),) = header_parts([status(), status(stopped=True), status()], after(240), UNICODE)
    assert (urgency, pieces[0][0]) == (0, "reconciler STOPPED")


def test_jobs_that_have_stopped_say_what_to_do() -> None:
    lines = [
        "".join(text for text, _ in line) for line in job_lines(status(stopped=True), (), (), NOON, read_only=False)
    ]
    assert lines[0] == "The background jobs of this process have stopped. Quit and start again."


def test_the_sums_of_earlier_days_are_listed_below_the_runs() -> None:
    counters = {"total_apps": 2880, "orphans_purged": 3}
    outcomes = {"failed": 2, "complete": 285, "frozen": 1}
    day = RunDay("reconciler", "prod", date(2026, 11, 14), 288, timedelta(hours=1), outcomes, counters)
    lines = ["".join(text for text, _ in line) for line in job_lines(status(), (), (day,), NOON, read_only=False)]
    assert lines[-2:] == [
        "Earlier days  in UTC",
        " 2026-11-14       288: 285 complete, 2 failed, 1 held; 3 records closed",
    ]


async def test_a_dry_run_that_ends_late_covers_no_dialog_that_was_opened_meanwhile(watched: Stage) -> None:
    async with watched.shown((120, 40)) as pilot:
        await pilot.app.push_screen(JobsScreen())
        screen = pilot.app.screen
        assert isinstance(screen, JobsScreen)
        with held_back(watched.simulator, asked("GET", "/cluster/resources")) as reached:
            screen._dry_run("reconciler", "prod")
            await until(pilot, reached.is_set)
            await pilot.app.push_screen(PowerDialog(by_name("web-1").id))
            await until(pilot, lambda: isinstance(pilot.app.screen, PowerDialog))
        await shows(pilot, "The dry run of the reconciler of prod has ended. d on Jobs repeats it.")
        assert isinstance(pilot.app.screen, PowerDialog)


async def test_a_key_about_a_job_says_that_there_is_none(stage: Stage) -> None:
    async with stage.shown((120, 40)) as pilot:
        await pilot.press("4")
        await shows(pilot, "The jobs have not started yet.")
        for key in ("R", "J", "d", "p"):
            await pilot.press(key)
            await shows(pilot, "Nothing was done")
            pilot.app.clear_notifications()
            await until(pilot, lambda: "Nothing was done" not in screen_text(pilot.app))
