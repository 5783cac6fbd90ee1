"""When the jobs run: on their interval, at once when something is missed, never two at a time, and for whom."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.engine.observe.poller import Poller
from proximity_tui.core.jobs.job_work import JobSettings
from proximity_tui.core.jobs.runner import Jobs
from proximity_tui.core.model import Container
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.model.job import JobOutcome, Pause
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.jobs import job_runs, run_days
from proximity_tui.core.store.records import records
from proximity_tui.core.store.schema.job_tables import JobRunRow
from tests.core.store.making import raw
from tests.scenarios.jobs.jobs_at_work import ME, RIVAL, at_work, both_ended, ended, pulses, status_of
from tests.support.house import QUICK, House
from tests.support.records.notifying import delivering, state_of
from tests.support.records.unharmed import nothing_was_lost
from tests.support.servers.databases import both_databases
from tests.support.servers.sentry_receiver import sentry_receiver
from tests.support.timing.meddling import asked, held_back
from tests.support.timing.waiting import LONGEST, until

OLD_RUN = {
    "cluster": "lab", "job": "janitor", "outcome": "complete", "run_by": RIVAL, "trigger": "schedule",
    "counters": {"stuck_found": 1}, "reasons": [], "errors": [],
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("quick_pulse")


@both_databases
def test_both_jobs_run_at_the_start_and_then_on_their_interval(house: House) -> None:
    with at_work(house, reconciler_interval=timedelta(seconds=0.3)) as jobs:
        until(lambda: len(ended()) >= 3)
        until(lambda: ended("janitor"))
        status = status_of(jobs, "janitor")
    assert {run.trigger for run in ended()} == {"schedule"}
    assert len(ended("janitor")) == 1
    assert status.next_run is not None
    assert status.next_run > datetime.now(UTC) + timedelta(minutes=55)


@both_databases
def test_o10_a_run_by_hand_is_a_row_and_the_next_scheduled_one_is_not_lost(house: House) -> None:
    house.adopted(101)
    with at_work(house) as jobs:
        until(lambda: both_ended(jobs, 1))
        due = status_of(jobs).next_run
        assert jobs.run_now("reconciler", "lab") == "the reconciler of lab runs now"
        assert jobs.run_now("janitor", "lab") == "the janitor of lab runs now"
        until(lambda: both_ended(jobs, 2))
        assert status_of(jobs).next_run == due
    by_hand = ended()[-1]
    assert (by_hand.trigger, by_hand.run_by, by_hand.outcome) == ("manual", ME, JobOutcome.COMPLETE)
    assert set(by_hand.counters) == {
        "total_apps", "real_vmids_count", "orphans_found", "expected_orphans", "anomalous_orphans", "orphans_purged",
        "undecided", "hidden", "replaced",
    }  # fmt: skip
    assert set(ended("janitor")[-1].counters) == {"total_transitional", "stuck_found", "stuck_marked_error"}


@both_databases
@pytest.mark.parametrize("read_only", [False, True])
def test_the_reconciler_thins_the_old_runs_of_its_cluster(house: House, read_only: bool) -> None:
    old = datetime.now(UTC) - timedelta(days=30)
    with store.transaction():
        for at in (old, old, old, old + timedelta(days=29)):
            JobRunRow.insert({**OLD_RUN, "started_at": at, "finished_at": at}).execute()
    with at_work(house, read_only=read_only):
        until(lambda: len(ended()) == 1)
    assert len([run for run in job_runs.recent("janitor", "lab") if run.started_at == old]) == (3 if read_only else 1)
    assert [(day.runs, day.counters) for day in run_days.latest("janitor", "lab")] == (
        [] if read_only else [(3, {"stuck_found": 3})]
    )


def test_old_runs_that_may_not_be_deleted_fail_no_run(house: House, caplog: pytest.LogCaptureFixture) -> None:
    old = datetime.now(UTC) - timedelta(days=30)
    with store.transaction():
        for at in (old, old, old + timedelta(days=29)):
            JobRunRow.insert({**OLD_RUN, "started_at": at, "finished_at": at}).execute()
    raw("CREATE TRIGGER strict BEFORE DELETE ON job_run BEGIN SELECT RAISE(ABORT, 'not by you'); END")
    with at_work(house):
        until(lambda: len(ended()) == 1)
    assert ended()[0].outcome is JobOutcome.COMPLETE
    assert "the old runs of lab could not be thinned" in caplog.text
    assert run_days.latest("janitor", "lab") == ()
    assert len([run for run in job_runs.recent("janitor", "lab") if run.started_at == old]) == 2


def test_a_rogue_destroy_is_a_red_alert_soon_whatever_the_interval_is(house: House) -> None:
    """The watch misses it, the reconciler looks at once, and looks again as soon as it may conclude."""
    victim = house.adopted(101)
    house.adopted(102)
    with at_work(house, limits=Limits(confirm_after=timedelta(seconds=0.5))) as jobs:
        until(lambda: both_ended(jobs, 1))
        house.simulator.journal.clear()
        house.simulator.world.destroy_outside(101, user="mallory@pve")
        assert Poller(house.clients["lab"], 60.0, house.clock).poll_once().healthy
        jobs.missed("lab")
        until(lambda: house.again(victim).is_tombstone)
        until(lambda: len(ended()) == 3)
    (alert,) = alerts.open_alerts()
    assert alert.kind == AlertKind.ANOMALOUS_ORPHAN
    assert "by mallory@pve" in alert.message
    assert [run.trigger for run in ended()] == ["schedule", "missing", "confirm"]
    assert house.wire() == []


@both_databases
def test_a_paused_job_runs_only_by_hand_until_it_is_resumed(house: House) -> None:
    with at_work(house, reconciler_interval=timedelta(seconds=0.3)) as jobs:
        until(lambda: ended())
        job_runs.pause("reconciler", "lab", "anna@jump1", "upgrading pve2")
        # What was due before the pause has begun by then.
        pulses(jobs)
        until(lambda: status_of(jobs).running_since is None)
        before = len(ended())
        jobs.missed("lab")
        pulses(jobs)
        assert len(ended()) == before
        jobs.run_now("reconciler", "lab")
        until(lambda: len(ended()) == before + 1)
        job_runs.resume("reconciler", "lab", "anna@jump1")
        until(lambda: len(ended()) > before + 1)


def test_a_paused_job_is_not_busy_while_its_clock_asks_whether_it_is_paused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for, answered = threading.Event(), threading.Event()
    paused = job_runs.paused

    def slowly(job: str, cluster: str) -> Pause | None:
        asked_for.set()
        assert answered.wait(LONGEST)
        return paused(job, cluster)

    with at_work(house) as jobs:
        until(lambda: both_ended(jobs, 1))
        job_runs.pause("reconciler", "lab", "anna@jump1")
        with monkeypatch.context() as slow:
            slow.setattr(job_runs, "paused", slowly)
            jobs.missed("lab")
            assert asked_for.wait(LONGEST)
            assert jobs.run_now("reconciler", "lab") == "the reconciler of lab runs now"
            answered.set()
        until(lambda: [run.trigger for run in ended()] == ["schedule", "manual"])


def test_n69_a_run_longer_than_its_interval_is_never_joined_by_another(house: House) -> None:
    house.simulator.faults.latency(0.7, "/cluster/resources")
    with at_work(house, reconciler_interval=timedelta(seconds=0.2)):
        until(lambda: len(ended()) >= 3)
    for earlier, run in pairwise(ended()):
        assert earlier.finished_at is not None
        assert earlier.finished_at <= run.started_at


def test_a_container_missed_while_the_reconciler_is_at_work_is_looked_for_once_more(house: House) -> None:
    """The run under way may have read its inventory before the container went; many misses make one more run."""
    with at_work(house) as jobs:
        until(lambda: both_ended(jobs, 1))
        with held_back(house.simulator, asked("GET", "/cluster/resources")) as begun:
            jobs.run_now("reconciler", "lab")
            assert begun.wait(LONGEST)
            for _ in range(5):
                jobs.missed("lab")
        until(lambda: len(ended()) == 3)
    assert [run.trigger for run in ended()] == ["schedule", "manual", "missing"]


@both_databases
def test_n70_two_processes_and_one_lease(house: House) -> None:
    with at_work(house) as mine:
        until(lambda: both_ended(mine, 1))
        with at_work(house, RIVAL) as other:
            status = status_of(other)
            assert status.holder is not None
            assert (status.holder.owner, status.mine) == (ME, False)
            assert other.run_now("reconciler", "lab") == f"the jobs of lab are run by {ME}"
            mine.stop(timeout=LONGEST)
            until(lambda: other.run_now("reconciler", "lab") == "the reconciler of lab runs now")
            until(lambda: any(run.run_by == RIVAL for run in ended()))
    tokens = [run.token for run in ended()]
    assert tokens == sorted(tokens, key=lambda token: token or 0)


def test_n71_a_job_that_raises_is_told_once_and_runs_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.adopted(101)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("nobody thought of this")

    with sentry_receiver() as receiver, delivering(receiver.dsn) as notifier:
        with at_work(house, reconciler_interval=timedelta(seconds=0.3)) as jobs:
            until(lambda: ended())
            with monkeypatch.context() as breaking:
                breaking.setattr(house.clients["lab"], "inventory", broken)
                until(lambda: len([run for run in ended() if run.outcome is JobOutcome.FAILED]) >= 3)
                (alert,) = alerts.open_alerts()
                assert status_of(jobs).next_run is not None, "it is still scheduled"
            until(lambda: ended()[-1].outcome is JobOutcome.COMPLETE)
        notifier.want()
        until(lambda: state_of(alert) == "delivered")
    failed = [run for run in ended() if run.outcome is JobOutcome.FAILED]
    assert failed[0].errors[0].startswith("RuntimeError: nobody thought of this (in broken, line ")
    assert (alert.kind, alert.name) == ("job_failed", "reconciler")
    assert alert.evidence["traceback"][-1].startswith("broken (")
    assert len(receiver.events) == 1
    assert alerts.get(alert.id).resolution == "it ran again"


def test_n55_read_only_jobs_observe_and_write_no_verdict(house: House) -> None:
    victim = seen_once(house, 101)
    house.simulator.world.destroy_outside(101)
    with at_work(house, read_only=True, reconciler_interval=timedelta(seconds=0.3)):
        until(lambda: len(ended()) >= 4)
    assert house.again(victim) == victim
    assert alerts.all_alerts() == ()
    assert house.wire() == []


def test_neither_job_ever_writes_to_proxmox(house: House) -> None:
    seen_once(house, 101)
    seen_once(house, 102)
    house.simulator.world.destroy_outside(101)
    house.simulator.world.recreate_outside(102)
    house.simulator.world.broadcast()
    every = timedelta(seconds=0.2)
    with at_work(house, reconciler_interval=every, janitor_interval=every) as jobs:
        until(lambda: both_ended(jobs, 4))
    assert house.wire() == []


def test_n10_a_slow_api_does_not_let_runs_stack_up(house: House, fleet: list[Container]) -> None:
    with at_work(house) as jobs:
        until(lambda: both_ended(jobs, 1))
        house.simulator.journal.clear()
        with held_back(house.simulator, asked("GET", "/cluster/resources")) as begun:
            assert jobs.run_now("reconciler", "lab") == "the reconciler of lab runs now"
            assert begun.wait(LONGEST)
            for _ in range(5):
                assert jobs.run_now("reconciler", "lab") == "the reconciler of lab is already running"
                jobs.missed("lab")
            (running,) = [one for one in job_runs.recent("reconciler", "lab") if one.outcome is None]
            assert running.finished_at is None
            assert house.simulator.journal.count("GET", "/cluster/resources") == 1
            assert status_of(jobs).running_since is not None, "how long it runs can be told"
    nothing_was_lost(house, fleet)


def test_n14_a_cluster_that_is_switched_off_is_not_checked(two_clusters: House) -> None:
    lab, attic = two_clusters.adopted(101, cluster="lab"), two_clusters.adopted(101, cluster="attic")
    two_clusters.simulators["attic"].world.destroy_outside(101)
    only_lab = {"lab": two_clusters.clients["lab"]}
    jobs = Jobs(only_lab, JobSettings(limits=QUICK), "jump1:1:me", SystemClock())
    jobs.start()
    try:
        until(lambda: job_runs.last("reconciler", "lab"))
    finally:
        jobs.stop(timeout=LONGEST)
    assert job_runs.last("reconciler", "attic") is None
    assert not two_clusters.again(attic).is_tombstone
    assert not two_clusters.again(lab).is_tombstone
    assert alerts.all_alerts() == ()


def test_n15_without_clusters_the_jobs_have_nothing_to_do(tmp_path: Path) -> None:
    store.open_store(f"sqlite:///{tmp_path}/proximity.db")
    try:
        jobs = Jobs({}, JobSettings(), "jump1:1:me", SystemClock())
        jobs.start()
        assert jobs.status() == ()
        jobs.stop()
        assert (records.active(), events.list_events(), job_runs.recent()) == ((), (), ())
    finally:
        store.close_store()


def seen_once(house: House, vmid: int) -> Container:
    adopted = house.adopted(vmid)
    house.reconcile()
    house.simulator.journal.clear()
    return house.again(adopted)
