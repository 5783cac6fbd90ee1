"""A held cluster that stops answering: what the person was asked stays asked, and who is silent says why."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from proximity_tui.core.model import Container
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.core.store.jobs import breakers
from proximity_tui.simulator import Simulator
from tests.support.house import House
from tests.support.records.alerted import the_open_alert
from tests.support.servers.databases import both_databases

SILENCES: dict[str, Callable[[Simulator], object]] = {
    "no answer": lambda simulator: simulator.faults.answer(595, "Connection refused"),
    "a page of a login portal": lambda simulator: simulator.faults.html("/cluster/resources"),
    "token not accepted": lambda simulator: simulator.faults.unauthorized(),
    "no quorum": lambda simulator: simulator.world.set_quorate(False),
    "a list cut short": lambda simulator: simulator.faults.answer(500, "ipcc_send_rec[1] failed", "/cluster/resources"),
}


def held_fleet(house: House) -> list[Container]:
    """Ten containers, of which five vanished at once: the breaker is open."""
    world = house.simulator.world
    fleet = [house.adopted(world.add_container(2000 + n, hostname=f"ct-{n}")) for n in range(10)]
    house.reconcile()
    for one in fleet[:5]:
        world.destroy_outside(one.vmid or 0)
    assert house.reconcile().outcome is JobOutcome.HELD
    return fleet


def asked(house: House) -> frozenset[int]:
    """The ids that the open breaker asks about."""
    state = breakers.state(house.cluster)
    assert state is not None
    return state.missing


@pytest.mark.parametrize("silence", SILENCES)
def test_n56_a_held_cluster_that_cannot_be_judged_stays_held_with_the_same_question(
    house: House, simulator: Simulator, silence: str
) -> None:
    fleet = held_fleet(house)
    question = asked(house)
    assert question == {one.id for one in fleet[:5]}

    SILENCES[silence](simulator)
    for _ in range(3):
        assert house.reconcile().outcome is JobOutcome.HELD
        assert asked(house) == question, "who cannot be asked does not come back"

    simulator.faults.clear()
    simulator.world.set_quorate(True)
    for one in fleet[:3]:
        simulator.world.restore(one.vmid or 0)
    simulator.world.broadcast()
    report = house.reconcile_twice()
    assert (report.outcome, report.orphans_found) == (JobOutcome.HELD, 0)
    assert asked(house) == {one.id for one in fleet[3:5]}
    assert not any(house.again(one).is_tombstone for one in fleet)


@both_databases
def test_n01_a_held_cluster_that_is_silent_says_why_it_is_silent(house: House, simulator: Simulator) -> None:
    held_fleet(house)
    simulator.faults.answer(595, "Connection refused")
    house.reconcile()
    assert "Connection refused" in the_open_alert(AlertKind.UNREACHABLE).message
