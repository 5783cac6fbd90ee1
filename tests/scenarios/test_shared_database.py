"""Two operators on one PostgreSQL: one winner each time, and a database that goes away costs nobody a container."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from proximity_tui.commands.base.exit_codes import Exit, of_result
from proximity_tui.core import store
from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
from proximity_tui.core.doctrine.actions.deletion import Choice
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.operations.outcome import Failed, Outcome, Resumable
from proximity_tui.core.model import Plan
from proximity_tui.core.store import events
from proximity_tui.core.store.db.store_errors import StoreUnavailable
from proximity_tui.core.store.records import public_ports, records
from proximity_tui.screens.app.background_task import result_of
from proximity_tui.simulator import Simulator
from tests.support.house import House, refusal_of
from tests.support.servers.postgresql import Server
from tests.support.servers.tcp_proxy import Wire
from tests.support.timing.at_once import at_once
from tests.support.timing.meddling import asked, owner_that_died, when
from tests.support.timing.waiting import until


@pytest.fixture
def database(ready_postgresql: str) -> str:
    """An empty PostgreSQL."""
    return ready_postgresql


def reachable() -> bool:
    try:
        records.active()
    except StoreUnavailable:
        return False
    return True


def adopting(engine: Engine, vmid: int) -> Callable[[], Outcome]:
    wish = AdoptionRequest(80)
    plan = engine.plan_adopt("lab", vmid, wish)
    assert isinstance(plan, Plan)
    return lambda: engine.adopt(plan, wish)


def test_of_two_who_adopt_the_same_guest_one_wins_and_the_other_is_told_so(house: House) -> None:
    results = at_once(*(adopting(house.hands(name), 101) for name in ("anna", "bob", "cleo")))
    assert [result.success for result in results].count(True) == 1
    for lost in (result for result in results if not result.success):
        assert "already managed" in refusal_of(lost).reason
    assert len(records.active()) == 1
    assert len(public_ports.used()) == 1
    assert events.verify().whole


def test_of_two_who_delete_the_same_container_one_wins_and_it_is_destroyed_once(house: House) -> None:
    native = house.native("web1")
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    house.simulator.journal.clear()
    anna, bob = house.hands("anna"), house.hands("bob")
    results = at_once(lambda: anna.delete(plan, native), lambda: bob.delete(plan, native))
    assert [result.success for result in results].count(True) == 1
    assert house.destroys() == [f"DELETE /nodes/{native.node}/lxc/{native.vmid}"]
    assert house.again(native).is_tombstone


def test_connections_ended_in_the_middle_of_a_delete_are_not_even_noticed(
    house: House, simulator: Simulator, postgresql_server: Server
) -> None:
    native = house.native("web1")
    when(simulator, asked("DELETE", f"/lxc/{native.vmid}"), lambda: postgresql_server.close_connections("ready"))
    result = house.hard_delete(native)
    assert result.success, result
    assert house.again(native).is_tombstone


def test_a_server_that_stops_in_the_middle_of_a_delete_leaves_it_resumable_and_destroys_once(
    house: House, simulator: Simulator, postgresql_server: Server
) -> None:
    native = house.native("web1")
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    simulator.journal.clear()
    engine = house.hands()
    engine.owner = owner_that_died()
    when(simulator, asked("DELETE", f"/lxc/{native.vmid}"), postgresql_server.stop)
    try:
        result = engine.delete(plan, native)
    finally:
        postgresql_server.start()
    until(reachable)

    assert isinstance(result, Resumable)
    assert "cannot be reached" in str(result.error)
    (left,) = house.engine.mark_interrupted()
    assert house.engine.resume(left.id).success
    assert len(house.destroys()) == 1
    assert house.again(native).is_tombstone
    assert events.verify().whole


def soft_deleting(house: House) -> Callable[[], Outcome]:
    native = house.native("web1")
    plan = house.engine.plan_delete(native, Choice.SOFT)
    assert isinstance(plan, Plan)
    return lambda: house.engine.delete(plan, native)


def hard_deleting(house: House) -> Callable[[], Outcome]:
    native = house.native("web1")
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    return lambda: house.engine.delete(plan, native)


def accepting(house: House) -> Callable[[], Outcome]:
    ours = house.adopt(101)
    house.simulator.world.set_config(101, memory=4096)
    plan = house.engine.plan_acceptance(ours)
    assert isinstance(plan, Plan)
    return lambda: house.engine.accept_drift(plan, ours, "meant so")


@pytest.mark.parametrize(
    "asked_for", [lambda house: adopting(house.engine, 101), accepting, soft_deleting, hard_deleting]
)
def test_law_5_what_has_no_answer_to_its_commit_is_neither_called_done_nor_undone(
    house: House, postgresql_server: Server, asked_for: Callable[[House], Callable[[], Outcome]]
) -> None:
    """What was said to have failed would be in the list."""
    ask, wire = asked_for(house), Wire(postgresql_server.port)
    try:
        store.open_store(f"{house.database.rpartition('@')[0]}@127.0.0.1:{wire.port}/ready")
        wire.lose_answer_to(b"COMMIT")
        ended = result_of("it", ask)
    finally:
        wire.close()
        store.open_store(house.database)
    assert ended.sentence.startswith("it: not known to be done: ")
    assert "Whether this was written is not known" in ended.sentence
    assert "nothing was" not in ended.sentence
    assert isinstance(ended.result, Failed)
    assert of_result(ended.result) is Exit.FAILED


def test_a_server_that_is_away_before_a_delete_begins_lets_nothing_be_sent(
    house: House, postgresql_server: Server
) -> None:
    native = house.native("web1")
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    house.simulator.journal.clear()
    postgresql_server.stop("fast")
    try:
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            house.engine.delete(plan, native)
    finally:
        postgresql_server.start()
    until(reachable)
    assert house.wire() == []
    assert house.engine.delete(plan, native).success, "the same plan holds afterwards"
