"""Who did it: gathered while Proxmox still knows, and honest about what could not be read."""

from __future__ import annotations

from datetime import timedelta

from proximity_tui.core.clock import SystemClock
from proximity_tui.core.engine import evidence
from proximity_tui.core.model import Container
from proximity_tui.simulator import Simulator
from tests.support.house import House

NODES = {"pve1": "online", "pve2": "online", "pve3": "online"}


def gathered(house: House, container: Container, **nodes: str) -> dict[str, object]:
    return evidence.gather(house.gateways["lab"], container, {**NODES, **nodes}, house.clock)


def test_the_destroyer_is_named_with_time_task_and_the_backups_that_are_left(
    house: House, simulator: Simulator
) -> None:
    ours = house.adopt(101, port=80)
    simulator.world.destroy_outside(101, user="mallory@pve")
    found = gathered(house, ours)
    assert found["who"] == "mallory@pve"
    assert found["not_known"] == []
    assert len(found["backups"]) == 2  # type: ignore[arg-type]
    assert found["ports_freed"] == [ours.ports[0].public]
    assert "destroyed" in evidence.sentence(ours, found)


def test_who_destroyed_it_elsewhere_comes_before_who_moved_it(house: House, simulator: Simulator) -> None:
    ours = house.adopt(101)
    simulator.world.migrate(101, "pve3", user="bert@pam")
    simulator.world.destroy_outside(101, user="mallory@pve")
    assert gathered(house, ours)["who"] == "mallory@pve"


def test_a_destroy_that_failed_did_not_do_it(house: House, simulator: Simulator) -> None:
    ours = house.adopt(101)
    with simulator.world.entered() as cluster:
        cluster.tasks.note("pve1", "vzdestroy", "101", "bert@pam", status="storage is busy")
    assert "who" not in gathered(house, ours)


def test_a_destroy_whose_end_got_lost_is_named_only_where_no_other_is_known(house: House, simulator: Simulator) -> None:
    ours = house.adopt(101)
    simulator.world.half_destroy(101)
    assert gathered(house, ours)["who"] == "root@pam"
    with simulator.world.entered() as cluster:
        cluster.tasks.note("pve1", "vzdestroy", "101", "mallory@pve", status="OK")
    assert gathered(house, ours)["who"] == "mallory@pve"


def test_a_node_that_is_off_is_a_gap_and_is_not_asked(house: House, simulator: Simulator) -> None:
    ours = house.adopt(101)
    simulator.journal.clear()
    found = gathered(house, ours, pve2="offline")
    assert "node pve2 is offline: its tasks cannot be read" in found["not_known"]  # type: ignore[operator]
    assert simulator.journal.count("GET", "/nodes/pve2") == 0


class RushingClock(SystemClock):
    """On which half a minute passes whenever somebody asks."""

    def __init__(self) -> None:
        self.asked = 0

    def monotonic(self) -> float:
        self.asked += 1
        return timedelta(seconds=30 * self.asked).total_seconds()


def test_a_slow_proxmox_is_not_asked_for_longer_than_an_alert_may_wait(house: House, simulator: Simulator) -> None:
    ours = house.adopt(101)
    simulator.journal.clear()
    found = evidence.gather(house.gateways["lab"], ours, NODES, RushingClock())
    assert simulator.journal.entries() == []
    assert "the alert does not wait" in str(found["not_known"])
