"""What writes only our records: adoption, re-attachment, acceptance of drift; and nothing where that is forbidden."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import Action, Actor, Plan, Refusal, State
from proximity_tui.core.store import events, safe_modes
from proximity_tui.core.store.records import operations, records
from tests.support.actions.drifting import planned_acceptance
from tests.support.house import House, refusal_of

Attempt = Callable[[Engine], Refusal]


def attempts(house: House) -> dict[str, Attempt]:
    """Each of them, planned while it was allowed, and ready to be carried out."""
    ours, forgotten = house.adopt(101), house.adopt(102)
    assert house.soft_delete(forgotten).success
    house.simulator.world.set_config(101, nameserver="9.9.9.9")
    adoption, acceptance = house.engine.plan_adopt("lab", 103, AdoptionRequest()), planned_acceptance(house, ours)
    assert isinstance(adoption, Plan)
    return {
        "adopt": lambda engine: refusal_of(engine.adopt(adoption, AdoptionRequest())),
        "re-attach": lambda engine: refusal_of(engine.reattach(forgotten.id)),
        "plan acceptance": lambda engine: refused(engine.plan_acceptance(ours)),
        "accept": lambda engine: refusal_of(engine.accept_drift(acceptance, ours, "so it shall be")),
    }


def refused(plan: Plan | Refusal) -> Refusal:
    assert isinstance(plan, Refusal), plan
    return plan


@pytest.mark.parametrize("forbidden", ["frozen", "read_only"])
def test_a_freeze_and_read_only_forbid_each_of_them_and_no_record_changes(house: House, forbidden: str) -> None:
    tried = attempts(house)
    if forbidden == "frozen":
        safe_modes.freeze(None, Actor("bob", "jump2"), "storage moves")
    engine = house.hands(read_only=forbidden == "read_only")
    before, trail = records.active(), events.head()
    assert {name: attempt(engine).code for name, attempt in tried.items()} == dict.fromkeys(tried, forbidden)
    assert (records.active(), events.head()) == (before, trail)


def test_of_a_cluster_that_is_not_configured_nothing_is_taken_back(house: House) -> None:
    ours = house.adopt(101)
    assert house.soft_delete(ours).success
    elsewhere = house.hands()
    elsewhere.clients = {}
    assert "not configured" in refusal_of(elsewhere.reattach(ours.id)).reason
    assert records.active() == ()


def test_who_holds_the_record_comes_before_its_drift(house: House) -> None:
    native = house.native("web1")
    stop = house.engine.plan_power(native, Action.STOP)
    assert isinstance(stop, Plan)
    operations.begin(stop, native, "bob@jump2", house.engine.owner, transient=State.UPDATING, message="stopping")
    no = refused(house.engine.plan_acceptance(house.again(native)))
    assert (no.code, "stop in progress by bob@jump2" in no.reason) == ("busy", True)
