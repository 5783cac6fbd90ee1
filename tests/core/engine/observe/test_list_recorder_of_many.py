"""The recording of a list: what many containers did at once is written at once, each with its event."""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.observe import list_recorder
from proximity_tui.core.engine.observe.list_recorder import OBSERVER
from proximity_tui.core.model import Container, State
from proximity_tui.core.store import database, events
from proximity_tui.core.store.records import records
from proximity_tui.simulator import Simulator
from tests.core.store.making import raw
from tests.support.house import House
from tests.support.servers.databases import both_databases


@pytest.fixture
def ours(house: House) -> list[Container]:
    """Three containers whose status was settled long ago."""
    adopted = [house.adopted(vmid) for vmid in (101, 102, 103)]
    raw("UPDATE container SET state_since = '2026-01-01T00:00:00.000000Z'")
    return adopted


@pytest.fixture
def written(house: House, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The transactions and the events that are written, in their order."""
    found: list[str] = []
    backend, note = database.opened(), events.note
    serialise = backend.serialise
    monkeypatch.setattr(backend, "serialise", lambda: (found.append("transaction"), serialise()))
    monkeypatch.setattr(events, "note", lambda *args: (found.append("event"), note(*args))[1])
    return found


@both_databases
def test_the_status_of_many_is_taken_over_in_few_transactions_with_an_event_each(
    house: House, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, ours: list[Container], written: list[str]
) -> None:
    monkeypatch.setattr(list_recorder, "MOVES_AT_ONCE", 2)
    _stop(simulator, ours)
    house.poller()
    assert [house.again(one).state for one in ours] == [State.STOPPED] * 3
    first = written.index("event")
    assert written[first - 1 : first + 4] == ["transaction", "event", "event", "transaction", "event"]
    told = [one for one in events.list_events() if one.actor == OBSERVER]
    assert [(one.container, one.message) for one in told] == [
        (one.id, f"{house.again(one).label} is stopped") for one in reversed(ours)
    ]


@both_databases
def test_a_record_that_somebody_changed_meanwhile_keeps_none_of_the_others(
    house: House, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, ours: list[Container]
) -> None:
    observe = records.observe

    def changed_after_it_was_judged(*args: object, **more: object) -> object:
        raw(f"UPDATE container SET version = version + 1 WHERE id = {ours[1].id}")
        return observe(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(records, "observe", changed_after_it_was_judged)
    _stop(simulator, ours)
    house.poller()
    assert [house.again(one).state for one in ours] == [State.STOPPED, State.RUNNING, State.STOPPED]


def _stop(simulator: Simulator, containers: list[Container]) -> None:
    for one in containers:
        simulator.world.set_status(one.vmid or 0, "stopped")
    simulator.world.broadcast()
