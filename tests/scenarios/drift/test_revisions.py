"""A config that is read anyway is kept as a revision: by the poller, the reconciler, a page and an operation."""

from __future__ import annotations

from datetime import timedelta

from proximity_tui.core.engine.observe.drift_check import compare_with_record
from proximity_tui.core.engine.observe.inspection import inspect_guest
from proximity_tui.core.model import Action, Container
from proximity_tui.core.store.revisions import revisions
from tests.support.actions.drifting import LeapingClock, clock, house_clock, look_closely, time_passes
from tests.support.house import House
from tests.support.servers.databases import both_databases

__all__ = ["clock", "house_clock"]


def memories(container: Container) -> list[object]:
    """The memory in each revision, the oldest first."""
    return [one.config.get("memory") for one in revisions.timeline(container.id)]


@both_databases
def test_whoever_reads_a_config_keeps_it_and_nobody_reads_one_for_that(house: House, clock: LeapingClock) -> None:
    ours = house.adopted(101)
    (first,) = memories(ours)
    house.simulator.world.set_config(101, memory=1024, tags="other")
    time_passes(house, clock)
    house.poller()
    assert memories(ours) == [first, 1024], "the tags are odd, so the poller reads the config"
    house.simulator.world.set_config(101, memory=2048)
    time_passes(house, clock)
    house.simulator.journal.clear()
    house.poller()
    house.reconcile()
    assert house.simulator.journal.count("GET", "/config") == 0
    assert memories(ours) == [first, 1024], "nobody had a reason to read it"
    clock.ahead += timedelta(hours=2)
    house.simulator.world.broadcast()
    house.reconcile()
    assert memories(ours) == [first, 1024, 2048], "the reconciler compares every fingerprint once an hour"
    house.simulator.world.set_config(101, memory=4096)
    time_passes(house, clock)
    look_closely(house, ours, remember=False)
    assert len(memories(ours)) == 3, "read-only"
    look_closely(house, ours)
    house.simulator.world.set_config(101, memory=512)
    house.power(ours, Action.REBOOT)
    assert memories(ours) == [first, 1024, 2048, 4096, 512]


def test_the_config_of_another_guest_at_the_vmid_is_no_revision(house: House, clock: LeapingClock) -> None:
    ours = house.adopted(101)
    house.simulator.world.recreate_outside(101)
    time_passes(house, clock)
    house.poller()
    house.reconcile()
    found = compare_with_record(house.again(ours), inspect_guest(house.clients["lab"], 101), remember=True)
    assert "another guest" in str(found.not_ours)
    assert len(memories(ours)) == 1
