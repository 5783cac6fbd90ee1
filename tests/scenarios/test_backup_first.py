"""Back up first: a hard delete that leaves a proved backup behind, or destroys nothing (law 5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from proximity_tui.core.model import Backup, Container, Kind, Operation, OperationStatus, Plan, State
from proximity_tui.core.store import events, operations, ports
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.journal import Entry
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.house import House, refusal_of
from tests.support.meddling import asked, die_while_deleting, when
from tests.support.waiting import until

VZDUMP = "POST /nodes/pve1/vzdump"
FIRST: dict[str, Any] = {"backup_first": True, "backup_storage": "backups"}


def planned(house: House, container: Container, **options: Any) -> Plan:
    """The plan with a backup; what is on the wire from now on, is of its being carried out."""
    plan = house.plan_hard(container, **{**FIRST, **options})
    assert isinstance(plan, Plan), plan
    house.simulator.journal.clear()
    return plan


def backups(house: House, container: Container, storage: str = "backups") -> list[Backup]:
    """What the storage has of that VMID, newest first, whether the container is there or not."""
    assert container.vmid is not None
    return list(house.gateways["lab"].backups("pve1", container.vmid, (storage,)))


def vzdumps(house: House) -> int:
    return house.wire().count(VZDUMP)


def remove_backups(simulator: Simulator) -> None:
    with simulator.world.entered() as cluster:
        cluster.storages["backups"].files_on("pve1").clear()


def nothing_was_destroyed(house: House, container: Container) -> None:
    """It is there, stopped and ours, and so are its ports; and its record says how the delete ended."""
    seen = house.simulator.world.container(container.vmid or 0)
    assert seen is not None
    record = house.again(container)
    assert (record.closed_at, record.operation, record.ports) == (None, None, container.ports)
    assert (record.state.value, record.status.value) == (seen.status, seen.status)
    assert house.destroys() == []


def evidence_of_the_end(container: Container) -> Any:
    newest, *_ = events.list_events(container=container.id)
    return newest.evidence


def test_it_is_stopped_backed_up_and_only_then_destroyed(house: House, simulator: Simulator) -> None:
    native = house.create("web1", port=80)
    assert native.vmid is not None
    older = simulator.world.add_backup(native.vmid, storage="backups", ago=86_400.0)
    seen_when_backed_up: list[str] = []

    def note() -> None:
        guest = simulator.world.container(native.vmid or 0)
        seen_when_backed_up.append(f"{guest.status} {guest.lock}" if guest else "gone")

    plan = planned(house, native)
    when(simulator, asked("POST", "/vzdump"), note)
    result = house.engine.delete(plan, native)

    assert result.success, result
    assert seen_when_backed_up == ["stopped backup"]
    path = f"/nodes/pve1/lxc/{native.vmid}"
    assert house.wire() == [f"POST {path}/status/shutdown", VZDUMP, f"DELETE {path}"]
    newest, kept = backups(house, native)
    assert kept.volid == older, "no older backup went for it"
    assert house.again(native).is_tombstone
    assert ports.used() == frozenset()
    assert evidence_of_the_end(native)["backup"] == newest.volid
    assert "vzdump" in evidence_of_the_end(native)["tasks"]["back_up"]


def test_a_full_storage_takes_it_without_giving_up_an_older_one(house: House, simulator: Simulator) -> None:
    """Retention of one: any other backup without pruning would be refused, and one with pruning would cost the old."""
    native = house.create("web1")
    assert native.vmid is not None
    simulator.world.add_storage("vault", "nfs", ("backup",), shared=True, path="/mnt/pve/vault", keep_last=1)
    older = simulator.world.add_backup(native.vmid, storage="vault", ago=86_400.0)
    assert house.hard_delete(native, backup_first=True).success
    newest, kept = backups(house, native, "vault")
    assert (kept.volid, newest.volid != older) == (older, True)


def test_where_to_is_asked_only_when_it_cannot_be_known(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    simulator.journal.clear()
    refused = refusal_of(house.hard_delete(native, backup_first=True))
    assert (refused.code, "one of backups, local" in refused.reason) == ("backup_storage", True)
    assert refusal_of(house.hard_delete(native, backup_first=True, backup_storage="local-lvm")).code == refused.code
    simulator.world.add_backup(native.vmid, storage="local", ago=60.0)
    assert planned(house, native, backup_storage=None).options["backup_storage"] == "local"
    assert house.wire() == []


@pytest.mark.parametrize(
    ("acl", "lacking"),
    [
        ({"/": PRIVILEGES - {"VM.Backup"}}, "VM.Backup on /vms/"),
        ({"/": PRIVILEGES, "/storage/backups": ["Datastore.Audit"]}, "Datastore.AllocateSpace on /storage/backups"),
    ],
)
def test_a_token_that_may_not_is_refused_before_anything_is_stopped(
    house: House, simulator: Simulator, acl: Any, lacking: str
) -> None:
    native = house.create("web1")
    simulator.set_acl(simulator.token_id, acl)
    simulator.journal.clear()
    refused = refusal_of(house.hard_delete(native, **FIRST))
    assert (refused.code, lacking in refused.reason) == ("denied", True)
    assert house.wire() == []
    assert isinstance(house.plan_hard(native), Plan), "without a backup nothing of it is needed"


def test_law_1_a_backup_first_makes_nothing_ours_to_destroy(house: House, simulator: Simulator) -> None:
    adopted = house.adopt(101)
    simulator.journal.clear()
    assert refusal_of(house.hard_delete(adopted, **FIRST)).code == "adopted"
    assert house.wire() == []
    assert house.again(adopted).kind is Kind.ADOPTED


def fails_in_its_task(simulator: Simulator, vmid: int) -> str:
    simulator.world.fail_next_task("vzdump", vmid, "no space left on device")
    return "no space left on device"


def is_locked_at_the_last_moment(simulator: Simulator, vmid: int) -> str:
    """Between our last look and vzdump's own: then `job errors` is all that the task says, and the log has the rest."""

    def looked(entry: Entry) -> bool:
        guest = simulator.world.container(vmid)
        return guest is not None and guest.status == "stopped" and entry.path.endswith("/cluster/replication")

    when(simulator, looked, lambda: simulator.world.set_lock(vmid, "snapshot"), nth=2)
    return f"Backup of VM {vmid} failed - CT is locked (snapshot) (job errors)"


def ends_nobody_knows_how(simulator: Simulator, vmid: int) -> str:
    simulator.world.fail_next_task("vzdump", vmid, "unexpected status")
    return "unexpected status"


def is_denied(simulator: Simulator, vmid: int) -> str:
    words = "Permission check failed (/storage/backups, Datastore.AllocateSpace)"
    simulator.faults.answer(403, words, "/vzdump", times=1)
    return "Datastore.AllocateSpace on /storage/backups"


def is_refused(simulator: Simulator, vmid: int) -> str:
    simulator.faults.answer(500, "the vzdump is out of order", "/vzdump", times=1)
    return "the vzdump is out of order"


@pytest.mark.parametrize(
    "happens",
    [fails_in_its_task, is_locked_at_the_last_moment, ends_nobody_knows_how, is_denied, is_refused],
)
def test_a_backup_that_fails_ends_it_with_nothing_destroyed(
    house: House, simulator: Simulator, happens: Callable[[Simulator, int], str]
) -> None:
    native = house.create("web1", port=80)
    assert native.vmid is not None
    plan = planned(house, native)
    words = happens(simulator, native.vmid)
    result = house.engine.delete(plan, native)

    assert (result.success, result.interrupted) == (False, False)
    nothing_was_destroyed(house, native)
    record = house.again(native)
    assert record.last_error == result.error
    told = str(result.error)
    assert words in told
    assert "nothing was destroyed; it was stopped for the backup and stays stopped" in told
    simulator.world.set_lock(native.vmid, None)
    assert house.hard_delete(record).success, "and without a backup it can still be destroyed"


def test_a_container_that_was_stopped_anyway_is_not_said_to_have_been_stopped_for_it(
    house: House, simulator: Simulator
) -> None:
    native = house.create("web1", start=False)
    simulator.world.fail_next_task("vzdump", native.vmid, "no space left on device")
    told = str(house.hard_delete(native, **FIRST).error)
    assert told.endswith("no space left on device (no space left on device); nothing was destroyed")


def test_a_task_that_ended_well_is_not_believed_without_the_backup(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    simulator.world.add_backup(native.vmid, storage="backups", ago=86_400.0)
    plan = planned(house, native)

    def it_is_done(entry: Entry) -> bool:
        return "vzdump" in entry.path and entry.path.endswith("/status") and len(backups(house, native)) == 2

    def lose_the_new_one() -> None:
        with simulator.world.entered() as cluster:
            files = cluster.storages["backups"].files_on("pve1")
            files.remove(max(files, key=lambda file: file.ctime))

    when(simulator, it_is_done, lose_the_new_one)
    house.engine = house.hands(settle_timeout=0.2)
    result = house.engine.delete(plan, native)
    assert "its task ended well, but backups lists no new one" in str(result.error)
    nothing_was_destroyed(house, native)


def test_what_somebody_starts_before_the_backup_is_left_running(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    plan = planned(house, native)
    when(simulator, asked("GET", "/content"), lambda: simulator.world.set_status(native.vmid or 0, "running"))
    result = house.engine.delete(plan, native)
    assert "is running, not stopped" in str(result.error)
    assert vzdumps(house) == 0, "in mode stop it would have been stopped for it"
    nothing_was_destroyed(house, native)
    assert house.again(native).state is State.RUNNING


def test_one_that_takes_too_long_is_left_alone_and_waited_for_by_whoever_resumes(
    house: House, simulator: Simulator
) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    plan = planned(house, native)

    def take_your_time() -> None:
        with simulator.world.entered() as cluster:
            cluster.task_seconds = 2.0

    when(simulator, asked("POST", "/shutdown"), take_your_time)
    house.engine = house.hands(backup_timeout=0.1)
    result = house.engine.delete(plan, native)
    assert result.interrupted, result
    assert "still runs" in str(result.error)
    assert house.again(native).state is State.REMOVING
    assert result.operation is not None

    house.engine = house.hands()
    assert house.engine.resume(result.operation.id).success
    assert (vzdumps(house), len(house.destroys()), len(backups(house, native))) == (1, 1, 1)


def test_one_that_hangs_can_be_abandoned_and_its_container_is_kept(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    plan = planned(house, native)
    simulator.world.hang_next_task("vzdump", native.vmid)
    house.engine = house.hands(backup_timeout=0.1, settle_timeout=0.1)
    result = house.engine.delete(plan, native)
    assert result.interrupted, result
    assert result.operation is not None
    assert house.engine.abandon(result.operation.id).success
    nothing_was_destroyed(house, native)
    assert house.again(native).state is State.STOPPED
    assert refusal_of(house.hard_delete(native)).code == "locked", "Proxmox is still at it"


@pytest.mark.parametrize("after", [False, True])
def test_law_5_a_crash_around_the_backup_is_resumed_to_exactly_one(house: House, after: bool) -> None:
    native = house.create("web1")
    left = die_while_deleting(house, planned(house, native), native, "back_up", after=after)
    assert vzdumps(house) == int(after), "nothing is sent by itself"
    assert house.destroys() == []
    assert house.engine.resume(left).success
    assert (vzdumps(house), len(house.destroys()), len(backups(house, native))) == (1, 1, 1)
    assert house.again(native).is_tombstone


@pytest.mark.parametrize("after", [False, True])
def test_law_5_a_crash_around_the_backup_can_be_abandoned(house: House, after: bool) -> None:
    native = house.create("web1", port=80)
    left = die_while_deleting(house, planned(house, native), native, "back_up", after=after)
    assert house.engine.abandon(left).success
    assert vzdumps(house) == int(after)
    nothing_was_destroyed(house, native)
    assert operations.get(left).status is OperationStatus.ABANDONED


def test_law_5_a_backup_whose_answer_was_lost_is_found_and_not_repeated(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    plan = planned(house, native)
    simulator.faults.lose_answer("/vzdump", method="POST")
    assert house.engine.delete(plan, native).success
    assert (vzdumps(house), len(backups(house, native))) == (1, 1)


def test_an_abandoned_destroy_names_the_backup_that_it_left(house: House) -> None:
    native = house.create("web1")
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
    native = house.create("web1", port=80)
    left = waiting_for_its_destroy(house, native)
    remove_backups(simulator)
    result = house.engine.resume(left.id)
    assert "is not listed any more" in str(result.error)
    nothing_was_destroyed(house, native)


def test_a_container_that_ran_after_its_backup_is_not_destroyed_by_a_resume(house: House, simulator: Simulator) -> None:
    native = house.create("web1", port=80)
    assert native.vmid is not None
    left = waiting_for_its_destroy(house, native)
    gateway = house.gateways["lab"]
    (upid,) = (str(step.task) for step in left.steps if step.name == "back_up")
    began = gateway.task(upid).started_at.timestamp()
    until(lambda: simulator.world.clock.now() >= began + 1)
    for ask in (gateway.start, gateway.stop):
        assert gateway.wait_task(ask("pve1", native.vmid), 10).succeeded
    house.simulator.journal.clear()
    result = house.engine.resume(left.id)
    assert "started it after it was backed up" in str(result.error)
    nothing_was_destroyed(house, native)


def test_law_2_storage_that_cannot_be_read_parks_it_before_the_destroy(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    left = waiting_for_its_destroy(house, native)
    simulator.faults.answer(500, "got timeout", "/content", times=1)
    result = house.engine.resume(left.id)
    assert result.interrupted, result
    assert house.destroys() == []
    assert house.engine.resume(left.id).success
    assert len(house.destroys()) == 1


def test_one_that_is_gone_already_needs_no_backup(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    simulator.world.destroy_outside(native.vmid)
    simulator.journal.clear()
    result = house.hard_delete(native, **FIRST)
    assert result.success, result
    assert house.wire() == []
    assert house.again(native).is_tombstone
