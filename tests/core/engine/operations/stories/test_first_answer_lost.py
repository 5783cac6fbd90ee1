"""A request whose answer was lost, and what comes after it: no refusal of a second one, and no other token, may make
people believe that the first was not carried out.
"""

from __future__ import annotations

from collections.abc import Collection

import pytest

from proximity_tui.core.base.secret import Secret
from proximity_tui.core.doctrine.actions.create.creation import marker_of
from proximity_tui.core.doctrine.observation.identity import described
from proximity_tui.core.engine.operations.outcome import Failed, Outcome, Resumable
from proximity_tui.core.model import CreateRequest, OperationStatus, Plan, State, StepName
from proximity_tui.core.store.records import operations, records
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.gate import Entry
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.actions.cloning import planned as planned_clone
from tests.support.actions.deleting import planned
from tests.support.house import TEMPLATE, House, gateway_to
from tests.support.records.every_action import BACKUP
from tests.support.timing.meddling import Killed, doomed, when
from tests.support.timing.waiting import until


def idle(house: House, node: str = "pve1") -> bool:
    return not house.clients["lab"].find_tasks(node, source="active")


def test_law_5_a_copy_that_was_made_is_found_also_where_its_task_is_not_listed_any_more(
    house: House, simulator: Simulator
) -> None:
    source = house.native("web1", start=False)
    plan = planned_clone(house, source)
    simulator.journal.clear()
    with pytest.raises(Killed):
        doomed(house, "clone", after=True).clone(plan)
    until(lambda: simulator.world.container(plan.vmid or 0) is not None and idle(house))
    simulator.world.rotate_tasks()
    (left,) = house.engine.mark_interrupted()

    resumed = house.engine.resume(left.id)

    assert resumed.success, resumed
    assert [line for line in house.wire() if line.endswith("/clone")] == [f"POST /nodes/pve1/lxc/{source.vmid}/clone"]
    made = records.get(left.container or 0)
    assert (made.state, made.fingerprint is not None) == (State.STOPPED, True)


def test_law_5_a_second_destroy_that_is_refused_says_nothing_of_the_first(house: House, simulator: Simulator) -> None:
    native = house.native("web1", start=False)
    simulator.faults.drop(f"/lxc/{native.vmid}$", method="DELETE", times=1)
    assert isinstance(house.hands(lost_answer=0.1).delete(planned(house, native), native), Resumable)
    (left,) = house.engine.mark_interrupted()
    simulator.faults.answer(500, "CT is locked (destroyed)", f"/lxc/{native.vmid}$", method="DELETE", times=1)

    ended = house.engine.resume(left.id, destroy_again=True)

    assert isinstance(ended, Failed), ended
    assert "destroy (no answer is known: it may have been carried out)" in ended.reason
    assert operations.get(left.id).step(StepName.DESTROY).may_have_run
    # So where the first one destroys it late, nobody is told that we did not.
    simulator.world.destroy_outside(native.vmid or 0)
    assert ended.operation is not None
    assert ended.operation.status is OperationStatus.FAILED


def test_law_2_a_second_create_that_is_refused_does_not_close_the_record_at_the_first_miss(
    house: House, simulator: Simulator
) -> None:
    simulator.faults.drop("/nodes/pve1/lxc$", method="POST", times=1)
    plan = house.engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", node="pve1"))
    assert isinstance(plan, Plan)
    assert isinstance(house.hands(lost_answer=0.1).create(plan), Resumable)
    (left,) = house.engine.mark_interrupted()
    simulator.faults.answer(403, "Permission check failed", "/nodes/pve1/lxc$", method="POST", times=1)

    def arrive_late() -> None:
        made = described(marker_of(plan))
        simulator.world.add_container(plan.vmid, node="pve1", hostname="web1", status="stopped", description=made)

    def missed(entry: Entry) -> bool:
        refused = any(one.status == 403 for one in simulator.journal.writes())
        return refused and entry.path.endswith("/cluster/nextid")

    when(simulator, missed, arrive_late)
    ended = house.engine.resume(left.id)

    assert isinstance(ended, Failed), ended
    made = records.get(left.container or 0)
    assert (made.is_tombstone, made.state) == (False, State.STOPPED), "the first request made it"


@pytest.mark.parametrize("hidden", [True, False])
def test_law_5_who_has_another_token_does_not_take_what_he_cannot_see_for_what_was_never_sent(
    house: House, simulator: Simulator, hidden: bool
) -> None:
    """Without Sys.Audit a token is told only of its own tasks."""
    ready = BACKUP.prepare(house)
    simulator.journal.clear()
    with pytest.raises(Killed):
        ready.execute(doomed(house, "back_up", after=True))
    until(lambda: idle(house))
    (left,) = house.engine.mark_interrupted()

    result = resumed_by_bert(house, simulator, left.id, PRIVILEGES - {"Sys.Audit"} if hidden else PRIVILEGES)

    assert BACKUP.writes(house) == 1
    if not hidden:
        assert result.success, result
        return
    assert isinstance(result, Resumable), result
    assert f"it was sent by the token {simulator.token_id}" in result.reason
    assert house.engine.resume(left.id).success, "who has that token finds its task"
    assert BACKUP.writes(house) == 1


def resumed_by_bert(house: House, simulator: Simulator, operation: int, privileges: Collection[str]) -> Outcome:
    """Another person resumes an operation, with the token of his own configuration."""
    token = "bert@pve!tui"
    secret = Secret(simulator.add_token(token, {"/": privileges}), "the test")
    bert = house.hands("bert")
    bert.clients = {"lab": gateway_to(simulator, token_id=token, token_secret=secret)}
    return bert.resume(operation)
