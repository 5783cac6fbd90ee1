"""The round among the containers whose rows look as ever: bounded, in turn by lot, and over when Proxmox is slow."""

from __future__ import annotations

import pytest

from proximity_tui.core.engine import patrol
from proximity_tui.core.engine.patrol import go_round
from proximity_tui.core.store import records
from proximity_tui.simulator import Simulator
from tests.support.house import House


def seen_in(house: House, held: frozenset[int] = frozenset()) -> set[int]:
    """The VMIDs whose fingerprints one round came to see."""
    gateway = house.gateways["lab"]
    found = go_round(gateway.fingerprint, records.active("lab"), gateway.inventory(), held, house.clock)
    return {guest.vmid for _, guest, _ in found}


def test_each_config_costs_one_request(house: House, simulator: Simulator) -> None:
    for vmid in (101, 102, 103):
        house.adopt(vmid)
    simulator.journal.clear()
    assert seen_in(house) == {101, 102, 103}
    assert simulator.journal.count("GET", "/config") == 3


def test_however_many_there_are_a_round_is_short_and_everybody_gets_a_turn(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patrol, "MOST_CONFIGS", 2)
    for vmid in (101, 102, 103, 104):
        house.adopt(vmid)
    came: set[int] = set()
    for _ in range(200):
        turn = seen_in(house)
        assert len(turn) == 2
        came |= turn
        if came == {101, 102, 103, 104}:
            break
    assert came == {101, 102, 103, 104}


def test_a_slow_proxmox_ends_the_round(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patrol, "PATIENCE", 0.0)
    house.adopt(101)
    assert seen_in(house) == set()


def test_a_silent_proxmox_ends_the_round_at_the_first_no(house: House, simulator: Simulator) -> None:
    for vmid in (101, 102, 103):
        house.adopt(vmid)
    simulator.faults.answer(596, "Connection timed out", "/config")
    simulator.journal.clear()
    assert seen_in(house) == set()
    assert simulator.journal.count("GET", "/config") == 1


def test_what_is_held_locked_or_on_a_node_that_is_off_is_left_alone(house: House, simulator: Simulator) -> None:
    held, locked, off, left = (house.adopt(vmid) for vmid in (101, 104, 102, 103))
    simulator.world.set_lock(locked.vmid or 0, "backup")
    simulator.world.set_node_online(off.node or "", online=False)
    assert seen_in(house, frozenset({held.id})) == {left.vmid}
