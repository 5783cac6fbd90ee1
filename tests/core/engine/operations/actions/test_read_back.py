"""Somebody else acts between two reads of ours after the deed: a move is followed, a stranger is told, nothing is left
in a doubt that another look ends.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from proximity_tui.core.engine.operations.outcome import Failed, Resumable
from proximity_tui.core.model import StepOutcome
from proximity_tui.core.store.records import clinical_records, operations, records
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.gate import Entry
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.house import House
from tests.support.records.every_action import EVERY_ACTION, EveryAction
from tests.support.timing.meddling import asked, when

READS_BACK = ("create", "clone", "clone-network", "restore", "roll-back", "change", "grow")
each = pytest.mark.parametrize(
    "action", [pytest.param(one, id=one.name) for one in EVERY_ACTION if one.name in READS_BACK]
)


def config_read(vmid: int, *, sent: Callable[[], bool]) -> Callable[[Entry], bool]:
    """The config of a guest was read after the deed: what follows rests on it."""
    return lambda entry: entry.method == "GET" and entry.path.endswith(f"/lxc/{vmid}/config") and sent()


def deed_done(action: EveryAction, house: House) -> Callable[[], bool]:
    """Whether the request was carried out; of one with a task, whether that is in our journal."""

    def done() -> bool:
        if not action.task:
            return action.writes(house) > 0
        return any(one.steps[0].outcome is StepOutcome.DONE for one in operations.open_operations())

    return done


@each
def test_one_that_moves_right_after_its_config_was_read_back_is_followed(
    house: House, simulator: Simulator, action: EveryAction
) -> None:
    ready = action.prepare(house)
    vmid = int(ready.plan.vmid or 0)
    simulator.journal.clear()
    when(simulator, config_read(vmid, sent=deed_done(action, house)), lambda: simulator.world.migrate(vmid, "pve3"))
    done = ready.execute(house.engine)
    assert done.success, done
    seen = simulator.world.container(vmid)
    assert seen is not None
    assert seen.node == "pve3"
    assert action.writes(house) == 1


@each
def test_a_stranger_right_after_the_config_was_read_back_is_told_and_never_recorded(
    house: House, simulator: Simulator, action: EveryAction
) -> None:
    ready = action.prepare(house)
    vmid = int(ready.plan.vmid or 0)
    simulator.journal.clear()
    when(simulator, config_read(vmid, sent=deed_done(action, house)), lambda: simulator.world.recreate_outside(vmid))
    ended = ready.execute(house.engine)
    assert isinstance(ended, Failed), ended
    assert ended.container is not None
    kept = clinical_records.latest(ended.container.id)
    assert "somebody-elses" not in str(kept.record.config if kept is not None else "")
    assert records.get(ended.container.id).name != "somebody-elses"


@pytest.mark.parametrize("name", ["change", "clone-network"])
def test_a_stranger_after_a_write_without_a_task_is_told_with_what_proxmox_took(
    house: House, simulator: Simulator, name: str
) -> None:
    action = next(one for one in EVERY_ACTION if one.name == name)
    ready = action.prepare(house)
    vmid = int(ready.plan.vmid or 0)
    when(simulator, action.is_write, lambda: simulator.world.recreate_outside(vmid))
    ended = ready.execute(house.engine)
    assert isinstance(ended, Failed), ended
    assert ended.reason.startswith("Proxmox took the ")
    assert "is another guest now" in ended.reason


def test_a_copy_of_a_stranger_who_took_the_vmid_of_the_source_at_the_last_moment_is_not_told_as_ours(
    house: House, simulator: Simulator
) -> None:
    """Between the last look and the request nothing can be read: so it is seen in what was made."""
    action = next(one for one in EVERY_ACTION if one.name == "clone")
    ready = action.prepare(house)

    def stranger() -> None:
        simulator.world.recreate_outside(ready.at)
        simulator.world.set_status(ready.at, "stopped")

    # The comparison with the plan is the last inspection, too: nothing is read between it and the request.
    when(simulator, asked("GET", f"/lxc/{ready.at}/config"), stranger)
    ended = ready.execute(house.engine)
    assert isinstance(ended, Failed), ended
    assert f"is no copy of the CT {ready.at} that was shown: ostype debian expected, ubuntu now" in ended.reason
    assert ended.container is not None
    assert not records.get(ended.container.id).is_tombstone, "we made it, so it is looked after"


@pytest.mark.parametrize("name", ["create", "clone", "restore", "roll-back"])
def test_what_cannot_be_read_back_is_not_told_as_another_guest(house: House, simulator: Simulator, name: str) -> None:
    """A right that is lost right after the deed proves nothing (law 2): whoever resumes it looks again."""
    action = next(one for one in EVERY_ACTION if one.name == name)
    ready = action.prepare(house)
    vmid, done = int(ready.plan.vmid or 0), deed_done(action, house)
    status = asked("GET", f"/lxc/{vmid}/status/current")
    when(
        simulator,
        lambda entry: status(entry) and done(),
        lambda: simulator.set_acl(
            simulator.token_id, {"/": ["Sys.Audit", "VM.Audit"], f"/vms/{vmid}": ["VM.PowerMgmt"]}
        ),
    )
    ended = ready.execute(house.impatient(settle_timeout=1.0))
    assert isinstance(ended, Resumable), ended
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES})
    assert ended.operation is not None
    assert house.engine.resume(ended.operation.id).success
    assert action.tasks(house) == 1
