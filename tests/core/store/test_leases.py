"""Leases: one holder at a time, on the database's clock, and a fence no former holder can write through.

The processes here are real: killed, stopped in mid-flight and woken again.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from proximity_tui.core import store
from proximity_tui.core.lease_keeper import LeaseKeeper
from proximity_tui.core.signals import Lease
from proximity_tui.core.store import events, leases
from proximity_tui.core.store.errors import LostLease
from proximity_tui.core.store.fields import now
from tests.core.store.making import raw

ME, RIVAL = "jump1:10:aa", "jump2:20:bb"
LONG, SHORT = timedelta(minutes=5), timedelta(milliseconds=40)
TTL = 1.2


def acquired(owner: str = ME, ttl: timedelta = LONG, cluster: str = "prod") -> Lease:
    lease = leases.acquire(cluster, owner, ttl)
    assert lease is not None
    return lease


def until(condition: Callable[[], object], timeout: float = 10.0) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "it did not become so in time"
        time.sleep(0.005)


def run_out(cluster: str = "prod") -> None:
    until(lambda: leases.holder(cluster) is None)


@pytest.mark.usefixtures("opened")
class TestRow:
    """What the row alone guarantees, whoever asks."""

    def test_one_holds_it_and_everybody_sees_who(self) -> None:
        lease = acquired()
        assert (lease.owner, lease.token, lease.ttl) == (ME, 1, LONG)
        assert leases.acquire("prod", RIVAL, LONG) is None
        assert leases.acquire("prod", ME, LONG) is None
        assert leases.holder("prod") == lease

    def test_clusters_and_jobs_have_leases_of_their_own(self) -> None:
        acquired()
        acquired(RIVAL, cluster="lab")
        assert leases.acquire("prod", RIVAL, LONG, job="janitor") is not None

    def test_a_released_lease_is_free_at_once_and_the_token_still_grows(self) -> None:
        leases.release(acquired())
        assert leases.holder("prod") is None
        assert acquired(RIVAL).token == 2

    def test_releasing_what_another_has_by_now_changes_nothing(self) -> None:
        mine = acquired(ttl=SHORT)
        run_out()
        rival = acquired(RIVAL)
        leases.release(mine)
        assert leases.holder("prod") == rival

    def test_a_lease_that_ran_out_cannot_be_renewed_even_if_nobody_took_it(self) -> None:
        lease = acquired(ttl=SHORT)
        run_out()
        assert leases.renew(lease) is None
        with pytest.raises(LostLease), leases.fenced(lease):
            pytest.fail("the fence let it through")

    def test_renewing_keeps_the_token_and_moves_the_end(self) -> None:
        lease = acquired(ttl=timedelta(seconds=2))
        until(lambda: now() > lease.expires_at - timedelta(seconds=1.9))
        renewed = leases.renew(lease)
        assert renewed is not None
        assert (renewed.token, renewed.expires_at > lease.expires_at) == (lease.token, True)

    def test_the_wall_clock_of_the_holder_has_no_say(self) -> None:
        lease = acquired()
        with time_machine.travel(now() + timedelta(days=1), tick=True):
            assert leases.acquire("prod", RIVAL, LONG) is None
            assert leases.renew(lease) is not None

    def test_a_lease_of_before_the_reboot_is_over(self) -> None:
        lease = acquired()
        raw("UPDATE lease SET boot_id = 'another boot'")
        assert leases.holder("prod") is None
        assert leases.renew(lease) is None
        assert acquired(RIVAL).token == 2

    def test_the_fence_lets_the_holder_write_and_nobody_else(self) -> None:
        mine = acquired(ttl=SHORT)
        run_out()
        rivals = acquired(RIVAL)
        with pytest.raises(LostLease, match=ME), leases.fenced(mine):
            events.append(actor=ME, action="test", message="too late")
        with leases.fenced(rivals):
            events.append(actor=RIVAL, action="test", message="in time")
        assert [event.actor for event in events.list_events()] == [RIVAL]

    def test_what_fails_behind_the_fence_is_not_written(self) -> None:
        def broken_run(lease: Lease) -> None:
            with leases.fenced(lease):
                events.append(actor=ME, action="test", message="half done")
                raise RuntimeError("the job fails")

        with pytest.raises(RuntimeError):
            broken_run(acquired())
        assert events.list_events() == ()

    def test_of_many_threads_exactly_one_gets_it(self) -> None:
        got: list[Lease] = []

        def try_it(number: int) -> None:
            if lease := leases.acquire("prod", f"thread {number}", LONG):
                got.append(lease)

        threads = [threading.Thread(target=try_it, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(got) == 1


class Actors(RuleBasedStateMachine):
    """Three processes that take, keep, give back and write, while time and reboots pass as they like."""

    names = st.sampled_from(["a", "b", "c"])

    @initialize()
    def begin(self) -> None:
        raw("DELETE FROM lease")
        self.believes: dict[str, Lease] = {}
        self.owner_of: dict[int, str] = {}
        self.highest = 0

    @rule(name=names)
    def acquire(self, name: str) -> None:
        if lease := leases.acquire("prod", name, LONG):
            assert lease.token > self.highest
            self.highest = lease.token
            self.owner_of[lease.token] = name
            self.believes[name] = lease

    @rule(name=names)
    def renew(self, name: str) -> None:
        if name in self.believes and leases.renew(self.believes[name]):
            assert self.believes[name].token == self.highest

    @rule(name=names)
    def release(self, name: str) -> None:
        if name in self.believes:
            leases.release(self.believes[name])

    @rule(name=names)
    def write(self, name: str) -> None:
        if name not in self.believes:
            return
        try:
            with leases.fenced(self.believes[name]):
                assert self.believes[name].token == self.highest
        except LostLease:
            assert leases.holder("prod") is None or self.believes[name].token < self.highest

    @rule()
    def time_passes(self) -> None:
        raw("UPDATE lease SET expires_tick_ms = 0")

    @invariant()
    def the_holder_is_who_was_told_so(self) -> None:
        if held := leases.holder("prod"):
            assert self.owner_of[held.token] == held.owner


def test_no_order_of_events_lets_two_write(tmp_path: Path) -> None:
    store.open_store(f"sqlite:///{tmp_path}/proximity.db")
    try:
        Actors.TestCase.settings = settings(max_examples=15, stateful_step_count=25)
        Actors.TestCase("runTest").runTest()
    finally:
        store.close_store()


class Process:
    """A process of `lease_process`, and the lines it said."""

    def __init__(self, url: str, owner: str) -> None:
        command = [sys.executable, "-m", "tests.support.lease_process", url, owner, str(TTL)]
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


def test_a_killed_holder_is_replaced_within_the_time_of_the_lease(opened: str) -> None:
    with two_processes(opened) as (first, second):
        os.kill(first.popen.pid, signal.SIGKILL)
        killed = time.monotonic()
        until(lambda: second.said[:1] == ["GAINED 2"])
        # The process that takes over may still have been starting when the other one died.
        assert time.monotonic() - killed < TTL + 4
        second.write()
        until(lambda: second.said[-1] == "WROTE 2")


def test_a_holder_that_slept_through_its_lease_writes_nothing_and_notices(opened: str) -> None:
    with two_processes(opened) as (first, second):
        first.write()
        until(lambda: first.said[-1] == "WROTE 1")
        os.kill(first.popen.pid, signal.SIGSTOP)
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

    def test_it_holds_on_for_longer_than_one_lease_lasts(self) -> None:
        keeper = LeaseKeeper("prod", ME, ttl=timedelta(seconds=1))
        keeper.start()
        try:
            until(lambda: keeper.held)
            first = keeper.held
            assert first is not None
            until(lambda: now() > first.acquired_at + timedelta(seconds=2))
            assert keeper.held is not None
            assert (keeper.held.token, keeper.held.expires_at > first.expires_at) == (1, True)
        finally:
            keeper.stop()

    def test_stopping_gives_the_lease_back_at_once(self) -> None:
        keeper = LeaseKeeper("prod", ME, ttl=LONG)
        keeper.start()
        until(lambda: keeper.held)
        keeper.stop()
        assert keeper.held is None
        assert leases.holder("prod") is None

    def test_who_waits_takes_over_from_who_stops(self) -> None:
        first = LeaseKeeper("prod", ME, ttl=timedelta(seconds=1))
        second = LeaseKeeper("prod", RIVAL, ttl=timedelta(seconds=1))
        first.start()
        until(lambda: first.held)
        second.start()
        try:
            assert second.held is None
            first.stop()
            until(lambda: second.held)
        finally:
            first.stop()
            second.stop()

    def test_a_lease_that_was_taken_is_told_once_and_wanted_again(self) -> None:
        told: list[str] = []
        keeper = LeaseKeeper(
            "prod",
            ME,
            ttl=timedelta(milliseconds=300),
            on_gained=lambda lease: told.append(f"gained {lease.token}"),
            on_lost=lambda lease: told.append(f"lost {lease.token}"),
        )
        keeper.start()
        try:
            until(lambda: told == ["gained 1"])
            raw("UPDATE lease SET expires_tick_ms = 0")
            until(lambda: told == ["gained 1", "lost 1", "gained 2"])
        finally:
            keeper.stop()

    def test_a_database_that_fails_ends_the_belief_in_time_and_not_the_thread(self, opened: str) -> None:
        keeper = LeaseKeeper("prod", ME, ttl=timedelta(milliseconds=300))
        keeper.start()
        try:
            until(lambda: keeper.held)
            store.close_store()
            until(lambda: keeper.held is None)
            store.open_store(opened)
            until(lambda: keeper.held)
        finally:
            keeper.stop()

    def test_a_listener_that_fails_does_not_end_the_thread(self) -> None:
        def fails(lease: Lease) -> None:
            raise RuntimeError(f"lease {lease.token}")

        keeper = LeaseKeeper("prod", ME, ttl=timedelta(milliseconds=200), on_gained=fails)
        keeper.start()
        try:
            until(lambda: keeper.held)
            first = keeper.held
            until(lambda: first and keeper.held and keeper.held.expires_at > first.expires_at)
        finally:
            keeper.stop()
