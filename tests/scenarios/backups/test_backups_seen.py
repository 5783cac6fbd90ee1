"""Backups that cannot be seen are not "none", and those of a former guest are not its."""

from __future__ import annotations

from proximity_tui.core.engine.operations.outcome import Failed
from proximity_tui.core.model import Container, GuestDetail, Plan, Refusal, State
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.simulator.gate import Entry
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.actions.backing_up import FIRST, VZDUMP, backups, planned
from tests.support.house import House
from tests.support.records.alerted import the_alert
from tests.support.timing.meddling import when

LOOKING = ["VM.Audit", "Datastore.Audit", "Sys.Audit"]


def test_the_alert_of_a_container_whose_backups_are_not_shown_says_so_with_the_right(house: House) -> None:
    """A right that came by a pool goes away with the container."""
    simulator = house.simulator
    acting = PRIVILEGES - {"Datastore.Allocate"}
    simulator.set_acl(simulator.token_id, {"/": LOOKING, "/pool/prod": acting, "/storage": ["Datastore.AllocateSpace"]})
    ours = house.adopted(101)
    seen = house.engine.inspect(ours, backups=True)
    assert isinstance(seen, GuestDetail)
    assert (len(seen.backups), seen.backups_unlisted) == (2, ())
    house.reconcile()
    simulator.world.destroy_outside(101)
    house.reconcile_twice()
    evidence = the_alert(AlertKind.ANOMALOUS_ORPHAN).evidence
    assert evidence["backups"] == []
    needed = "needs Datastore.Allocate on /storage/backups, or Datastore.AllocateSpace there and VM.Backup on /vms/101"
    assert any(needed in reason for reason in evidence["backups_unlisted"])
    assert any(needed in reason for reason in evidence["not_known"])


def test_the_plan_of_a_token_that_is_shown_no_backups_does_not_say_none(house: House) -> None:
    simulator = house.simulator
    ours = house.native()
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES - {"Datastore.Allocate", "VM.Backup"}})
    plan = house.plan_hard(ours)
    assert isinstance(plan, Plan)
    assert plan.warnings[0] == "it is not known whether there is a backup of it"
    assert any(f"VM.Backup on /vms/{ours.vmid}" in warning for warning in plan.warnings)


def test_backups_of_a_former_guest_are_named_as_its_and_not_counted(house: House) -> None:
    simulator = house.simulator
    ours = house.native(hostname="fresh")
    former = simulator.world.add_backup(ours.vmid or 0, storage="backups", ago=86_400.0, notes="fresh")
    plan = house.plan_hard(ours)
    assert isinstance(plan, Plan)
    assert plan.warnings == (
        "no backup of it was found",
        f"the backups of VMID {ours.vmid} are of a former CT {ours.vmid}: {former}",
    )


def full(house: House, ours: Container) -> None:
    """Five protected backups, and a token that may keep no more."""
    simulator = house.simulator
    for hours in range(5):
        simulator.world.add_backup(ours.vmid or 0, storage="backups", ago=3600.0 * (hours + 1), protected=True)
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES - {"Datastore.Allocate"}})
    simulator.journal.clear()


def test_one_protected_backup_too_many_is_refused_by_the_plan(house: House) -> None:
    ours = house.native()
    full(house, ours)
    refused = house.plan_hard(ours, **FIRST)
    assert isinstance(refused, Refusal)
    assert refused.code == "backup_limit"
    assert house.wire() == []


def test_one_that_became_too_many_after_the_plan_ends_it_before_anything_is_shut_down(house: House) -> None:
    ours = house.native()
    plan = planned(house, ours)
    full(house, ours)
    result = house.engine.delete(plan, house.again(ours))
    assert not result.success
    assert result.error is not None
    assert result.error.startswith("nothing was shut down: ")
    assert house.wire() == []
    assert house.again(ours).state is State.RUNNING


def test_one_that_became_too_many_while_it_shuts_down_is_not_told_as_if_nothing_was_sent(house: House) -> None:
    """The process that sent the shutdown is gone; who resumes follows its task before anything else."""
    ours, simulator = house.native(), house.simulator
    plan = planned(house, ours)
    simulator.world.hang_next_task("vzshutdown", ours.vmid)
    interrupted = house.impatient(task_timeout=0.2).delete(plan, house.again(ours))
    assert interrupted.operation is not None
    full(house, ours)

    def goes_on() -> None:
        simulator.world.let_hanging_task_go_on("vzshutdown", ours.vmid or 0)

    when(simulator, lambda entry: "/tasks/UPID" in entry.path, goes_on)

    result = house.engine.resume(interrupted.operation.id)

    assert isinstance(result, Failed), result
    assert "nothing was shut down" not in result.reason
    assert "sent to Proxmox: shut down (done) and back up (failed); nothing was destroyed" in result.reason
    assert f"CT {ours.vmid} ran before and is stopped on pve1 now" in result.reason
    assert house.wire() == [VZDUMP], "nothing is shut down twice"


def test_a_token_that_manages_the_storage_has_no_limit(house: House) -> None:
    ours = house.native()
    full(house, ours)
    house.simulator.set_acl(house.simulator.token_id, {"/": PRIVILEGES})
    assert house.hard_delete(ours, **FIRST).success
    assert VZDUMP in house.wire()


def test_a_backup_that_was_made_and_is_not_shown_any_more_is_told_with_the_right(house: House) -> None:
    simulator = house.simulator
    ours = house.native()
    plan = planned(house, ours)
    lost = {"/": PRIVILEGES - {"Datastore.Allocate", "VM.Backup"}}

    def is_made(entry: Entry) -> bool:
        return "vzdump" in entry.path and entry.path.endswith("/status") and len(backups(house, ours)) == 1

    when(simulator, is_made, lambda: simulator.set_acl(simulator.token_id, lost))
    house.engine = house.impatient(settle_timeout=0.2)
    result = house.engine.delete(plan, house.again(ours))
    error = str(result.error)
    assert "lists no new one (backups on storage backups are not shown to our token" in error
    assert f"VM.Backup on /vms/{ours.vmid}" in error
    assert house.destroys() == []

    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES})
    assert result.operation is not None
    assert house.engine.resume(result.operation.id).success
    assert (len(house.destroys()), house.wire().count(VZDUMP)) == (1, 1)
