"""A request whose answer was lost, resumed when Proxmox does not list its task any more: it keeps the tasks of a busy
node for days only. That no task is listed is no proof then that nothing was done (laws 2 and 5).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.guards.write_permit import WriteAction
from proximity_tui.core.engine.operations.outcome import Done, Failed, Resumable
from proximity_tui.core.model import Operation, StepName, StepOutcome
from proximity_tui.core.store.records import operations, records
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.actions.backing_up import backups, nothing_was_destroyed, planned, vzdumps
from tests.support.house import House
from tests.support.records.every_action import BACKUP, WITH_A_TASK, EveryAction, leave_task
from tests.support.records.permits import permit_to
from tests.support.timing.meddling import Killed, die_while_deleting, doomed
from tests.support.timing.waiting import until

NAMED = {one.name: one for one in WITH_A_TASK}


def kill(house: House, action: EveryAction, send: str, *, after: bool) -> int:
    """Have the process of an operation die right after its request, or right before it; return its VMID."""
    ready = action.prepare(house)
    house.simulator.journal.clear()
    with pytest.raises(Killed):
        ready.execute(doomed(house, send, after=after))
    return ready.at


def killed_after(house: House, action: EveryAction, send: str) -> tuple[Operation, int]:
    """An operation whose process died right after its request, which Proxmox carried out; and its VMID."""
    vmid = kill(house, action, send, after=True)
    until(lambda: not house.clients["lab"].find_tasks("pve1", source="active"))
    (left,) = house.engine.mark_interrupted()
    return left, vmid


def test_law_5_a_backup_that_is_listed_is_not_made_a_second_time(house: House, simulator: Simulator) -> None:
    left, vmid = killed_after(house, BACKUP, "back_up")
    (made,) = house.clients["lab"].backups("pve1", vmid, ("backups",))
    simulator.world.rotate_tasks()

    resumed = house.impatient(settle_timeout=1.0).resume(left.id)

    assert BACKUP.writes(house) == 1
    assert isinstance(resumed, Done), resumed
    ended = operations.get(left.id)
    assert ended.step(StepName.BACK_UP).outcome is StepOutcome.SKIPPED
    assert ended.step(StepName.PROVE_BACKUP).detail["volume"] == made.volid


def test_law_5_a_backup_that_is_not_listed_was_not_made_and_is_made_now(house: House, simulator: Simulator) -> None:
    kill(house, BACKUP, "back_up", after=False)
    (left,) = house.engine.mark_interrupted()
    simulator.world.rotate_tasks()

    assert house.impatient(settle_timeout=1.0).resume(left.id).success
    assert BACKUP.writes(house) == 1


@pytest.mark.parametrize("protected", [True, False])
def test_law_5_where_another_backup_is_new_too_nobody_knows_which_is_ours(
    house: House, simulator: Simulator, protected: bool
) -> None:
    left, vmid = killed_after(house, BACKUP, "back_up")
    other = simulator.world.add_backup(vmid, storage="backups", ago=-30.0, protected=protected, notes="nightly")
    simulator.world.rotate_tasks()

    resumed = house.impatient(settle_timeout=1.0).resume(left.id)

    assert BACKUP.writes(house) == 1
    assert isinstance(resumed, Resumable), resumed
    assert other in resumed.reason
    assert f"`proximity-tui operations abandon {left.id}`" in resumed.reason


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        ({"Datastore.Allocate", "VM.Backup"}, "backups on storage backups are not shown to our token"),
        ({one for one in PRIVILEGES if one.startswith("Datastore.")}, "the token lacks Datastore.Audit"),
    ],
    ids=["an empty list", "no list"],
)
def test_law_2_where_backups_may_not_be_seen_no_second_one_is_made(
    house: House, simulator: Simulator, lost: set[str], told: str
) -> None:
    left, _ = killed_after(house, BACKUP, "back_up")
    simulator.world.rotate_tasks()
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES - lost})

    resumed = house.impatient(settle_timeout=1.0).resume(left.id)

    assert BACKUP.writes(house) == 1
    assert isinstance(resumed, Resumable), resumed
    assert told in resumed.reason


@pytest.mark.parametrize(("name", "send"), [("roll-back", "roll_back"), ("reboot", "reboot")])
def test_law_5_what_leaves_no_trace_on_the_guest_is_not_sent_a_second_time(
    house: House, simulator: Simulator, name: str, send: str
) -> None:
    """A second roll back would lose what was written after the first."""
    action = NAMED[name]
    left, _ = killed_after(house, action, send)
    simulator.world.rotate_tasks()

    resumed = house.impatient(settle_timeout=1.0).resume(left.id)

    assert action.writes(house) == 1
    assert isinstance(resumed, Resumable), resumed
    assert "Proxmox lists no task of that time" in resumed.reason
    assert f"`proximity-tui operations abandon {left.id}`" in resumed.reason
    assert house.engine.abandon(left.id).success


@pytest.mark.parametrize(("name", "send"), [("roll-back", "roll_back"), ("reboot", "reboot")])
def test_law_5_what_a_database_that_took_over_does_not_know_of_is_not_sent_a_second_time(
    house: House, name: str, send: str
) -> None:
    """A standby may lack the last writes of its primary, the intent among them."""
    action = NAMED[name]
    kill(house, action, send, after=True)
    until(lambda: not house.clients["lab"].find_tasks("pve1", source="active"))
    (left,) = operations.open_operations("lab")
    operations.withdraw(left.id, replace(left.steps[0], outcome=StepOutcome.PENDING, intent_at=None, detail={}))
    house.engine.mark_interrupted()

    resumed = house.impatient(settle_timeout=1.0).resume(left.id)

    assert action.writes(house) == 1
    assert not resumed.success
    assert "(task UPID:" in str(resumed.error), resumed


@pytest.mark.parametrize(("name", "send"), [("roll-back", "roll_back"), ("reboot", "reboot")])
def test_law_5_what_was_certainly_not_sent_is_sent_by_a_resume(house: House, name: str, send: str) -> None:
    """The list still has what was there before, so it would have the task of the request, too."""
    action = NAMED[name]
    kill(house, action, send, after=False)
    (left,) = house.engine.mark_interrupted()

    assert house.impatient(settle_timeout=1.0).resume(left.id).success
    assert action.writes(house) == 1


@pytest.mark.parametrize(("name", "send"), [("start", "start"), ("stop", "stop"), ("migrate", "migrate")])
@pytest.mark.parametrize("goes_back", [True, False])
def test_law_5_of_a_guest_without_tasks_those_of_its_node_tell_how_far_the_list_goes_back(
    house: House, simulator: Simulator, name: str, send: str, goes_back: bool
) -> None:
    """Its own were rotated away before the request, or are on the node that it came from."""
    action = NAMED[name]
    ready = action.prepare(house)
    simulator.world.rotate_tasks()
    leave_task(house, house.native("other", start=False))
    with simulator.world.entered() as cluster:
        # One that runs is listed for longer than what ends before it.
        cluster.tasks._new("pve1", "vzdump", "", simulator.token_id)
    simulator.journal.clear()
    with pytest.raises(Killed):
        ready.execute(doomed(house, send, after=False))
    (left,) = house.engine.mark_interrupted()
    if not goes_back:
        simulator.world.rotate_tasks()

    resumed = house.impatient(settle_timeout=1.0).resume(left.id)

    assert resumed.success is goes_back, resumed
    assert action.writes(house) == int(goes_back)


UNDONE = [("start", "start", "stopped"), ("stop", "stop", "running"), ("shutdown", "shutdown", "running")]


@pytest.mark.parametrize(("name", "send", "undone"), UNDONE)
def test_law_5_what_somebody_took_back_since_is_not_done_a_second_time(
    house: House, simulator: Simulator, name: str, send: str, undone: str
) -> None:
    """A container that a person started again days later is not shut down by a resume."""
    action = NAMED[name]
    left, vmid = killed_after(house, action, send)
    simulator.world.set_status(vmid, undone)
    simulator.world.rotate_tasks()

    resumed = house.impatient(settle_timeout=1.0).resume(left.id)

    assert action.writes(house) == 1
    assert isinstance(resumed, Resumable), resumed
    assert f"CT {vmid} is {undone}, and whether it was" in resumed.reason
    assert f"`proximity-tui operations abandon {left.id}`" in resumed.reason
    assert house.engine.abandon(left.id).success
    assert house.again(records.get(left.container or 0)).state.value == undone


@pytest.mark.parametrize(("name", "send", "undone"), UNDONE)
def test_what_nobody_took_back_since_is_done(
    house: House, simulator: Simulator, name: str, send: str, undone: str
) -> None:
    action = NAMED[name]
    left, _ = killed_after(house, action, send)
    simulator.world.rotate_tasks()

    assert house.impatient(settle_timeout=1.0).resume(left.id).success
    assert action.writes(house) == 1


@pytest.mark.parametrize("back", [True, False])
def test_law_5_what_was_moved_and_moved_back_is_not_moved_a_second_time(
    house: House, simulator: Simulator, back: bool
) -> None:
    action = NAMED["migrate"]
    left, vmid = killed_after(house, action, "migrate")
    until(lambda: getattr(simulator.world.container(vmid), "node", None) == "pve2")
    if back:
        simulator.world.migrate(vmid, "pve1")
    simulator.world.rotate_tasks()

    resumed = house.impatient(settle_timeout=1.0).resume(left.id)

    assert action.writes(house) == 1
    if not back:
        assert resumed.success, resumed
        return
    assert isinstance(resumed, Resumable), resumed
    assert f"CT {vmid} is on pve1, and whether it was moved to pve2, and back since, is not known" in resumed.reason


@pytest.mark.parametrize(("name", "send", "status"), [("stop", "stop", "running"), ("migrate", "migrate", "stopped")])
def test_law_7_of_another_guest_at_the_vmid_nothing_is_told_as_of_ours(
    house: House, simulator: Simulator, name: str, send: str, status: str
) -> None:
    left, vmid = killed_after(house, NAMED[name], send)
    if name == "migrate":
        simulator.world.migrate(vmid, "pve1")
    simulator.world.recreate_outside(vmid, hostname="other")
    simulator.world.set_status(vmid, status)
    simulator.world.rotate_tasks()

    resumed = house.impatient(settle_timeout=1.0).resume(left.id)

    assert NAMED[name].writes(house) == 1
    assert isinstance(resumed, Failed), resumed
    assert f"the guest at CT {vmid} is not the one we recorded" in resumed.reason


def test_law_2_of_a_guest_whose_status_is_not_known_only_that_is_told(house: House, simulator: Simulator) -> None:
    left, vmid = killed_after(house, NAMED["stop"], "stop")
    simulator.faults.rewrite(lambda row: row | {"status": "unknown"}, "/status/current")
    simulator.world.rotate_tasks()

    resumed = house.impatient(settle_timeout=1.0).resume(left.id)

    assert isinstance(resumed, Resumable), resumed
    assert f"the status of CT {vmid} on pve1 is not known" in resumed.reason
    assert f"CT {vmid} is unknown" not in resumed.reason


def test_a_backup_whose_task_is_known_and_not_its_end_is_believed_by_the_list(
    house: House, simulator: Simulator
) -> None:
    ready = BACKUP.prepare(house)
    simulator.journal.clear()
    simulator.world.hang_next_task(BACKUP.task, ready.at)
    result = ready.execute(house.impatient(backup_timeout=0.1))
    assert isinstance(result, Resumable), result
    assert result.operation is not None
    simulator.world.let_hanging_task_go_on(BACKUP.task, ready.at)
    until(lambda: not house.clients["lab"].find_tasks("pve1", source="active"))
    simulator.world.rotate_tasks()

    resumed = house.impatient(settle_timeout=1.0).resume(result.operation.id)

    assert isinstance(resumed, Done), resumed
    assert BACKUP.writes(house) == 1


def test_law_7_of_a_disk_whose_task_is_not_listed_any_more_nobody_knows_its_file_system(
    house: House, simulator: Simulator
) -> None:
    grow = NAMED["grow"]
    ready = grow.prepare(house)
    simulator.world.hang_next_task(grow.task, ready.at)
    result = ready.execute(house.impatient(task_timeout=0.1))
    assert isinstance(result, Resumable), result
    assert result.operation is not None
    simulator.world.let_hanging_task_go_on(grow.task, ready.at)
    until(lambda: not house.clients["lab"].find_tasks("pve1", source="active"))
    simulator.world.rotate_tasks()

    resumed = house.impatient(settle_timeout=1.0).resume(result.operation.id)

    assert isinstance(resumed, Done), resumed
    assert resumed.operation is not None
    assert "whether the file system of rootfs grew, too, is not known" in " ".join(resumed.operation.warnings)


def test_law_5_a_start_that_is_not_listed_any_more_keeps_a_delete_from_destroying(
    house: House, simulator: Simulator
) -> None:
    """Its backup may lack what was written since."""
    native = house.native("web1", port=80)
    assert native.vmid is not None
    left = die_while_deleting(house, planned(house, native), native, "destroy", after=False)
    client = house.clients["lab"]
    for deed, ask in ((WriteAction.START, client.start), (WriteAction.STOP, client.stop)):
        assert client.wait_task(ask(permit_to(client, deed, native.vmid, "pve1")), 10).succeeded
    simulator.world.rotate_tasks()
    simulator.journal.clear()

    result = house.impatient(settle_timeout=1.0).resume(left)

    assert "whether somebody started it since its backup is not known" in str(result.error)
    nothing_was_destroyed(house, native)


def test_law_5_a_backup_first_without_a_task_is_not_repeated_and_not_destroyed_after(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1", port=80)
    left = die_while_deleting(house, planned(house, native), native, "back_up", after=True)
    until(lambda: not house.clients["lab"].find_tasks("pve1", source="active"))
    simulator.world.rotate_tasks()

    result = house.impatient(settle_timeout=1.0).resume(left)

    assert (vzdumps(house), len(backups(house, native))) == (1, 1)
    assert "whether somebody started it since its backup is not known" in str(result.error)
    nothing_was_destroyed(house, native)
