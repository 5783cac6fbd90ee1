"""The round among the containers whose rows look as ever: only what is due, bounded, and over when Proxmox is slow."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proximity_tui.core.engine.observe import collect, identity_check
from proximity_tui.core.model import Container, GuestConfig
from proximity_tui.core.proxmox.errors import Unknown
from proximity_tui.core.store.records import records
from proximity_tui.core.store.records.records import StatusUpdate
from proximity_tui.simulator import Simulator
from tests.support.house import House, WaitingClock
from tests.support.records.make import container, guest, whole_records


def unseen_for(container: Container, time: timedelta) -> None:
    """Its fingerprint was last seen so long ago."""
    seen = StatusUpdate(
        container.id, container.status, container.presence, identity_seen_at=container.created_at - time
    )
    records.observe([seen])


def seen_in(house: House, busy: frozenset[int] = frozenset()) -> set[int]:
    """The VMIDs whose configs one run of the reconciler came to see."""
    found = collect.collect_cluster(house.clients["lab"], whole_records(records.active("lab"), busy), house.clock)
    return {one.container.vmid or 0 for one in found.seen.values() if one.read is not None}


def test_each_config_costs_one_request(house: House, simulator: Simulator) -> None:
    for vmid in (101, 102, 103):
        unseen_for(house.adopt(vmid), timedelta(hours=2))
    simulator.journal.clear()
    assert seen_in(house) == {101, 102, 103}
    assert simulator.journal.count("GET", "/config") == 3


def test_however_many_are_due_a_round_is_short_and_begins_with_those_unseen_for_longest(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "MOST_CONFIGS", 2)
    for hours, vmid in enumerate((101, 102, 103, 104), start=2):
        unseen_for(house.adopt(vmid), timedelta(hours=hours))
    assert seen_in(house) == {103, 104}


def test_what_has_run_without_a_break_since_it_was_last_seen_costs_nothing(house: House, simulator: Simulator) -> None:
    house.adopt(101)
    simulator.journal.clear()
    assert seen_in(house) == set()
    assert simulator.journal.count("GET", "/config") == 0


def test_what_was_made_anew_and_started_is_looked_at(house: House, simulator: Simulator) -> None:
    house.adopt(101)
    simulator.world.recreate_outside(101, hostname="web-1")
    simulator.world.broadcast()
    assert seen_in(house) == {101}


def test_a_slow_proxmox_ends_the_round(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity_check, "PATIENCE", 0.0)
    unseen_for(house.adopt(101), timedelta(hours=2))
    assert seen_in(house) == set()


def test_a_config_that_cannot_be_read_spoils_no_other(house: House, simulator: Simulator) -> None:
    for vmid in (101, 102, 103):
        unseen_for(house.adopt(vmid), timedelta(hours=2))
    simulator.faults.answer(596, "Connection timed out", "/lxc/102/config")
    assert seen_in(house) == {101, 103}


def test_a_node_that_does_not_answer_keeps_no_other_from_its_turn(
    house: House, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its configs are unread for longest, and longer with every round."""
    monkeypatch.setattr(collect, "MOST_CONFIGS", 3)
    for vmid in range(2001, 2006):
        unseen_for(house.adopt(simulator.world.add_container(vmid, node="pve2")), timedelta(hours=3))
    unseen_for(house.adopt(simulator.world.add_container(2010, node="pve1")), timedelta(hours=2))
    simulator.faults.answer(595, "Connection refused", "/nodes/pve2/lxc/")
    assert seen_in(house) == {2010}


def test_the_time_that_a_silent_node_takes_is_not_that_of_the_others(house: House) -> None:
    clock, config = WaitingClock(hurry=1e6), house.clients["lab"].config(101, "pve1")
    nodes = {1: "pve2", 2: "pve2", 3: "pve1", 4: "pve3"}
    wanted = [(container(id=vmid, vmid=vmid), guest(vmid, node=node)) for vmid, node in nodes.items()]
    asked: list[int] = []

    def read(vmid: int, node: str) -> GuestConfig:
        asked.append(vmid)
        if node == "pve2":
            clock.sleep(identity_check.PATIENCE)
            raise Unknown("it does not answer")
        return config

    found = identity_check.read_configs(read, wanted, clock, 20)
    assert (set(found), asked) == ({3, 4}, [1, 3, 4])


def test_what_is_held_locked_or_on_a_node_that_is_off_is_left_alone(house: House, simulator: Simulator) -> None:
    busy, locked, off, left = (house.adopt(vmid) for vmid in (101, 104, 102, 103))
    for one in (busy, locked, off, left):
        unseen_for(one, timedelta(hours=2))
    simulator.world.set_lock(locked.vmid or 0, "backup")
    simulator.world.set_node_online(off.node or "", online=False)
    assert seen_in(house, frozenset({busy.id})) == {left.vmid}
