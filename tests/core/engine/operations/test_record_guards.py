"""Safe modes: a freeze, or a production cluster, keeps every hand off whatever is asked for, and nothing is sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from proximity_tui.core.doctrine.actions.deletion import Choice
from proximity_tui.core.doctrine.guards.safemode import person_of
from proximity_tui.core.engine.operations.outcome import Outcome, Resumable
from proximity_tui.core.model import Action, Actor, Plan, Refusal, State
from proximity_tui.core.store import clusters, safe_modes
from proximity_tui.core.store.records import operations, records
from proximity_tui.simulator import Simulator
from tests.core.store.making import drop_trigger, raw
from tests.support.house import House, refusal_of
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import asked, when

BOB = Actor("bob", "jump2")

Attempt = Callable[[House], Outcome]

ATTEMPTS: dict[str, Attempt] = {
    "adopt": lambda house: house.try_adopt(102),
    "soft delete": lambda house: house.soft_delete(records.active()[0]),
    "hard delete": lambda house: house.hard_delete(records.active()[0]),
    "power": lambda house: house.power(records.active()[0], Action.STOP),
}


@pytest.mark.parametrize("attempt", list(ATTEMPTS.values()), ids=list(ATTEMPTS))
def test_a_freeze_refuses_every_change_for_everybody_until_it_is_lifted(house: House, attempt: Attempt) -> None:
    house.native("web1")
    house.simulator.journal.clear()
    frozen = safe_modes.freeze(None, BOB, "storage moves")

    refused = refusal_of(attempt(house))

    assert (refused.code, refused.reason) == ("frozen", frozen.sentence)
    assert house.wire() == []
    safe_modes.lift(None, BOB)
    assert attempt(house).success


def test_a_plan_that_was_agreed_before_the_freeze_is_refused_too(house: House) -> None:
    native = house.native("web1")
    hard, soft = house.plan_hard(native), house.engine.plan_delete(native, Choice.SOFT)
    assert isinstance(hard, Plan)
    assert isinstance(soft, Plan)
    house.simulator.journal.clear()
    safe_modes.freeze("lab", BOB, "storage moves")

    for plan in (hard, soft):
        assert refusal_of(house.engine.delete(plan, native)).code == "frozen"
    assert house.wire() == []
    assert house.again(native) == native


@both_databases
def test_a_freeze_in_the_middle_of_an_operation_parks_it_before_its_next_write(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    simulator.journal.clear()
    when(simulator, asked("POST", "/status/shutdown"), lambda: safe_modes.freeze("lab", BOB, "storage moves"))

    result = house.engine.delete(plan, native)

    assert isinstance(result, Resumable)
    assert "frozen by bob@jump2" in str(result.error)
    assert not any(line.startswith("DELETE") for line in house.wire())
    (left,) = house.engine.mark_interrupted()
    assert refusal_of(house.engine.resume(left.id)).code == "frozen"
    assert operations.get(left.id).status.value == "interrupted"
    safe_modes.lift("lab", BOB, "storage moved")
    assert house.engine.resume(left.id).success
    assert house.again(native).is_tombstone


def test_a_frozen_cluster_is_looked_after_all_the_same(house: House, simulator: Simulator) -> None:
    adopted = house.adopted(110)
    safe_modes.freeze("lab", BOB, "storage moves")
    simulator.world.destroy_outside(110)
    house.reconcile_twice()
    assert house.again(adopted).is_tombstone, "the jobs change our records only"


def test_one_cluster_frozen_leaves_the_other_free(two_clusters: House) -> None:
    safe_modes.freeze("attic", BOB, "the roof leaks")
    assert two_clusters.try_adopt(101, cluster="lab").success
    assert refusal_of(two_clusters.try_adopt(101, cluster="attic")).code == "frozen"


@pytest.mark.parametrize("named", ["lab", "attic"])
def test_a_soft_delete_of_a_cluster_that_is_recorded_twice_asks_the_safe_modes_too(
    two_clusters: House, named: str
) -> None:
    twice = two_clusters.adopted(101, cluster="attic")
    clusters.remember("lab", "AA:BB")
    clusters.remember("attic", "CC:DD")
    drop_trigger("cluster_renamed", "cluster")
    raw("UPDATE cluster SET identity = 'AA:BB'")
    assert refusal_of(two_clusters.try_adopt(102, cluster="attic")).code == "same_cluster"

    safe_modes.freeze(named, BOB, "storage moves")
    assert refusal_of(two_clusters.soft_delete(twice)).code == "frozen"
    safe_modes.lift(named, BOB)
    anna = two_clusters.hands("anna", production=frozenset({named}))
    refused = anna.plan_delete(twice, Choice.SOFT)
    assert isinstance(refused, Refusal)
    assert refused.code == "disarmed"

    assert two_clusters.soft_delete(twice).success, "it is the only repair"


@both_databases
def test_a_production_cluster_must_be_armed_by_who_acts(house: House) -> None:
    house.native("web1")
    anna = house.hands("anna", production=frozenset({"lab"}))
    bob = house.hands("bob", production=frozenset({"lab"}))
    (native,) = records.active()

    refused = anna.plan_power(native, Action.STOP)
    assert isinstance(refused, Refusal)
    assert refused.code == "disarmed"
    assert "proximity-tui arm --cluster lab" in refused.reason

    armed = safe_modes.arm("lab", anna.settings.actor, "ticket 42")
    assert armed.person == person_of(anna.settings.actor)
    assert isinstance(anna.plan_power(native, Action.STOP), Plan)
    refused = bob.plan_power(native, Action.STOP)
    assert isinstance(refused, Refusal)
    assert refused.code == "disarmed"


def test_a_record_is_not_touched_by_a_refused_attempt(house: House) -> None:
    native = house.native("web1")
    safe_modes.freeze("lab", BOB, "storage moves")
    house.power(native, Action.STOP)
    assert house.again(native) == native
    assert native.state is State.RUNNING
