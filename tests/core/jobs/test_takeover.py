"""A lease that is taken over: what a dead holder left is ended, and nothing of anybody who holds it by now."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest

from proximity_tui.core.jobs import takeover
from proximity_tui.core.jobs.job_work import JobSettings
from proximity_tui.core.model.job import JobOutcome, JobTrigger, Lease
from proximity_tui.core.store.jobs import job_runs, leases
from tests.core.store.making import raw
from tests.scenarios.jobs.jobs_at_work import ME, RIVAL, at_work, both_ended, ended
from tests.support.house import House
from tests.support.timing.leases import run_out
from tests.support.timing.waiting import LONGEST, until

LONG = timedelta(minutes=5)


def acquired(owner: str) -> Lease:
    lease = leases.acquire("lab", owner, LONG)
    assert lease is not None
    return lease


def test_a_takeover_that_comes_too_late_ends_no_run_of_the_next_holder(house: House) -> None:
    """The process slept between gaining the lease and looking for what its dead holder left."""
    mine = acquired(ME)
    run_out("lab")
    acquired(RIVAL)
    run = job_runs.start("reconciler", "lab", RIVAL, JobTrigger.SCHEDULE)
    takeover.first_runs(mine, ME, JobSettings(), house.clock, at_start=False)
    assert job_runs.get(run).finished_at is None

    run_out("lab")
    takeover.first_runs(acquired(ME), ME, JobSettings(), house.clock, at_start=False)
    assert job_runs.get(run).reasons == ("the process that ran it died or lost its lease",)


def test_a_lease_that_was_lost_and_gained_again_is_ready_whichever_takeover_is_slower(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_runs, begun, over = takeover.first_runs, threading.Event(), threading.Event()

    def slow_at_first(lease: Lease, *args: Any, **given: Any) -> dict[str, datetime]:
        if lease.token == 1:
            begun.set()
            over.wait(LONGEST)
        return first_runs(lease, *args, **given)

    monkeypatch.setattr(takeover, "first_runs", slow_at_first)
    with at_work(house) as jobs:
        assert begun.wait(LONGEST)
        (slow,) = [one for one in threading.enumerate() if one.name == "gained-lab"]
        run_out("lab")
        until(lambda: jobs.ready("lab"))
        over.set()
        slow.join(LONGEST)
        assert jobs.ready("lab"), "else no job would ever run here, and nowhere else either"


def test_a_last_run_at_an_impossible_time_lets_no_cluster_stand_still(house: House) -> None:
    """As of a host whose clock was far off: who holds the lease is the only one who runs the jobs."""
    acquired(RIVAL)
    run = job_runs.start("reconciler", "lab", RIVAL, JobTrigger.SCHEDULE)
    job_runs.finish(run, JobOutcome.COMPLETE)
    raw("UPDATE job_run SET started_at = '9999-12-31T23:59:59.000000Z'")
    with at_work(house) as jobs:
        until(lambda: jobs._keepers["lab"].was_elsewhere)
        run_out("lab")
        until(lambda: jobs.ready("lab"))
        until(lambda: both_ended(jobs, 1))
        assert {one.run_by for one in ended("reconciler")} == {ME, RIVAL}
