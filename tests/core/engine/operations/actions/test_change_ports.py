"""The execution of a port change: exactly the plan that was shown, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.engine.operations.actions import change_ports
from proximity_tui.core.engine.operations.outcome import EngineSettings
from proximity_tui.core.model import Actor, Refusal, RefusalCode
from proximity_tui.core.model.actions.port_plan import PortChange, PortPlan, PortRequest
from proximity_tui.core.model.port_registry import PortHolding
from proximity_tui.core.store import close_store, events, open_store, safe_modes
from proximity_tui.core.store.records import public_ports, records
from tests.core.store.making import a_container
from tests.support.servers.databases import both_databases

SETTINGS = EngineSettings(Actor("anna", "jump1"), port_pool=range(8100, 8110))
now = SystemClock().now


@pytest.fixture(autouse=True)
def opened(database: str) -> Iterator[None]:
    open_store(database)
    yield
    close_store()


def agreed(request: PortRequest) -> PortPlan:
    planned = change_ports.plan(request, SETTINGS, now())
    assert isinstance(planned, PortPlan), planned
    return planned


@both_databases
def test_the_plan_that_was_shown_is_executed_with_its_event_or_nothing() -> None:
    web = a_container()
    reserve = agreed(PortRequest(PortChange.RESERVE, container=web.id, container_port=80))
    public_ports.allocate(a_container(vmid=102).id, 22, SETTINGS.port_pool)
    refused = change_ports.execute(reserve, SETTINGS, now())
    assert isinstance(refused, Refusal)
    assert refused.code is RefusalCode.CHANGED
    assert len(public_ports.registry()) == 1
    held = change_ports.execute(agreed(reserve.request), SETTINGS, now())
    assert isinstance(held, PortHolding)
    assert (held.public, held.by) == (8101, "anna@jump1")
    assert records.get(web.id).version == web.version + 1, "a plan about the record is void"
    [event] = events.list_events(container=web.id, limit=1)
    assert event.evidence["after"]["public"] == 8101
    assert event.actor == "anna@jump1"


@both_databases
def test_a_reservation_is_no_longer_held_once_it_is_moved_or_released() -> None:
    web = a_container()
    noted = change_ports.execute(agreed(PortRequest(PortChange.RESERVE, note="mail")), SETTINGS, now())
    assert isinstance(noted, PortHolding)
    move = PortRequest(PortChange.MOVE, noted.key, container=web.id, container_port=25)
    held = change_ports.execute(agreed(move), SETTINGS, now())
    assert isinstance(held, PortHolding)
    assert isinstance(change_ports.plan(move, SETTINGS, now()), Refusal)
    assert change_ports.execute(agreed(PortRequest(PortChange.RELEASE, held.key)), SETTINGS, now()) is None
    assert public_ports.registry() == ()


@both_databases
def test_a_move_stands_in_the_history_of_who_gets_the_port_and_of_who_loses_it() -> None:
    web, mail = a_container(), a_container(vmid=102, cluster="lab")
    public_ports.allocate(web.id, 80, SETTINGS.port_pool)
    [held] = public_ports.registry()
    moved = change_ports.execute(agreed(PortRequest(PortChange.MOVE, held.key, container=mail.id)), SETTINGS, now())
    assert isinstance(moved, PortHolding)
    [gets], [loses] = (events.list_events(container=one.id, limit=1) for one in (mail, web))
    assert (gets.cluster, gets.vmid, loses.cluster, loses.vmid) == ("lab", 102, "prod", 101)
    assert (gets.action, gets.message, gets.evidence) == (loses.action, loses.message, loses.evidence)
    assert gets.seq == loses.seq + 1, "the last event is still that of the container that has the port now"

    change_ports.execute(agreed(PortRequest(PortChange.MOVE, moved.key, public=8105)), SETTINGS, now())
    assert events.list_events(limit=2)[1] == gets, "one container, one event"
    [renumbered] = public_ports.registry()
    change_ports.execute(agreed(PortRequest(PortChange.MOVE, renumbered.key, note="mail")), SETTINGS, now())
    [left] = events.list_events(limit=1)
    assert left.container == mail.id, "it is reserved for nobody yet, and who lost it knows"


@both_databases
@pytest.mark.parametrize("held_back", ["prod", "lab"], ids=["who gives it", "who gets it"])
def test_a_move_between_two_clusters_asks_the_safe_modes_of_both(held_back: str) -> None:
    web, mail = a_container(), a_container(cluster="lab")
    public_ports.allocate(web.id, 80, SETTINGS.port_pool)
    [held] = public_ports.registry()
    request = PortRequest(PortChange.MOVE, held.key, container=mail.id)
    move = agreed(request)

    disarmed = change_ports.plan(request, replace(SETTINGS, production=frozenset({held_back})), now())
    assert isinstance(disarmed, Refusal)
    assert disarmed.code is RefusalCode.DISARMED
    safe_modes.freeze(held_back, "boss", "release week")
    frozen = change_ports.execute(move, SETTINGS, now())
    assert isinstance(frozen, Refusal)
    assert frozen.code is RefusalCode.FROZEN
    assert [one.container for one in public_ports.registry()] == [web.id]
