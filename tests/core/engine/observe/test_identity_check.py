"""The round among the containers whose rows look as ever: only what is due, bounded, and over when Proxmox is slow."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

import pytest

from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.engine.observe import collect, identity_check
from proximity_tui.core.model import Container, GuestConfig
from proximity_tui.core.proxmox.errors import Unknown
from proximity_tui.core.store.records import records
from proximity_tui.core.store.records.records import StatusUpdate
from proximity_tui.simulator import Simulator
from tests.support.house import AheadClock, House
from tests.support.open_sockets import open_sockets, without_garbage_collection
from tests.support.records.make import container, guest, whole_records
from tests.support.timing.waiting import LONGEST, until


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
        unseen_for(house.adopted(vmid), timedelta(hours=2))
    simulator.journal.clear()
    assert seen_in(house) == {101, 102, 103}
    assert simulator.journal.count("GET", "/config") == 3


def test_however_many_are_due_a_round_is_short_and_begins_with_those_unseen_for_longest(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "MOST_CONFIGS", 2)
    for hours, vmid in enumerate((101, 102, 103, 104), start=2):
        unseen_for(house.adopted(vmid), timedelta(hours=hours))
    assert seen_in(house) == {103, 104}


def test_what_has_run_without_a_break_since_it_was_last_seen_costs_nothing(house: House, simulator: Simulator) -> None:
    house.adopted(101)
    simulator.journal.clear()
    assert seen_in(house) == set()
    assert simulator.journal.count("GET", "/config") == 0


def test_what_was_made_anew_and_started_is_looked_at(house: House, simulator: Simulator) -> None:
    house.adopted(101)
    simulator.world.recreate_outside(101, hostname="web-1")
    simulator.world.broadcast()
    assert seen_in(house) == {101}


def test_a_slow_proxmox_ends_the_round(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity_check, "PATIENCE", 0.0)
    unseen_for(house.adopted(101), timedelta(hours=2))
    assert seen_in(house) == set()


def test_a_config_that_cannot_be_read_spoils_no_other(house: House, simulator: Simulator) -> None:
    for vmid in (101, 102, 103):
        unseen_for(house.adopted(vmid), timedelta(hours=2))
    simulator.faults.answer(596, "Connection timed out", "/lxc/102/config")
    assert seen_in(house) == {101, 103}


def test_a_node_that_does_not_answer_keeps_no_other_from_its_turn(
    house: House, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its configs are unread for longest, and longer with every round."""
    monkeypatch.setattr(collect, "MOST_CONFIGS", 3)
    for vmid in range(2001, 2006):
        unseen_for(house.adopted(simulator.world.add_container(vmid, node="pve2")), timedelta(hours=3))
    unseen_for(house.adopted(simulator.world.add_container(2010, node="pve1")), timedelta(hours=2))
    simulator.faults.answer(595, "Connection refused", "/nodes/pve2/lxc/")
    assert seen_in(house) == {2010}


class Nodes:
    """A cluster in which some nodes hang until all the others have been read, and each other was asked."""

    def __init__(self, config: GuestConfig, clock: AheadClock, hanging: set[str], answers: int) -> None:
        self.asked: list[int] = []
        self._config, self._clock, self._hanging = config, clock, hanging
        self._all = threading.Barrier(len(hanging) + answers)

    def within(self, seconds: float) -> AbstractContextManager[None]:
        return nullcontext()

    def close(self) -> None:
        """It has no connections."""

    def config(self, vmid: int, node: str) -> GuestConfig:
        self.asked.append(vmid)
        self._all.wait(LONGEST)
        if node not in self._hanging:
            return self._config
        self._clock.ahead += identity_check.HANGS
        raise Unknown("it does not answer")


def test_nodes_that_hang_are_waited_for_side_by_side_while_the_others_are_read(house: House) -> None:
    """One after the other they took the time of all of them, and the last came to its turn after a minute."""
    config = house.clients["lab"].config(101, "pve1")
    places = {1: "pve2", 2: "pve2", 3: "pve1", 4: "pve3", 5: "pve4"}
    wanted = [(container(id=vmid, vmid=vmid), guest(vmid, node=node)) for vmid, node in places.items()]
    nodes = Nodes(config, AheadClock(), {"pve2", "pve4"}, answers=2)

    found = identity_check.read_configs(nodes, wanted, nodes._clock, 20)

    assert set(found) == {3, 4}
    assert sorted(nodes.asked) == [1, 3, 4, 5], "a node that hangs is not asked again"


def test_no_more_nodes_are_asked_at_once_than_may_be(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity_check, "NODES_AT_ONCE", 2)
    config = house.clients["lab"].config(101, "pve1")
    wanted = [(container(id=vmid, vmid=vmid), guest(vmid, node=f"pve{vmid}")) for vmid in range(1, 9)]
    nodes = Nodes(config, AheadClock(), set(), answers=2)
    assert set(identity_check.read_configs(nodes, wanted, SystemClock(), 20)) == set(range(1, 9)), "two by two"


def test_a_round_over_several_nodes_keeps_no_connection(house: House) -> None:
    """Its threads end with it, and each round has new ones."""
    wanted = [(container(id=vmid, vmid=vmid), guest(vmid, node=node)) for vmid, node in ((101, "pve1"), (102, "pve2"))]
    with without_garbage_collection():
        before = open_sockets()
        assert set(identity_check.read_configs(house.clients["lab"], wanted, house.clock, 20)) == {101, 102}
        until(lambda: open_sockets() <= before)


def test_a_cluster_that_does_not_answer_ends_the_round_of_every_node(house: House) -> None:
    simulator = house.simulator
    for vmid, node in ((2001, "pve1"), (2002, "pve1"), (2003, "pve1"), (2004, "pve2"), (2005, "pve2"), (2006, "pve2")):
        simulator.world.add_container(vmid, node=node)
    wanted = [
        (container(id=vmid, vmid=vmid), guest(vmid, node="pve1" if vmid < 2004 else "pve2"))
        for vmid in range(2001, 2007)
    ]
    simulator.faults.unauthorized()
    simulator.journal.clear()
    assert identity_check.read_configs(house.clients["lab"], wanted, house.clock, 20) == {}
    assert simulator.journal.count("GET", "/config") <= 2, "each node may have been asked once"


def test_what_is_held_locked_or_on_a_node_that_is_off_is_left_alone(house: House, simulator: Simulator) -> None:
    busy, locked, off, left = (house.adopted(vmid) for vmid in (101, 104, 102, 103))
    for one in (busy, locked, off, left):
        unseen_for(one, timedelta(hours=2))
    simulator.world.set_lock(locked.vmid or 0, "backup")
    simulator.world.set_node_online(off.node or "", online=False)
    assert seen_in(house, frozenset({busy.id})) == {left.vmid}
