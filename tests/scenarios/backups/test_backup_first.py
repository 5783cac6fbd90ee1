"""Back up first: a hard delete that leaves a proved backup behind, or destroys nothing (law 5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from proximity_tui.core.engine.operations.outcome import Failed
from proximity_tui.core.model import Kind, Plan, State
from proximity_tui.core.model.actions.plan_options import DestroyOptions
from proximity_tui.core.store.records import public_ports
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.gate import Entry
from proximity_tui.simulator.vocabulary import PRIVILEGES
from proximity_tui.simulator.world.worker_tasks import Plot
from tests.support.actions.backing_up import (
    FIRST,
    VZDUMP,
    backups,
    evidence_of_the_end,
    nothing_was_destroyed,
    planned,
    vzdumps,
)
from tests.support.house import House, refusal_of
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import asked, when


@both_databases
def test_it_is_stopped_backed_up_and_only_then_destroyed(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    assert native.vmid is not None
    older = simulator.world.add_backup(native.vmid, storage="backups", ago=86_400.0)
    seen_when_backed_up: list[str] = []

    def note() -> None:
        guest = simulator.world.container(native.vmid or 0)
        # Not its lock: the task of a backup may be over before a busy machine looks.
        seen_when_backed_up.append(guest.status if guest else "gone")

    plan = planned(house, native)
    when(simulator, asked("POST", "/vzdump"), note)
    result = house.engine.delete(plan, native)

    assert result.success, result
    assert seen_when_backed_up == ["stopped"]
    path = f"/nodes/pve1/lxc/{native.vmid}"
    assert house.wire() == [f"POST {path}/status/shutdown", VZDUMP, f"DELETE {path}"]
    newest, kept = backups(house, native)
    assert kept.volid == older, "no older backup went for it"
    assert house.again(native).is_tombstone
    assert public_ports.used() == frozenset()
    assert evidence_of_the_end(native)["backup"] == newest.volid
    assert "vzdump" in evidence_of_the_end(native)["tasks"]["back_up"]


def test_a_full_storage_takes_it_without_giving_up_an_older_one(house: House, simulator: Simulator) -> None:
    """Retention of one: any other backup without pruning would be refused, and one with pruning would cost the old."""
    native = house.native("web1")
    assert native.vmid is not None
    simulator.world.add_storage("vault", "nfs", ("backup",), shared=True, path="/mnt/pve/vault", keep_last=1)
    older = simulator.world.add_backup(native.vmid, storage="vault", ago=86_400.0)
    assert house.hard_delete(native, backup_first=True).success
    newest, kept = backups(house, native, "vault")
    assert (kept.volid, newest.volid != older) == (older, True)


def test_where_to_is_asked_only_when_it_cannot_be_known(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    simulator.journal.clear()
    refused = refusal_of(house.hard_delete(native, backup_first=True))
    assert (refused.code, "one of backups, local" in refused.reason) == ("backup_storage", True)
    assert refusal_of(house.hard_delete(native, backup_first=True, backup_storage="local-lvm")).code == refused.code
    simulator.world.add_backup(native.vmid, storage="local", ago=60.0)
    assert planned(house, native, backup_storage=None).carries(DestroyOptions).backup_storage == "local"
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
    native = house.native("web1")
    simulator.set_acl(simulator.token_id, acl)
    simulator.journal.clear()
    refused = refusal_of(house.hard_delete(native, **FIRST))
    assert (refused.code, lacking in refused.reason) == ("denied", True)
    assert house.wire() == []
    assert isinstance(house.plan_hard(native), Plan), "without a backup nothing of it is needed"


def test_law_1_a_backup_first_makes_nothing_ours_to_destroy(house: House, simulator: Simulator) -> None:
    adopted = house.adopted(101)
    simulator.journal.clear()
    assert refusal_of(house.hard_delete(adopted, **FIRST)).code == "adopted"
    assert house.wire() == []
    assert house.again(adopted).kind is Kind.ADOPTED


def fails_in_its_task(simulator: Simulator, vmid: int) -> str:
    simulator.world.fail_next_task("vzdump", vmid, "no space left on device")
    return "no space left on device"


def fails_at_the_end_of_a_long_log(simulator: Simulator, vmid: int) -> str:
    """Proxmox answers with a page of a log; the reason is on the last one."""
    copied = tuple(f"INFO: copied {number} files" for number in range(700))
    with simulator.world.entered() as cluster:
        cluster.tasks.plot(Plot("vzdump", vmid, "job errors", copied))
    return f"Backup of VM {vmid} failed - job errors"


def is_locked_at_the_last_moment(simulator: Simulator, vmid: int) -> str:
    """Between our last look and vzdump's own: then `job errors` is all that the task says, and the log has the rest."""

    def looked(entry: Entry) -> bool:
        guest = simulator.world.container(vmid)
        return guest is not None and guest.status == "stopped" and entry.path.endswith(f"/lxc/{vmid}/config")

    when(simulator, looked, lambda: simulator.world.set_lock(vmid, "snapshot"))
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
    [
        fails_in_its_task,
        fails_at_the_end_of_a_long_log,
        is_locked_at_the_last_moment,
        ends_nobody_knows_how,
        is_denied,
        is_refused,
    ],
)
def test_a_backup_that_fails_ends_it_with_nothing_destroyed(
    house: House, simulator: Simulator, happens: Callable[[Simulator, int], str]
) -> None:
    native = house.native("web1", port=80)
    assert native.vmid is not None
    plan = planned(house, native)
    words = happens(simulator, native.vmid)
    result = house.engine.delete(plan, native)

    assert isinstance(result, Failed)
    nothing_was_destroyed(house, native)
    record = house.again(native)
    assert record.last_error == result.error
    told = str(result.error)
    assert words in told
    assert "; sent to Proxmox: shut down (done) and back up (failed); nothing was destroyed" in told
    assert "; CT 100 ran before and is stopped on pve1" in told, "whoever reads of it learns that it is down"
    simulator.world.set_lock(native.vmid, None)
    assert house.hard_delete(record).success, "and without a backup it can still be destroyed"


def test_a_container_that_was_stopped_anyway_is_not_said_to_have_been_stopped_for_it(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1", start=False)
    simulator.world.fail_next_task("vzdump", native.vmid, "no space left on device")
    told = str(house.hard_delete(native, **FIRST).error)
    assert "choose another storage; sent to Proxmox: back up (failed); nothing was destroyed" in told
    assert told.endswith("; CT 100 is as it was, stopped on pve1: remove the cause, then try again")


def test_a_task_that_ended_well_is_not_believed_without_the_backup(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
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
    house.engine = house.impatient(settle_timeout=0.2)
    result = house.engine.delete(plan, native)
    assert "its task ended well, but backups lists no new one" in str(result.error)
    nothing_was_destroyed(house, native)


def test_what_somebody_starts_before_the_backup_is_left_running(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    plan = planned(house, native)
    # The first list is read before the shutdown, for the limit of protected backups.
    when(simulator, asked("GET", "/content"), lambda: simulator.world.set_status(native.vmid or 0, "running"), nth=2)
    result = house.engine.delete(plan, native)
    assert "is running, not stopped" in str(result.error)
    assert vzdumps(house) == 0, "in mode stop it would have been stopped for it"
    nothing_was_destroyed(house, native)
    assert house.again(native).state is State.RUNNING
