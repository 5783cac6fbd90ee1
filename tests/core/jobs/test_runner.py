"""The jobs as processes see them: a lease that outlives nobody, runs that happen once, an end that waits for none."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import groupby, pairwise

import pytest

from proximity_tui.core.jobs.job_work import JobSettings
from proximity_tui.core.jobs.runner import Jobs
from proximity_tui.core.model import Action, Kind, State, Status
from proximity_tui.core.model.job import JobOutcome, JobRun
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.jobs import job_runs, leases
from proximity_tui.core.store.records import records
from proximity_tui.simulator import Simulator
from tests.scenarios.jobs.jobs_at_work import at_work, both_ended
from tests.support.house import House
from tests.support.open_sockets import open_sockets, without_garbage_collection
from tests.support.servers.databases import both_databases
from tests.support.timing.leases import put_to_sleep, run_out
from tests.support.timing.meddling import asked, held_back
from tests.support.timing.waiting import LONGEST, until

INTERVAL = 0.4
FIRST, SECOND = "jump1:10:first", "jump2:20:second"


class Process:
    """One process with jobs, and what it said so far."""

    def __init__(self, told: dict[str, object]) -> None:
        self.owner = str(told["owner"])
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "tests.support.processes.jobs_process", json.dumps(told)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def said(self, words: str) -> bool:
        return any(words in line for line in list(self.lines))

    def die(self) -> None:
        """End it as a crash does, and let the time of its lease be over."""
        self.popen.kill()
        self.popen.wait()
        run_out("lab")

    def end(self) -> None:
        self.popen.kill()
        self.popen.wait()
        self._reader.join()
        for pipe in (self.popen.stdin, self.popen.stdout):
            if pipe is not None:
                pipe.close()

    def _read(self) -> None:
        assert self.popen.stdout is not None
        for line in self.popen.stdout:
            self.lines.append(line)


Starting = Callable[..., Process]


@pytest.fixture
def start(house: House, simulator: Simulator) -> Iterator[Starting]:
    """Starts a process with jobs on the same database and cluster; all of them are ended."""
    processes: list[Process] = []

    def started(owner: str, **told: object) -> Process:
        usual = {
            "owner": owner, "database": house.database, "url": simulator.url, "token_id": simulator.token_id,
            "secret": simulator.token_secret, "fingerprint": simulator.fingerprint, "interval": INTERVAL,
            "read_timeout": LONGEST,
        }  # fmt: skip
        process = Process({**usual, **told})
        processes.append(process)
        until(lambda: process.said("STARTED"))
        return process

    yield started
    for process in processes:
        process.end()


def runs(job: str = "reconciler", owner: str | None = None) -> list[JobRun]:
    """The runs of a job, the oldest first."""
    found = reversed(job_runs.recent(job, "lab", limit=1000))
    return [run for run in found if owner in (None, run.run_by)]


def ended(owner: str) -> int:
    return len([run for run in runs(owner=owner) if run.finished_at is not None])


def each_happened_once(job: str) -> None:
    """No two runs of a job overlap, none came twice for one time, and tokens only ever grow."""
    history = runs(job)
    for earlier, run in pairwise(history):
        assert earlier.finished_at is not None
        assert earlier.finished_at <= run.started_at, "no two at once"
        assert earlier.token is not None
        assert run.token is not None
        assert earlier.token <= run.token
        assert (earlier.token == run.token) == (earlier.run_by == run.run_by), "one process a token"
    for token, under in groupby(history, key=lambda run: run.token):
        started = [run.started_at for run in under]
        times = (started[-1] - started[0]).total_seconds() / INTERVAL
        # The first of them may be late, and the next then comes soon after it.
        assert len(started) <= times + 3, f"no time was due twice under token {token}"


@both_databases
def test_n70_the_holder_is_killed_and_the_other_takes_over_without_a_run_twice(start: Starting) -> None:
    first = start(FIRST)
    until(lambda: ended(FIRST) >= 1)
    start(SECOND)
    until(lambda: ended(FIRST) >= 4)
    assert runs(owner=SECOND) == [], "one process runs them"

    first.die()
    until(lambda: ended(SECOND) >= 4)

    left = [run for run in runs(owner=FIRST) if run.outcome is JobOutcome.FAILED]
    assert len(left) <= 1
    for job in ("reconciler", "janitor"):
        each_happened_once(job)
    holder = leases.holder("lab")
    assert holder is not None
    assert holder.owner == SECOND


@both_databases
def test_n70_a_run_that_died_in_the_middle_is_ended_and_made_up_for_at_once(
    house: House, simulator: Simulator, start: Starting
) -> None:
    """The interval is an hour: what the dead one left is not waited for that long."""
    hung = simulator.faults.hang("/cluster/resources")
    first = start(FIRST, interval=3600.0, read_timeout=600.0)
    until(lambda: runs(owner=FIRST))
    start(SECOND, interval=3600.0)
    first.die()
    simulator.faults.remove(hung)
    until(lambda: ended(SECOND) >= 1)
    (left,) = runs(owner=FIRST)
    assert (left.outcome, left.reasons) == (
        JobOutcome.FAILED, ("the process that ran it died or lost its lease",),
    )  # fmt: skip
    (made_up,) = runs(owner=SECOND)
    assert made_up.outcome is JobOutcome.COMPLETE
    assert left.finished_at is not None
    assert left.finished_at <= made_up.started_at


@both_databases
def test_a_holder_that_was_stopped_and_wakes_writes_nothing(
    house: House, simulator: Simulator, start: Starting
) -> None:
    """It sleeps in the middle of a run, after a list in which a container was missing for the second time."""
    victim = house.adopted(101)
    house.reconcile()
    simulator.world.destroy_outside(101)
    house.reconcile()
    with held_back(simulator, asked("GET", "/nodes/pve1/tasks")) as begun:
        first = start(FIRST, interval=3600.0)
        assert begun.wait(LONGEST)
        put_to_sleep(first.popen.pid, house.database)
    run_out("lab")
    start(SECOND, interval=3600.0)
    until(lambda: house.again(victim).is_tombstone)
    until(lambda: ended(SECOND) >= 1)
    (alert,) = alerts.all_alerts()
    head, before = events.head(), runs()

    first.popen.send_signal(signal.SIGCONT)
    until(lambda: first.said("lost the jobs of lab"))
    until(lambda: first.said("could not be recorded"))

    assert events.head() == head
    assert runs() == before
    assert alerts.all_alerts() == (alert,)
    assert events.verify().whole


def test_quitting_waits_for_no_run_that_hangs_in_a_dead_connection(simulator: Simulator, start: Starting) -> None:
    simulator.faults.hang()
    process = start(FIRST, read_timeout=600.0)
    until(lambda: runs(owner=FIRST))
    assert process.popen.stdin is not None
    process.popen.stdin.close()
    assert process.popen.wait(timeout=LONGEST) == 0
    until(lambda: process.said("STOPPED"))
    assert leases.holder("lab") is None, "and the lease was given back"


def test_stopping_twice_and_stopping_what_never_started_is_nothing(house: House) -> None:
    jobs = Jobs(house.clients, JobSettings(), FIRST, house.clock)
    jobs.stop()
    jobs.stop()
    assert runs() == []


def test_jobs_that_were_stopped_begin_no_run(house: House) -> None:
    records.add(
        records.NewRecord(
            cluster="lab",
            vmid=101,
            node="pve1",
            name="web-1",
            kind=Kind.ADOPTED,
            state=State.RUNNING,
            seen=records.FirstSeen(status=Status.RUNNING),
        ),
        actor="anna@jump1",
        action=Action.ADOPT,
        message="adopted",
    )
    jobs = Jobs(house.clients, JobSettings(), FIRST, house.clock)
    jobs.start()
    until(lambda: ended(FIRST))
    jobs.stop(timeout=LONGEST)
    before = runs()
    jobs.missed("lab")
    assert "runs now" not in jobs.run_now("reconciler", "lab")
    assert runs() == before


def test_jobs_that_were_stopped_keep_no_connection_to_the_cluster(house: House) -> None:
    """A daemon makes new ones at each reload: those of before would be kept until Python looks for garbage, at last."""
    with without_garbage_collection():
        before = open_sockets()
        with at_work(house) as jobs:
            until(lambda: both_ended(jobs, 1))
        until(lambda: open_sockets() <= before)
