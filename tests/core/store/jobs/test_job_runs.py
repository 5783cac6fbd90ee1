"""Runs of jobs: every one a row with its end, its figures and the head of the trail; pauses with who and when."""

from datetime import timedelta

import pytest

from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.job import JobOutcome, JobRun, JobTrigger
from proximity_tui.core.store import events, verification
from proximity_tui.core.store.db.store_errors import Conflict, LostRace, RecordNotFound
from proximity_tui.core.store.jobs import job_runs
from tests.core.store.making import ANNA, drop_trigger, raw

pytestmark = pytest.mark.usefixtures("opened")

ME, DEAD = "jump1:10:aa", "jump2:20:bb"


def a_run(outcome: JobOutcome = JobOutcome.COMPLETE, *, cluster: str = "prod") -> JobRun:
    events.append(actor="reconciler", action=EventAction.OBSERVE, message="something was found")
    run = job_runs.start("reconciler", cluster, ME, JobTrigger.SCHEDULE, token=7)
    return job_runs.finish(run, outcome, {"orphans_found": 1}, ["pve2 is offline"], ["no task log"])


def test_a_run_tells_what_it_did_who_ran_it_and_how_long_it_took() -> None:
    run = a_run(JobOutcome.PARTIAL)
    assert (run.job, run.cluster, run.run_by, run.trigger, run.token) == ("reconciler", "prod", ME, "schedule", 7)
    assert (run.outcome, run.counters) == (JobOutcome.PARTIAL, {"orphans_found": 1})
    assert (run.reasons, run.errors) == (("pve2 is offline",), ("no task log",))
    assert run.finished_at is not None
    assert run.duration == run.finished_at - run.started_at >= timedelta(0)


def test_a_run_under_way_is_listed_but_is_not_the_last_one() -> None:
    ended = a_run()
    running = job_runs.start("reconciler", "prod", ME, JobTrigger.MANUAL)
    assert [run.id for run in job_runs.recent("reconciler", "prod")] == [running, ended.id]
    assert job_runs.get(running).duration is None
    assert job_runs.last("reconciler", "prod") == ended
    assert job_runs.last("janitor", "prod") is None


def test_lists_are_of_one_job_and_cluster_and_bounded() -> None:
    runs = [a_run(), a_run(), a_run(cluster="lab")]
    assert job_runs.recent(cluster="prod") == (runs[1], runs[0])
    assert job_runs.recent(limit=1) == (runs[2],)
    assert job_runs.recent("janitor") == ()


def test_a_run_ends_once() -> None:
    run = a_run()
    with pytest.raises(LostRace, match="complete"):
        job_runs.finish(run.id, JobOutcome.FAILED)
    with pytest.raises(RecordNotFound):
        job_runs.finish(run.id + 1, JobOutcome.FAILED)


def test_what_a_dead_process_left_running_is_ended_as_failed() -> None:
    left = job_runs.start("janitor", "prod", DEAD, JobTrigger.SCHEDULE)
    mine = job_runs.start("reconciler", "prod", ME, JobTrigger.SCHEDULE)
    elsewhere = job_runs.start("janitor", "lab", DEAD, JobTrigger.SCHEDULE)
    (ended,) = job_runs.abandon_dead("prod", ME)
    assert (ended.id, ended.outcome, ended.reasons) == (
        left,
        JobOutcome.FAILED,
        ("the process that ran it died or lost its lease",),
    )
    assert job_runs.get(mine).outcome is None
    assert job_runs.get(elsewhere).outcome is None
    with pytest.raises(LostRace):
        job_runs.finish(left, JobOutcome.COMPLETE)


def test_a_run_whose_end_was_never_written_is_over_when_the_next_one_begins() -> None:
    left = job_runs.start("janitor", "prod", ME, JobTrigger.SCHEDULE)
    elsewhere = job_runs.start("janitor", "lab", ME, JobTrigger.SCHEDULE)
    other = job_runs.start("reconciler", "prod", ME, JobTrigger.SCHEDULE)
    now = job_runs.start("janitor", "prod", ME, JobTrigger.SCHEDULE)
    ended = job_runs.get(left)
    assert ended.outcome is JobOutcome.FAILED
    assert ended.reasons == ("the next run began, and how this one ended is not known",)
    assert [job_runs.get(run).outcome for run in (elsewhere, other, now)] == [None, None, None]


def test_an_end_that_is_written_late_is_when_it_was() -> None:
    run = job_runs.start("janitor", "prod", ME, JobTrigger.SCHEDULE)
    moment = job_runs.get(run).started_at + timedelta(seconds=3)
    ended = job_runs.finish(run, JobOutcome.COMPLETE, finished_at=moment)
    assert ended.duration == timedelta(seconds=3)


def test_a_run_remembers_the_head_of_the_trail_and_finds_out_that_the_tail_was_cut() -> None:
    a_run()
    run = a_run()
    assert run.head == events.head()
    assert job_runs.lost_head() is None
    for trigger, table in (("event_kept", "event"), ("trail_head_kept", "trail_head")):
        drop_trigger(trigger, table)
    raw("DELETE FROM event WHERE seq = 2")
    raw("DELETE FROM trail_head")
    assert events.verify().whole, "the chain by itself"
    assert job_runs.lost_head() == run
    assert "it was cut" in verification.verify().flaws[0]


def test_pausing_keeps_who_when_and_why_with_an_event() -> None:
    paused = job_runs.pause("janitor", "prod", ANNA, "upgrading pve2")
    assert (paused.by, paused.reason) == (ANNA, "upgrading pve2")
    assert job_runs.paused("janitor", "prod") == paused
    assert job_runs.paused("janitor", "lab") is None
    assert events.list_events()[0].message == "janitor of prod paused: upgrading pve2"


def test_who_pauses_second_is_told_who_was_first() -> None:
    job_runs.pause("janitor", "prod", ANNA)
    with pytest.raises(Conflict, match=ANNA):
        job_runs.pause("janitor", "prod", "bert@jump2")


def test_a_paused_job_can_be_resumed_once_and_paused_again() -> None:
    job_runs.pause("janitor", "prod", ANNA)
    assert job_runs.resume("janitor", "prod", ANNA)
    assert not job_runs.resume("janitor", "prod", ANNA)
    job_runs.pause("janitor", "prod", ANNA)
    assert [event.action for event in events.list_events()] == ["job-paused", "job-resumed", "job-paused"]


def test_a_run_for_a_reason_of_another_version_is_shown_all_the_same() -> None:
    run = job_runs.start("janitor", "prod", ME, JobTrigger.SCHEDULE)
    raw(f"UPDATE job_run SET \"trigger\" = 'full moon' WHERE id = {run}")
    assert job_runs.recent("janitor", "prod")[0].trigger is JobTrigger.UNKNOWN
