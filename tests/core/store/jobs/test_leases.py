"""Leases: one holder at a time, on the database's clock, and a fence no former holder can write through."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from proximity_tui.core import store
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.job import Lease
from proximity_tui.core.store import events
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.store_errors import LostLease
from proximity_tui.core.store.jobs import leases
from tests.core.store.making import raw
from tests.support.timing.waiting import until

ME, RIVAL = "jump1:10:aa", "jump2:20:bb"
LONG = timedelta(minutes=5)


def acquired(owner: str = ME, ttl: timedelta = LONG, cluster: str = "prod") -> Lease:
    lease = leases.acquire(cluster, owner, ttl)
    assert lease is not None
    return lease


def run_out() -> None:
    """Let all leases be over, without waiting for it."""
    raw("UPDATE lease SET expires_tick_ms = 0")
    assert leases.holder("prod") is None


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
        mine = acquired()
        run_out()
        rival = acquired(RIVAL)
        leases.release(mine)
        assert leases.holder("prod") == rival

    def test_a_lease_that_ran_out_cannot_be_renewed_even_if_nobody_took_it(self) -> None:
        lease = acquired()
        run_out()
        assert leases.renew(lease) is None
        with pytest.raises(LostLease), leases.fenced(lease):
            pytest.fail("the fence let it through")

    def test_renewing_keeps_the_token_and_moves_the_end(self) -> None:
        lease = acquired()
        until(lambda: now() > lease.expires_at - LONG)
        renewed = leases.renew(lease)
        assert renewed is not None
        assert (renewed.token, renewed.expires_at > lease.expires_at) == (lease.token, True)

    def test_a_lease_that_ends_later_than_any_lease_may_is_free(self) -> None:
        """The clock of the server was set back, or a standby with another clock took over: its holder, if it lives,
        renews it by the new clock at once, and nobody waits hours for one that died.
        """
        mine = acquired()
        raw("UPDATE lease SET expires_tick_ms = expires_tick_ms + 3600000")
        assert leases.holder("prod") is None
        rival = acquired(RIVAL)
        assert leases.holder("prod") == rival
        with pytest.raises(LostLease), leases.fenced(mine):
            pytest.fail("the fence let it through")

    def test_a_holder_keeps_its_lease_when_the_clock_of_the_server_is_set_back(self) -> None:
        mine = acquired()
        raw("UPDATE lease SET expires_tick_ms = expires_tick_ms + 3600000")
        assert leases.renew(mine) is not None
        assert leases.acquire("prod", RIVAL, LONG) is None

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
        mine = acquired()
        run_out()
        rivals = acquired(RIVAL)
        with pytest.raises(LostLease, match=ME), leases.fenced(mine):
            events.append(actor=ME, action=EventAction.OBSERVE, message="too late")
        with leases.fenced(rivals):
            events.append(actor=RIVAL, action=EventAction.OBSERVE, message="in time")
        assert [event.actor for event in events.list_events()] == [RIVAL]

    def test_what_fails_behind_the_fence_is_not_written(self) -> None:
        def broken_run(lease: Lease) -> None:
            with leases.fenced(lease):
                events.append(actor=ME, action=EventAction.OBSERVE, message="half done")
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
