"""Jobs while the database, the cluster or whoever ran them is away for a moment: no run, no second list is lost, none
is doubled, and none seems to run for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta

import pytest

from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.jobs import next_run
from proximity_tui.core.jobs import runner as jobs_module
from proximity_tui.core.jobs.runner import Jobs
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.model.job import JobOutcome, JobTrigger
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.store_errors import StoreUnavailable
from proximity_tui.core.store.jobs import job_runs, leases
from tests.scenarios.jobs.jobs_at_work import LONG, ME, RIVAL, at_work, both_ended, ended, pulses, status_of
from tests.support.house import House
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import asked, full_disk, held_back
from tests.support.timing.waiting import LONGEST, until

pytestmark = pytest.mark.usefixtures("quick_pulse")

Away = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def away(backend: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Away:
    """Takes the database away for the length of a block: a disk without room, or a server that was stopped."""
    monkeypatch.setattr(jobs_module, "SOON", timedelta(seconds=0.1))
    if backend == "sqlite":
        return full_disk
    server = request.getfixturevalue("postgresql_server")

    @contextmanager
    def stopped() -> Iterator[None]:
        server.stop()
        try:
            yield
        finally:
            server.start()
        until(answers)

    return stopped


@pytest.fixture
def quick_to_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute is half a second."""
    monkeypatch.setattr(next_run, "READ_AGAIN", timedelta(seconds=0.5))


@pytest.fixture
def slow_to_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute is longer than any test."""
    monkeypatch.setattr(next_run, "READ_AGAIN", LONG)


def answers() -> bool:
    """Whether our own connections work again."""
    try:
        job_runs.recent(limit=1)
    except StoreUnavailable:
        return False
    return True


def run_and_be_cut_off(house: House, jobs: Jobs, away: Away, caplog: pytest.LogCaptureFixture) -> None:
    """The reconciler runs, and the database goes away before it can write down how that ended; then it is back."""
    with ExitStack() as meanwhile:
        with held_back(house.simulator, asked("GET", "/cluster/resources")) as begun:
            jobs.run_now("reconciler", "lab")
            assert begun.wait(LONGEST)
            meanwhile.enter_context(away())
        until(lambda: "could not be recorded yet" in caplog.text)


@both_databases
def test_a_run_whose_end_could_not_be_written_has_its_end_as_soon_as_it_can_be(
    house: House, away: Away, caplog: pytest.LogCaptureFixture, slow_to_read_again: None
) -> None:
    """A row without an end says on the screen that it runs, and the next run may be hours away."""
    with at_work(house) as jobs:
        until(lambda: both_ended(jobs, 1))
        run_and_be_cut_off(house, jobs, away, caplog)
        until(lambda: len(ended()) == 2)
        pulses(jobs)
        newest, *_ = job_runs.recent("reconciler", "lab")
    assert (newest.trigger, newest.reasons) == ("manual", ()), "it is its own end, and not one that was made up for it"
    assert newest.outcome is (JobOutcome.FAILED if newest.errors else JobOutcome.COMPLETE)
    assert len(ended()) == 2


@both_databases
def test_a_run_that_the_database_kept_from_beginning_begins_once_it_is_back(
    house: House, away: Away, caplog: pytest.LogCaptureFixture
) -> None:
    """The interval is an hour: an outage that costs no lease costs no run either."""
    with at_work(house) as jobs:
        until(lambda: both_ended(jobs, 1))
        with away():
            jobs.missed("lab")
            until(lambda: "could not start" in caplog.text)
        until(lambda: len(ended()) == 2)
        pulses(jobs)
        assert [run.outcome for run in ended()] == [JobOutcome.COMPLETE, JobOutcome.COMPLETE]
        assert len(job_runs.recent("reconciler", "lab")) == 2


@both_databases
def test_a_second_list_that_the_database_cut_short_is_taken_once_more(
    house: House, away: Away, caplog: pytest.LogCaptureFixture, quick_to_read_again: None
) -> None:
    victim = house.adopted(101)
    house.adopted(102)
    with at_work(house) as jobs:
        until(lambda: both_ended(jobs, 1))
        missed_once(house, 101)
        run_and_be_cut_off(house, jobs, away, caplog)
        until(lambda: house.again(victim).is_tombstone)
    (alert,) = alerts.all_alerts()
    assert alert.kind == AlertKind.ANOMALOUS_ORPHAN


def test_a_second_list_that_met_a_silent_cluster_is_taken_once_more(house: House, quick_to_read_again: None) -> None:
    """Who vanished shortly before the cluster fell silent is told of when it speaks again, not an interval later."""
    victim = house.adopted(101)
    house.adopted(102)
    with at_work(house) as jobs:
        until(lambda: both_ended(jobs, 1))
        missed_once(house, 101)
        silent = house.simulator.faults.answer(500, "no", "/cluster/resources")
        jobs.run_now("reconciler", "lab")
        until(lambda: len(ended()) >= 3)
        assert {run.outcome for run in ended()[1:]} == {JobOutcome.PARTIAL}
        assert not house.again(victim).is_tombstone
        house.simulator.faults.remove(silent)
        until(lambda: house.again(victim).is_tombstone)


@both_databases
def test_a_second_list_that_a_dead_process_had_meant_to_take_is_taken_by_its_successor(house: House) -> None:
    """It ran a moment ago, and its interval is an hour: what it had missed is not waited for that long."""
    victim = house.adopted(101)
    house.adopted(102)
    dead = leases.acquire("lab", RIVAL, leases.LONGEST)
    assert dead is not None
    for job in ("reconciler", "janitor"):
        job_runs.finish(job_runs.start(job, "lab", RIVAL, JobTrigger.SCHEDULE, token=dead.token), JobOutcome.COMPLETE)
    with at_work(house) as jobs:
        until(lambda: status_of(jobs).holder)
        pulses(jobs)
        missed_once(house, 101)
        leases.release(dead)
        until(lambda: house.again(victim).is_tombstone)
        until(lambda: len(ended()) == 2)
        assert [run.run_by for run in ended()] == [RIVAL, ME]
        assert len(ended("janitor")) == 1, "of which nothing is due"


def missed_once(house: House, vmid: int) -> None:
    """A container vanishes, and a first look misses it."""
    house.simulator.world.destroy_outside(vmid)
    assert house.reconcile(Limits(confirm_after=LONG)).waiting
