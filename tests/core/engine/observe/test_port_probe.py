"""The probe of a container: of the very guest, at the addresses of the plan, or nothing is connected to and kept."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from proximity_tui.core.engine.observe import port_probe
from proximity_tui.core.model import Actor, Container, Refusal
from proximity_tui.core.model.guests.probe_result import PortObservation, PortOutcome
from proximity_tui.core.probe.policy import LoopbackOnly
from proximity_tui.core.probe.probe_plan import ProbePlan, ProbeRules
from proximity_tui.core.store import events
from proximity_tui.core.store.records import port_observations
from proximity_tui.simulator import RealClock, Simulator
from tests.support.house import House

ANNA = Actor("anna", "jump1")


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A cluster whose containers have addresses in 127.0.0.0/8."""
    with Simulator("demo", clock=RealClock(), task_seconds=0.02, services=True) as running:
        yield running


def probing(*ports: int, enabled: bool = True) -> ProbeRules:
    return ProbeRules(LoopbackOnly(), enabled, ports)


def planned(house: House, ours: Container, rules: ProbeRules) -> ProbePlan:
    plan = port_probe.plan(house.again(ours), house.clients, rules)
    assert isinstance(plan, ProbePlan), plan
    return plan


def refused(house: House, ours: Container, rules: ProbeRules) -> str:
    plan = port_probe.plan(house.again(ours), house.clients, rules)
    assert isinstance(plan, Refusal), plan
    return plan.code


def test_what_was_met_is_kept_with_its_moment_and_told_in_the_trail(house: House) -> None:
    ours = house.adopted(101)
    (address,) = planned(house, ours, probing(1)).addresses
    with socket.create_server((address, 0)) as listener:
        port = listener.getsockname()[1]
        rules = probing(port)
        found = port_probe.execute(planned(house, ours, rules), house.clients, rules, house.clock, ANNA)
    assert isinstance(found, tuple)
    assert [(one.address, one.port, one.outcome) for one in found] == [(address, port, PortOutcome.OPEN)]
    assert port_observations.of_container(ours.id) == found
    (event, *_) = events.list_events(container=ours.id)
    assert (event.actor, event.message) == ("anna@jump1", "probed web-1: 1 connects, 1 open")


@pytest.mark.parametrize("meanwhile", ["another guest", "stopped"])
def test_what_changed_since_the_plan_is_not_connected_to(house: House, meanwhile: str) -> None:
    ours = house.adopted(101)
    rules = probing(1)
    plan = planned(house, ours, rules)
    if meanwhile == "stopped":
        house.simulator.world.set_status(101, "stopped")
    else:
        house.simulator.world.recreate_outside(101)
        house.simulator.world.set_status(101, "running")
    head = events.head()
    no = port_probe.execute(plan, house.clients, rules, house.clock, ANNA)
    assert isinstance(no, Refusal)
    assert no.code == ("already_stopped" if meanwhile == "stopped" else "replaced")
    assert (port_observations.of_container(ours.id), events.head()) == ((), head)


def test_who_is_not_surely_there_and_running_is_not_probed(house: House) -> None:
    ours, other = house.adopted(101), house.adopted(102)
    house.simulator.world.set_status(101, "stopped")
    house.simulator.world.recreate_outside(102)
    assert refused(house, ours, probing(1)) == "already_stopped"
    assert refused(house, other, probing(1)) == "replaced"
    assert refused(house, ours, probing(1, enabled=False)) == "probe_off"
    found: tuple[PortObservation, ...] = port_observations.of_container(other.id)
    assert found == ()
