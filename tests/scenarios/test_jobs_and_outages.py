"""Jobs while the database is away for a moment: no run is lost, none is doubled, and none seems to run for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta

import pytest

from proximity_tui.core import jobs as jobs_module
from proximity_tui.core.signals import JobOutcome
from proximity_tui.core.store import job_runs
from proximity_tui.core.store.errors import StoreUnavailable
from tests.scenarios.jobs_at_work import at_work, both_ended, ended, pulses, status_of
from tests.support.house import House
from tests.support.meddling import asked, full_disk, held_back
from tests.support.waiting import until

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


def answers() -> bool:
    """Whether our own connections work again."""
    try:
        job_runs.recent(limit=1)
    except StoreUnavailable:
        return False
    return True


def test_a_run_whose_end_could_not_be_written_has_its_end_as_soon_as_it_can_be(
    house: House, away: Away, caplog: pytest.LogCaptureFixture
) -> None:
    """A row without an end says on the screen that it runs, and the next run may be hours away."""
    with at_work(house) as jobs:
        until(lambda: both_ended(1) and status_of(jobs).running_since is None)
        with ExitStack() as meanwhile:
            with held_back(house.simulator, asked("GET", "/cluster/resources")) as begun:
                jobs.run_now("reconciler", "lab")
                assert begun.wait(60)
                meanwhile.enter_context(away())
            until(lambda: "could not be written down yet" in caplog.text)
        until(lambda: len(ended()) == 2)
        pulses(jobs)
        newest, *_ = job_runs.recent("reconciler", "lab")
    assert (newest.trigger, newest.reasons) == ("manual", ()), "it is its own end, and not one that was made up for it"
    assert newest.outcome is (JobOutcome.FAILED if newest.errors else JobOutcome.COMPLETE)
    assert len(ended()) == 2


def test_a_run_that_the_database_kept_from_beginning_begins_once_it_is_back(
    house: House, away: Away, caplog: pytest.LogCaptureFixture
) -> None:
    """The interval is an hour: an outage that costs no lease costs no run either."""
    with at_work(house) as jobs:
        until(lambda: both_ended(1) and status_of(jobs).running_since is None)
        with away():
            jobs.missed("lab")
            until(lambda: "could not begin" in caplog.text)
        until(lambda: len(ended()) == 2)
        pulses(jobs)
        assert [run.outcome for run in ended()] == [JobOutcome.COMPLETE, JobOutcome.COMPLETE]
        assert len(job_runs.recent("reconciler", "lab")) == 2
