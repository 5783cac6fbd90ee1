"""The poller: one request a poll, what it writes into the records, and doubt that stays until the config was read."""

from __future__ import annotations

import threading

import pytest

from proximity_tui.core import store
from proximity_tui.core.engine.observe import poller as poller_module
from proximity_tui.core.engine.observe.known_clusters import KnownClusters
from proximity_tui.core.engine.observe.poller import Poller, PollResult
from proximity_tui.core.model import Status
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import Failure
from proximity_tui.simulator import Simulator
from tests.support.house import House
from tests.support.timing.meddling import asked, held_back, held_by_another, impatient
from tests.support.timing.waiting import LONGEST, until


def test_a_look_costs_one_list_whatever_the_fleet(house: House, simulator: Simulator) -> None:
    for vmid in (101, 102, 103):
        house.adopted(vmid)
    house.poller()
    simulator.journal.clear()
    house.poller()
    assert [entry.path for entry in simulator.journal.entries()] == ["/cluster/resources"]


def test_a_cluster_that_gave_no_first_list_is_not_asked_by_several_requests_each_time(
    house: House, simulator: Simulator
) -> None:
    recall = KnownClusters(record=True)
    poller = Poller(PveClient(house.clients["lab"].settings, house.clock, recall=recall), 60.0, house.clock)
    simulator.faults.unauthorized()
    simulator.journal.clear()
    assert poller.poll_once().failure is Failure.UNAUTHENTICATED
    until(lambda: len(simulator.journal.entries()) == 3)
    poller.poll_once()
    assert len(simulator.journal.entries()) == 4


def test_a_failing_look_keeps_the_last_good_inventory_and_says_since_when(house: House, simulator: Simulator) -> None:
    poller = Poller(house.clients["lab"], 60.0, house.clock)
    good = poller.poll_once()
    simulator.faults.drop()
    first, second = poller.poll_once(), poller.poll_once()
    assert (second.inventory, second.healthy) == (good.inventory, False)
    assert second.failing_since == first.failing_since
    assert second.error


def test_many_wants_make_one_look(house: House, simulator: Simulator) -> None:
    polls: list[PollResult] = []
    poller = Poller(house.clients["lab"], 3600.0, house.clock)
    poller.subscribe(lambda look: polls.append(look) if look.asking_since is None and is_written(look) else None)
    with held_back(simulator, asked("GET", "/cluster/resources")) as begun:
        poller.start()
        assert begun.wait(LONGEST)
        for _ in range(10):
            poller.want()
    until(lambda: len(polls) == 2)
    poller.stop()
    assert simulator.journal.count("GET", "/cluster/resources") == 2


def test_the_first_list_is_told_before_it_is_written_and_ahead_of_a_screen_not_until_it_is_shown(
    house: House, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller_module, "SHOWN_PATIENCE", 3600.0)
    ours = house.adopted(101)
    simulator.world.set_lock(101, "backup")
    simulator.world.broadcast()
    polls: list[PollResult] = []
    poller = Poller(house.clients["lab"], 3600.0, house.clock)
    poller.subscribe(polls.append)
    poller.start(ahead=True)
    until(lambda: poller.latest.inventory)
    assert poller.latest.inventory is not None
    assert poller.latest.inventory.guests[101].lock == "backup"
    assert not is_written(poller.latest)
    assert house.again(ours).lock is None
    poller.write_down()
    until(lambda: is_written(poller.latest))
    poller.stop()
    assert house.again(ours).lock == "backup"
    assert [is_written(look) for look in polls] == [True, False, True]


def test_a_list_that_comes_after_the_end_is_not_written_down(
    house: House, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller_module, "SHOWN_PATIENCE", LONGEST)
    ours = house.adopted(101)
    simulator.world.set_lock(101, "backup")
    simulator.world.broadcast()
    poller = Poller(house.clients["lab"], 3600.0, house.clock)
    poller.start(ahead=True)
    until(lambda: poller.latest.inventory)
    poller.stop()
    until(lambda: f"poller-{poller.latest.cluster}" not in {thread.name for thread in threading.enumerate()})
    assert house.again(ours).lock is None


def test_an_answer_that_was_not_recorded_is_asked_for_again_soon_however_rare_polls_are(
    house: House, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller_module, "RECORD_AGAIN", 0.0)
    ours = house.adopted(101)
    simulator.world.set_lock(101, "backup")
    simulator.world.broadcast()
    poller = Poller(house.clients["lab"], 3600.0, house.clock)
    with impatient(house.database):
        with held_by_another(house.database):
            poller.start()
            until(lambda: poller.latest.store_error)
            assert "locked by another program" in str(poller.latest.store_error)
        until(lambda: house.again(ours).lock == "backup")
        until(lambda: poller.latest.store_error is None)
        poller.stop()


def test_a_poller_that_writes_nothing_reads_no_record_either(house: House) -> None:
    poller = Poller(house.clients["lab"], 60.0, house.clock, record=False)
    poller.subscribe(lambda _: None)
    poller.client.inventory()
    store.close_store()
    assert (poller.poll_once().healthy, poller.latest.store_error) == (True, None)


def test_a_look_that_fails_in_a_way_nobody_thought_of_is_told_and_the_next_one_follows(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No wire provokes it any more that we know of: the gateway itself has to be broken for it."""

    def broken(**_: object) -> None:
        raise OverflowError("cannot convert float infinity to integer")

    def listener(_: PollResult) -> None:
        raise RuntimeError("a listener that is broken, too")

    poller = Poller(house.clients["lab"], 3600.0, house.clock)
    told: list[PollResult] = []
    poller.subscribe(told.append)
    poller.subscribe(listener)
    with monkeypatch.context() as patch:
        patch.setattr(house.clients["lab"], "inventory", broken)
        poller.start()
        until(lambda: poller.latest.error)
        until(lambda: told and told[-1].listener_error)
    assert (poller.latest.asking_since, poller.latest.failing_since is None) == (None, False)
    assert poller.latest.failure is Failure.UNEXPECTED, "and Proxmox is not blamed"
    assert "a bug in proximity-tui" in (poller.latest.error or "")
    assert "OverflowError" in (poller.latest.error or "")
    assert "RuntimeError" in (told[-1].listener_error or ""), "the other listeners learn of it"
    poller.want()
    until(lambda: poller.latest.healthy)
    poller.stop()


def test_without_recording_nothing_is_written(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    before = house.again(ours)
    simulator.world.set_status(101, "stopped")
    simulator.world.broadcast()
    look = Poller(house.clients["lab"], 60.0, house.clock, record=False).poll_once()
    assert look.inventory is not None
    assert look.inventory.guests[101].status is Status.STOPPED
    assert house.again(ours) == before


def is_written(look: PollResult) -> bool:
    """Whether what it says is in the records, and what the reconciler should judge is known."""
    return look.to_reconcile is not None


def test_what_one_listener_failed_in_is_told_to_the_others_and_not_to_it_again(house: House) -> None:
    told: dict[str, list[PollResult]] = {"good": [], "bad": []}

    def failing(poll: PollResult) -> None:
        told["bad"].append(poll)
        raise RuntimeError("broken")

    poller = Poller(house.clients["lab"], 60.0, house.clock)
    poller.subscribe(failing)
    poller.subscribe(told["good"].append)
    assert "RuntimeError" in str(poller.poll_once().listener_error)
    assert len(told["good"]) == 2 * len(told["bad"])
    assert [poll.listener_error is None for poll in told["good"][-2:]] == [True, False]
