"""Public ports: everybody gets one of their own, also at the same moment, and nobody who gets none is half adopted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from proximity_tui.core import store
from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
from proximity_tui.core.engine.operations.outcome import Done, Outcome
from proximity_tui.core.model import Plan
from proximity_tui.core.store import events
from proximity_tui.core.store.records import public_ports, records
from proximity_tui.simulator import Simulator
from tests.support.house import House, HurriedClock, refusal_of
from tests.support.servers.databases import both_databases
from tests.support.timing.at_once import at_once


@pytest.fixture
def two_ports(simulator: Simulator, database: str) -> Iterator[House]:
    """One of us with only two public ports to give away."""
    yield House({"lab": simulator}, database, HurriedClock(), port_pool=range(8100, 8102))
    store.close_store()


def test_n82_two_containers_both_on_port_80(house: House) -> None:
    first, second = house.adopted(101, port=80), house.adopted(102, port=80)
    assert [one.ports[0].container for one in (first, second)] == [80, 80]
    assert first.ports[0].public != second.ports[0].public


@both_databases
def test_n85_port_pool_exhausted(two_ports: House) -> None:
    house = two_ports
    first = house.adopted(101, port=80)
    house.adopted(102, port=80)
    full = house.try_adopt(103, port=80)
    assert not full.success
    assert "all 2 public ports" in str(full.error)
    assert "without a port" in str(full.error)
    assert [one.vmid for one in records.active()] == [101, 102], "no half record"
    assert house.adopted(103).ports == ()
    house.soft_delete(first)
    assert house.adopted(104, port=80).ports[0].public == first.ports[0].public


@pytest.mark.parametrize("port", [0, -1, 65536, 10**9])
def test_n86_port_out_of_range(house: House, port: int) -> None:
    refused = refusal_of(house.try_adopt(101, port=port))
    assert refused.code == "invalid"
    assert "1 to 65535" in refused.reason
    assert records.active() == ()


@both_databases
def test_n87_two_adopters_get_distinct_ports(house: House) -> None:
    results = adopted_at_once(house, 101, 102, 103, 104)
    public = [result.detail["public_port"] for result in results if isinstance(result, Done)]
    assert len(set(public)) == 4
    assert events.verify().whole


@both_databases
def test_n87_two_adopters_of_the_same_container(house: House) -> None:
    results = adopted_at_once(house, 101, 101)
    assert sorted(result.success for result in results) == [False, True]
    (late,) = (result for result in results if not result.success)
    refused = refusal_of(late)
    assert refused.code == "managed"
    assert "web-1" in refused.reason
    assert len(records.active()) == len(public_ports.used()) == 1


def adopted_at_once(house: House, *vmids: int) -> list[Outcome]:
    """Adopt with a port, each by another pair of hands, and all at the same moment."""
    wish = AdoptionRequest(80)

    def adopting(vmid: int) -> Callable[[], Outcome]:
        hands = house.hands(f"user{vmid}")
        plan = hands.plan_adopt("lab", vmid, wish)
        assert isinstance(plan, Plan)
        return lambda: hands.adopt(plan, wish)

    return at_once(*map(adopting, vmids))
