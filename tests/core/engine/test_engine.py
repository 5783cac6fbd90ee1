"""The engine: who may settle what an earlier process left, and only as long as it is as it was shown."""

from __future__ import annotations

from proximity_tui.core.engine.operations.outcome import Resumable
from proximity_tui.core.model import OperationStatus
from proximity_tui.core.store.db.store_errors import Conflict
from proximity_tui.core.store.records import operations
from proximity_tui.simulator import Simulator
from tests.support.actions.deleting import planned
from tests.support.house import House, refusal_of
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import (
    asked,
    die_while_deleting,
    when,
)


def test_what_nobody_configured_here_is_not_taken_over(house: House) -> None:
    native = house.native("web1")
    left = die_while_deleting(house, planned(house, native), native, "shutdown", after=False)
    elsewhere = house.hands()
    elsewhere.clients = {}
    for settle in (elsewhere.resume, elsewhere.abandon):
        assert "not configured" in refusal_of(settle(left)).reason
    assert operations.get(left).status is OperationStatus.INTERRUPTED, "others can still settle it"
    assert house.engine.resume(left).success


@both_databases
def test_a_live_operation_is_nobody_elses(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = planned(house, native)
    refused: list[Exception] = []

    def take() -> None:
        (running,) = operations.open_operations()
        try:
            house.hands("bob").resume(running.id)
        except Conflict as conflict:
            refused.append(conflict)

    when(simulator, asked("POST", "/status/shutdown"), take)
    assert house.engine.delete(plan, native).success
    (no,) = refused
    assert "in progress by anna@jump1" in str(no)
    assert len(house.destroys()) == 1


def test_why_it_was_interrupted_is_not_told_of_its_record_once_it_goes_on(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = planned(house, native)
    when(simulator, asked("POST", "/status/shutdown"), lambda: simulator.faults.answer(400, "no", "/cluster/status"))
    left = house.engine.delete(plan, native)
    assert isinstance(left, Resumable)
    assert "nothing was destroyed" in str(house.again(native).last_error)
    simulator.faults.clear()
    told: list[str | None] = []
    when(simulator, asked("DELETE", f"/{native.vmid}"), lambda: told.append(house.again(native).last_error))

    (parked,) = operations.open_operations()
    assert house.engine.resume(parked.id).success

    assert told == [None]
    assert house.again(native).last_error is None


def test_law_7_a_resume_that_saw_nothing_says_what_is_recorded(house: House, simulator: Simulator) -> None:
    """A database that was put back to an earlier copy does not have what the try before sent last."""
    native = house.native("web1")
    left = die_while_deleting(house, planned(house, native), native, "shutdown", after=True)
    simulator.faults.answer(400, "no", "/cluster/status")

    parked = house.engine.resume(left)

    assert isinstance(parked, Resumable), parked
    assert "; no destroy is recorded" in parked.reason
    assert "nothing was destroyed" not in parked.reason


def test_why_it_was_interrupted_is_told_until_an_abandon_has_seen_what_is_there(
    house: House, simulator: Simulator
) -> None:
    """Where it ends before that, nothing else would say it."""
    native = house.native("web1")
    plan = planned(house, native)
    when(simulator, asked("POST", "/status/shutdown"), lambda: simulator.faults.answer(400, "no", "/cluster/status"))
    assert isinstance(house.engine.delete(plan, native), Resumable)
    simulator.faults.clear()
    why, told = house.again(native).last_error, list[str | None]()
    assert "nothing was destroyed" in str(why)
    when(simulator, asked("GET", f"/{native.vmid}/config"), lambda: told.append(house.again(native).last_error))

    (parked,) = operations.open_operations()
    house.engine.abandon(parked.id)

    assert told == [why]
