"""Who keeps a lease: renewed while it lives, taken over when it is killed, fenced off when it slept too long.

The processes here are real: killed, stopped in mid-flight and woken again.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from proximity_tui.core import store
from proximity_tui.core.jobs.lease import LeaseKeeper, LeaseTimes
from proximity_tui.core.model.job import Lease
from proximity_tui.core.store import events
from proximity_tui.core.store.jobs import leases
from tests.support.servers.databases import both_databases
from tests.support.timing.leases import put_to_sleep, run_out
from tests.support.timing.waiting import LONGEST, until

pytestmark = both_databases

ME, RIVAL = "jump1:10:aa", "jump2:20:bb"
SOON = timedelta(seconds=0.05)
QUICK = LeaseTimes(timedelta(minutes=5), renewal=SOON, poll=SOON)
"""Much happens in a moment, and no machine is so busy that a lease would run out by itself: a test lets it run out."""


@pytest.fixture
def opened(database: str) -> Iterator[str]:
    """The URL of the store that is open during the test, with nothing in it."""
    store.open_store(database)
    yield database
    store.close_store()


class Process:
    """A process of `lease_process`, and the lines it said."""

    def __init__(self, url: str, owner: str) -> None:
        command = [sys.executable, "-m", "tests.support.processes.lease_process", url, owner]
        self.popen = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def write(self) -> None:
        assert self.popen.stdin is not None
        self.popen.stdin.write("write\n")
        self.popen.stdin.flush()

    def end(self) -> None:
        for send in (signal.SIGCONT, signal.SIGKILL):
            self.popen.send_signal(send)
        self.popen.wait()
        self._reader.join()
        for pipe in (self.popen.stdin, self.popen.stdout):
            assert pipe is not None
            pipe.close()

    def _listen(self) -> None:
        assert self.popen.stdout is not None
        for line in self.popen.stdout:
            self.said.append(line.strip())


@contextmanager
def two_processes(url: str) -> Iterator[tuple[Process, Process]]:
    """One that holds the lease, and one that waits for it."""
    first = Process(url, ME)
    try:
        until(lambda: first.said == ["GAINED 1"])
        second = Process(url, RIVAL)
        try:
            yield first, second
        finally:
            second.end()
    finally:
        first.end()


def test_a_killed_holder_is_replaced_when_its_lease_has_run_out(opened: str) -> None:
    with two_processes(opened) as (first, second):
        first.popen.kill()
        first.popen.wait()
        run_out("prod")
        until(lambda: second.said[:1] == ["GAINED 2"])
        second.write()
        until(lambda: second.said[-1] == "WROTE 2")


def test_a_holder_that_slept_through_its_lease_writes_nothing_and_notices(opened: str) -> None:
    with two_processes(opened) as (first, second):
        first.write()
        until(lambda: first.said[-1] == "WROTE 1")
        put_to_sleep(first.popen.pid, opened)
        run_out("prod")
        until(lambda: second.said[:1] == ["GAINED 2"])
        first.write()
        os.kill(first.popen.pid, signal.SIGCONT)
        until(lambda: {"FENCED 1", "LOST 1"} <= set(first.said))
        assert [event.actor for event in events.list_events()] == [ME]
        holding = leases.holder("prod")
        assert holding is not None
        assert (holding.owner, holding.token > 1) == (RIVAL, True)


@pytest.mark.usefixtures("opened")
class TestKeeper:
    """The thread that takes the lease, renews it, and knows when it is gone."""

    def test_it_renews_what_it_holds_long_before_it_runs_out(self) -> None:
        keeper = LeaseKeeper("prod", ME, times=QUICK)
        keeper.start()
        try:
            until(lambda: keeper.held)
            first = keeper.held
            assert first is not None
            until(lambda: keeper.held and keeper.held.expires_at > first.expires_at)
            assert keeper.held is not None
            assert keeper.held.token == 1
        finally:
            keeper.stop(timeout=LONGEST)

    def test_stopping_gives_the_lease_back_at_once(self) -> None:
        keeper = LeaseKeeper("prod", ME)
        keeper.start()
        until(lambda: keeper.held)
        keeper.stop(timeout=LONGEST)
        assert keeper.held is None
        assert leases.holder("prod") is None

    def test_who_waits_takes_over_from_who_stops(self) -> None:
        first = LeaseKeeper("prod", ME, times=QUICK)
        second = LeaseKeeper("prod", RIVAL, times=QUICK)
        first.start()
        until(lambda: first.held)
        second.start()
        try:
            until(lambda: second.was_elsewhere)
            assert second.held is None
            first.stop(timeout=LONGEST)
            until(lambda: second.held)
        finally:
            first.stop(timeout=LONGEST)
            second.stop(timeout=LONGEST)

    def test_a_lease_that_was_taken_is_told_once_and_wanted_again(self) -> None:
        told: list[str] = []
        keeper = LeaseKeeper(
            "prod",
            ME,
            times=QUICK,
            on_gained=lambda lease: told.append(f"gained {lease.token}"),
            on_lost=lambda lease: told.append(f"lost {lease.token}"),
        )
        keeper.start()
        try:
            until(lambda: told == ["gained 1"])
            assert not keeper.was_elsewhere, "this is a start, however long it took"
            run_out("prod")
            until(lambda: told == ["gained 1", "lost 1", "gained 2"])
            assert keeper.was_elsewhere
        finally:
            keeper.stop(timeout=LONGEST)

    def test_a_database_that_fails_ends_the_belief_in_time_and_not_the_thread(self, opened: str) -> None:
        """What is held for 300 ms is soon held no more; who is too late for the next renewal acquires it again."""
        keeper = LeaseKeeper("prod", ME, times=LeaseTimes(timedelta(seconds=0.3), SOON, SOON))
        keeper.start()
        try:
            until(lambda: keeper.held)
            store.close_store()
            until(lambda: keeper.held is None)
            store.open_store(opened)
            until(lambda: keeper.held)
        finally:
            keeper.stop(timeout=LONGEST)

    def test_a_listener_that_fails_does_not_end_the_thread(self) -> None:
        def fails(lease: Lease) -> None:
            raise RuntimeError(f"lease {lease.token}")

        keeper = LeaseKeeper("prod", ME, times=QUICK, on_gained=fails)
        keeper.start()
        try:
            until(lambda: keeper.held)
            first = keeper.held
            until(lambda: first and keeper.held and keeper.held.expires_at > first.expires_at)
        finally:
            keeper.stop(timeout=LONGEST)
