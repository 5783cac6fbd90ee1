"""Law 8: one function changes a state, by one table, compare-and-set, with its event."""

import pytest
import time_machine

from proximity_tui.core.model import Action, State
from proximity_tui.core.model.lifecycle import MOVES
from proximity_tui.core.store import database, events
from proximity_tui.core.store.db.store_errors import ForbiddenMove, LostRace, StoreError
from proximity_tui.core.store.records import records
from tests.core.store.making import a_container, move

pytestmark = pytest.mark.usefixtures("opened")


@pytest.mark.parametrize("current", State)
def test_a_container_moves_as_the_table_says_and_not_otherwise(current: State) -> None:
    for vmid, target in enumerate(State, start=100):
        web = a_container(vmid=vmid, state=current)
        if target in MOVES[current]:
            assert move(web, target).state is target
        else:
            with pytest.raises(ForbiddenMove) as refused:
                move(web, target)
            assert refused.value.refusal.code == "state"
            assert records.get(web.id) == web


def test_a_move_writes_state_time_version_and_event_together() -> None:
    with time_machine.travel("2026-11-23T14:30:00Z", tick=False):
        web = a_container()
    with time_machine.travel("2026-11-23T15:00:00Z", tick=False):
        after = records.transition(
            web, State.REMOVING, actor="anna", action=Action.SOFT_DELETE, message="asked", evidence={"why": "old"}
        )
    assert (after.version, after.state_since.hour) == (web.version + 1, 15)
    (event, _) = events.list_events(container=web.id)
    assert (event.action, event.message) == ("soft-delete", "asked")
    assert event.evidence == {"from": "running", "to": "removing", "why": "old"}


def test_whoever_read_an_older_version_loses_and_leaves_no_event() -> None:
    web = a_container()
    move(move(web, State.STOPPED), State.RUNNING)
    count = len(events.list_events())
    with pytest.raises(LostRace, match="changed"):
        move(web, State.ERROR)
    assert len(events.list_events()) == count


def test_the_last_error_stays_unless_the_move_says_otherwise() -> None:
    failed = move(a_container(), State.ERROR, last_error="the task failed")
    kept = move(failed, State.RUNNING)
    assert kept.last_error == "the task failed"
    assert move(kept, State.STOPPED, last_error=None).last_error is None


def test_moves_inside_a_transaction_happen_together_or_not_at_all() -> None:
    first, second = a_container(vmid=101), a_container(vmid=102)

    def both() -> None:
        with database.transaction():
            move(first, State.REMOVING)
            move(second, State.DEPLOYING)

    with pytest.raises(ForbiddenMove):
        both()
    assert records.get(first.id) == first


def test_a_caught_refusal_inside_a_transaction_leaves_the_rest_of_it_whole() -> None:
    first, second = a_container(vmid=101), a_container(vmid=102)
    with database.transaction():
        move(first, State.REMOVING)
        with pytest.raises(StoreError):
            a_container(vmid=102)
        move(second, State.STOPPED)
    assert [container.state for container in records.active()] == [State.REMOVING, State.STOPPED]
    assert events.verify().whole
