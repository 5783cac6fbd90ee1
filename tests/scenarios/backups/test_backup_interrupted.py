"""Back up first, when it takes too long, crashes or is resumed: one backup, and no destroy without it (law 5)."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.guards.write_permit import WriteAction
from proximity_tui.core.engine.operations.outcome import Resumable
from proximity_tui.core.model import Container, Operation, OperationStatus, State
from proximity_tui.core.store.records import operations
from proximity_tui.simulator import Simulator
from tests.support.actions.backing_up import (
    FIRST,
    backups,
    evidence_of_the_end,
    nothing_was_destroyed,
    planned,
    remove_backups,
    vzdumps,
)
from tests.support.house import House, refusal_of
from tests.support.records.permits import permit_to
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import die_while_deleting
from tests.support.timing.waiting import until


def test_one_that_takes_too_long_is_left_alone_and_waited_for_by_whoever_resumes(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    plan = planned(house, native)
    simulator.world.hang_next_task("vzdump", native.vmid)
    house.engine = house.impatient(backup_timeout=0.1)
    result = house.engine.delete(plan, native)
    assert isinstance(result, Resumable), result
    assert "still runs" in str(result.error)
    assert house.again(native).state is State.REMOVING
    assert result.operation is not None

    simulator.world.let_hanging_task_go_on("vzdump", native.vmid)
    house.engine = house.hands()
    assert house.engine.resume(result.operation.id).success
    assert (vzdumps(house), len(house.destroys()), len(backups(house, native))) == (1, 1, 1)


def test_one_that_hangs_can_be_abandoned_and_its_container_is_kept(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    plan = planned(house, native)
    simulator.world.hang_next_task("vzdump", native.vmid)
    house.engine = house.impatient(backup_timeout=0.1, settle_timeout=0.1)
    result = house.engine.delete(plan, native)
    assert isinstance(result, Resumable), result
    assert result.operation is not None
    assert house.engine.abandon(result.operation.id).success
    nothing_was_destroyed(house, native)
    assert house.again(native).state is State.STOPPED
    assert refusal_of(house.hard_delete(native)).code == "locked", "Proxmox is still at it"


@pytest.mark.parametrize("after", [False, True])
@both_databases
def test_law_5_a_crash_around_the_backup_is_resumed_to_exactly_one(house: House, after: bool) -> None:
    native = house.native("web1")
    left = die_while_deleting(house, planned(house, native), native, "back_up", after=after)
    assert vzdumps(house) == int(after), "nothing is sent by itself"
    assert house.destroys() == []
    assert house.engine.resume(left).success
    assert (vzdumps(house), len(house.destroys()), len(backups(house, native))) == (1, 1, 1)
    assert house.again(native).is_tombstone


@pytest.mark.parametrize("after", [False, True])
def test_law_5_a_crash_around_the_backup_can_be_abandoned(house: House, after: bool) -> None:
    native = house.native("web1", port=80)
    left = die_while_deleting(house, planned(house, native), native, "back_up", after=after)
    assert house.engine.abandon(left).success
    assert vzdumps(house) == int(after)
    nothing_was_destroyed(house, native)
    assert operations.get(left).status is OperationStatus.ABANDONED


def test_law_5_a_backup_whose_answer_was_lost_is_found_and_not_repeated(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = planned(house, native)
    simulator.faults.lose_answer("/vzdump", method="POST")
    assert house.engine.delete(plan, native).success
    assert (vzdumps(house), len(backups(house, native))) == (1, 1)


def test_an_abandoned_destroy_names_the_backup_that_it_left(house: House) -> None:
    native = house.native("web1")
    left = die_while_deleting(house, planned(house, native), native, "destroy", after=True)
    assert house.engine.abandon(left).success
    assert house.again(native).is_tombstone
    assert evidence_of_the_end(native)["backup"] == backups(house, native)[0].volid


def waiting_for_its_destroy(house: House, container: Container) -> Operation:
    """A delete that died with the backup proved and the destroy not sent."""
    return operations.get(die_while_deleting(house, planned(house, container), container, "destroy", after=False))


def test_a_backup_that_was_removed_meanwhile_keeps_a_resumed_delete_from_destroying(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1", port=80)
    left = waiting_for_its_destroy(house, native)
    remove_backups(simulator)
    result = house.engine.resume(left.id)
    assert "is not listed any more" in str(result.error)
    nothing_was_destroyed(house, native)


def test_a_container_that_ran_after_its_backup_is_not_destroyed_by_a_resume(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    assert native.vmid is not None
    left = waiting_for_its_destroy(house, native)
    client = house.clients["lab"]
    (upid,) = (str(step.task) for step in left.steps if step.name == "back_up")
    began = client.task(upid).started_at.timestamp()
    until(lambda: simulator.world.clock.now() >= began + 1)
    for deed, ask in ((WriteAction.START, client.start), (WriteAction.STOP, client.stop)):
        assert client.wait_task(ask(permit_to(client, deed, native.vmid, "pve1")), 10).succeeded
    house.simulator.journal.clear()
    result = house.engine.resume(left.id)
    assert "started it after the backup" in str(result.error)
    nothing_was_destroyed(house, native)


def test_law_2_storage_that_cannot_be_read_parks_it_before_the_destroy(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    left = waiting_for_its_destroy(house, native)
    simulator.faults.answer(500, "got timeout", "/content", times=1)
    result = house.engine.resume(left.id)
    assert isinstance(result, Resumable), result
    assert house.destroys() == []
    assert house.engine.resume(left.id, destroy_again=True).success
    assert len(house.destroys()) == 1


def test_one_that_is_gone_already_needs_no_backup(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    simulator.world.destroy_outside(native.vmid)
    simulator.journal.clear()
    result = house.hard_delete(native, **FIRST)
    assert result.success, result
    assert house.wire() == []
    assert house.again(native).is_tombstone
