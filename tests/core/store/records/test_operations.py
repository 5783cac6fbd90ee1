"""The journal: intent before, fact after, one operation a guest (law 5)."""

import pytest

from proximity_tui.core.model import Action, Actor, ClosedReason, OperationStatus, State, StepName, StepOutcome
from proximity_tui.core.model.actions.plan import RecordBound
from proximity_tui.core.store import database, events
from proximity_tui.core.store.db.store_errors import Conflict, ForbiddenMove, LostRace, RecordNotFound
from proximity_tui.core.store.records import operations, records
from tests.core.store.making import ANNA, OWNER, a_container, a_plan, begun, close, move, raw

pytestmark = pytest.mark.usefixtures("opened")


def test_beginning_claims_the_record_moves_it_and_journals_the_plan() -> None:
    web = a_container()
    plan = a_plan(bound_to=RecordBound(1), warnings=("it runs",), node="pve1")
    operation = operations.begin(
        plan, web, Actor("anna", "jump1"), OWNER, transient=State.REMOVING, message="asked to release"
    )
    assert operation.plan == plan
    assert (operation.actor, operation.owner, operation.status) == (ANNA, OWNER, OperationStatus.OPEN)
    assert [step.outcome for step in operation.steps] == [StepOutcome.PENDING] * 2
    assert operation.progress == "1/2"
    after = records.get(web.id)
    assert (after.state, after.operation) == (State.REMOVING, operation.id)
    assert events.list_events()[0].evidence["operation"] == operation.id


def test_a_power_operation_holds_the_record_without_a_transient_state() -> None:
    web = a_container()
    operations.begin(a_plan(Action.STOP), web, ANNA, OWNER, transient=None, message="asked to stop")
    assert records.get(web.id).state is State.RUNNING
    assert events.list_events()[0].action == "stop"


def test_an_operation_can_claim_a_guest_that_has_no_record_yet() -> None:
    operations.begin(a_plan(Action.ADOPT), None, ANNA, OWNER, transient=None, message="asked to adopt")
    with pytest.raises(Conflict):
        operations.begin(a_plan(Action.ADOPT), None, "ben@jump1", OWNER, transient=None, message="asked")


def test_a_guest_has_one_operation_and_the_refusal_says_whose() -> None:
    web = a_container()
    begun(web)
    with pytest.raises(Conflict, match=r"soft-delete in progress by anna@jump1 since 2\d{3}-") as refused:
        begun(records.get(web.id), transient=None)
    assert "anna@jump1" in refused.value.holder
    assert len(operations.open_operations()) == 1


def test_an_interrupted_operation_still_holds_its_guest() -> None:
    operation = begun()
    operations.finish(operation.id, OperationStatus.INTERRUPTED, "killed")
    with pytest.raises(Conflict, match="resume or abandon"):
        operations.begin(a_plan(), None, ANNA, OWNER, transient=None, message="again")


@pytest.mark.parametrize("transient", [State.REMOVING, None])
def test_a_plan_made_from_an_older_record_does_not_begin(transient: State | None) -> None:
    web = a_container()
    move(move(web, State.STOPPED), State.RUNNING)
    with pytest.raises(LostRace):
        begun(web, transient=transient)
    assert operations.open_operations() == ()


def test_an_operation_whose_move_is_forbidden_does_not_begin() -> None:
    web = a_container(state=State.DEPLOYING)
    with pytest.raises(ForbiddenMove):
        begun(web)
    assert operations.open_operations() == ()


def test_a_step_goes_from_intent_over_task_to_fact() -> None:
    operation = begun()
    operations.intend(operation.id, 1, {"vmid": 101}, owner=OWNER)
    intended = operations.get(operation.id).steps[0]
    assert (intended.outcome, intended.fact_at) == (StepOutcome.INTENDED, None)
    assert intended.intent_at is not None
    operations.record_task(operation.id, 1, "UPID:pve1:1", owner=OWNER)
    operations.fact(operation.id, 1, StepOutcome.DONE, {"freed": [8100]}, owner=OWNER)
    done = operations.get(operation.id)
    assert (done.steps[0].outcome, done.steps[0].task) == (StepOutcome.DONE, "UPID:pve1:1")
    assert done.steps[0].detail == {"vmid": 101, "freed": [8100]}
    assert done.progress == "2/2"


def test_a_withdrawn_intent_leaves_the_evidence_of_the_request_before_it() -> None:
    operation = begun()
    operations.intend(operation.id, 1, {"tasks_before": [], "backups_before": []}, owner=OWNER)
    sent = operations.get(operation.id).steps[0]
    operations.intend(operation.id, 1, {"tasks_before": ["UPID:late"], "backups_before": ["late"]}, owner=OWNER)
    operations.withdraw(operation.id, sent, owner=OWNER)
    assert operations.get(operation.id).steps[0] == sent


def test_a_step_that_is_done_is_not_intended_again() -> None:
    operation = begun()
    operations.fact(operation.id, 1, StepOutcome.DONE)
    with pytest.raises(LostRace, match="done already"):
        operations.intend(operation.id, 1)


def test_a_step_that_does_not_exist_is_not_found() -> None:
    operation = begun()
    with pytest.raises(RecordNotFound, match="no step 9"):
        operations.intend(operation.id, 9)


def test_nothing_is_journaled_once_the_operation_has_ended() -> None:
    operation = begun()
    operations.finish(operation.id, OperationStatus.DONE)
    for late in (
        lambda: operations.intend(operation.id, 1),
        lambda: operations.record_task(operation.id, 1, "UPID"),
        lambda: operations.fact(operation.id, 1, StepOutcome.DONE),
        lambda: operations.heartbeat(operation.id, OWNER),
        lambda: operations.finish(operation.id, OperationStatus.FAILED),
    ):
        with pytest.raises(LostRace, match="is done"):
            late()


def test_a_finished_operation_frees_its_guest_and_stays_in_the_history() -> None:
    operation = begun()
    ended = operations.finish(operation.id, OperationStatus.FAILED, "no space left")
    assert (ended.status, ended.error) == (OperationStatus.FAILED, "no space left")
    assert ended.finished_at is not None
    assert ended.container is not None
    assert operations.open_operations() == ()
    assert operations.for_container(ended.container) == (ended,)
    assert records.get(ended.container).operation is None


def test_the_record_is_closed_and_the_operation_finished_in_one_transaction() -> None:
    operation = begun()
    assert operation.container is not None
    with database.transaction():
        close(records.get(operation.container))
        operations.finish(operation.id, OperationStatus.DONE, owner=OWNER)
    assert records.get(operation.container).operation is None


def test_a_record_is_not_closed_when_its_operation_turns_out_to_be_somebody_elses() -> None:
    operation = begun()
    assert operation.container is not None
    before = records.get(operation.container)

    def close_and_finish() -> None:
        with database.transaction():
            close(before)
            operations.finish(operation.id, OperationStatus.DONE, owner="somebody else")

    with pytest.raises(LostRace):
        close_and_finish()
    assert records.get(before.id) == before


@pytest.mark.parametrize(
    ("reason", "sent"),
    [
        (ClosedReason.FORGOTTEN, "nothing was sent to Proxmox"),
        # A database that was put back to an earlier copy lacks what was sent last.
        (ClosedReason.VANISHED, "no request is recorded"),
    ],
)
def test_closing_a_record_abandons_its_interrupted_operation_so_that_the_guest_is_free(
    reason: ClosedReason, sent: str
) -> None:
    operation = begun()
    assert operation.container is not None
    operations.finish(operation.id, OperationStatus.INTERRUPTED)
    close(records.get(operation.container), reason=reason)
    ended = operations.get(operation.id)
    told = f"the record was closed: {reason}; {sent}"
    assert (ended.status, ended.error) == (OperationStatus.ABANDONED, told)
    assert begun(a_container()).status is OperationStatus.OPEN


def test_open_operations_are_listed_by_cluster_oldest_first() -> None:
    first, second = begun(a_container(vmid=101)), begun(a_container(vmid=102))
    assert [operation.id for operation in operations.open_operations("prod")] == [first.id, second.id]
    assert operations.open_operations("lab") == ()


def test_a_step_of_a_later_version_is_unreadable_and_hides_no_other() -> None:
    operation = begun()
    raw(f"UPDATE operation_step SET name = 'teleport' WHERE operation_id = {operation.id} AND seq = 1")
    assert [step.name for step in operations.get(operation.id).steps] == [StepName.UNREADABLE, StepName.RELEASE]
