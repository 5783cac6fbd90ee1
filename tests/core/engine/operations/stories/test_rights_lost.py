"""A right that our token loses at one request of an operation or another: the operation waits for it, tells what is
there, and sends no write a second time (laws 2, 5 and 7).
"""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.operations.outcome import Done, Outcome, Resumable
from proximity_tui.core.store import events
from proximity_tui.core.store.records import records
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.gate import Entry
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.house import House
from tests.support.records.every_action import EVERY_ACTION, EveryAction
from tests.support.timing.meddling import when

NAMED = {one.name: one for one in EVERY_ACTION}

LOST = [
    ("hard-delete", "Sys.Audit"),
    ("restore", "VM.Audit"),
    ("roll-back", "VM.Audit"),
    ("migrate", "VM.Audit"),
    ("grow", "VM.Audit"),
    ("clone-network", "VM.Audit"),
]
LATER = (0, 2, 5)
"""How many requests after the write of an action the right is lost."""


def lost_after(simulator: Simulator, action: EveryAction, right: str, later: int) -> None:
    """Lose a right so many requests after the write of an action, the polls of its task not counted."""
    since: list[Entry] = []

    def met(entry: Entry) -> bool:
        if (since or action.is_write(entry)) and "/tasks/UPID" not in entry.path:
            since.append(entry)
        return len(since) > later

    when(simulator, met, lambda: simulator.set_acl(simulator.token_id, {"/": PRIVILEGES - {right}}))


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize(("name", "right"), LOST)
def test_what_loses_a_right_on_its_way_waits_for_it_and_loses_nothing(
    house: House, simulator: Simulator, name: str, right: str, later: int
) -> None:
    action = NAMED[name]
    ready = action.prepare(house)
    simulator.journal.clear()
    lost_after(simulator, action, right, later)

    result = ready.execute(house.impatient(settle_timeout=0.5))

    assert isinstance(result, Done | Resumable), result
    tells_the_truth(simulator, ready.plan.vmid or 0, result)
    if isinstance(result, Resumable):
        simulator.set_acl(simulator.token_id, {"/": PRIVILEGES})
        assert result.operation is not None
        result = house.engine.resume(result.operation.id)
        assert isinstance(result, Done), result
        tells_the_truth(simulator, ready.plan.vmid or 0, result)
    assert action.writes(house) == 1
    assert events.verify().whole


def tells_the_truth(simulator: Simulator, vmid: int, result: Outcome) -> None:
    """No record is closed while its guest is there, and one that is over has the state of its guest."""
    assert result.container is not None
    record, guest = records.get(result.container.id), simulator.world.container(vmid)
    assert not (record.is_tombstone and guest is not None)
    if isinstance(result, Done) and guest is not None:
        assert record.state.value == guest.status
