"""A container that is lost comes back from a backup: to its VMID or another one, never over a guest."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.actions.restore.restoring import RestoreRequest
from proximity_tui.core.engine.operations.actions import restore_steps
from proximity_tui.core.engine.operations.outcome import Failed, Resumable
from proximity_tui.core.model import Action, Actor, Kind, Plan, PortMapping, RefusalCode, State
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.model.port_registry import PortHolding
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.store_errors import LostRace
from proximity_tui.core.store.records import clinical_records, operations, public_ports, records
from tests.support.actions.restoring import lose, plan_for, refused_for
from tests.support.house import House, refusal_of
from tests.support.records.alerted import the_alert
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import Killed, doomed, when
from tests.support.timing.waiting import until


@both_databases
def test_from_a_red_alert_to_the_container_with_its_history_and_its_port(house: House) -> None:
    web = house.adopted(101, port=80)
    house.reconcile()
    lost = lose(house, web)
    alert = the_alert(AlertKind.ANOMALOUS_ORPHAN)
    house.simulator.journal.clear()

    plan = plan_for(house, lost)
    assert (plan.vmid, plan.node, plan.name) == (101, "pve1", "web-1")
    assert [step.name for step in plan.steps] == ["restore", "verify", "start", "settle"]
    assert any("everything since the backup is lost" in warning for warning in plan.warnings)
    result = house.engine.restore(plan)
    assert result.success, result
    back = result.container
    assert back is not None
    assert (back.kind, back.predecessor, back.state) == (Kind.ADOPTED, web.id, State.RUNNING)
    assert back.ports == web.ports == (PortMapping(8100, 80),)
    assert web.fingerprint is not None
    assert back.fingerprint == web.fingerprint
    revision = clinical_records.latest(back.id)
    assert revision is not None
    assert revision.reason == "restored"
    assert alerts.get(alert.id).resolution == f"restored as {back.label}"
    sent = house.simulator.journal.writes()
    assert [entry.path for entry in sent] == ["/nodes/pve1/lxc", "/nodes/pve1/lxc/101/status/start"]
    assert "force" not in dict(sent[0].params)
    assert house.reconcile().anomalous_orphans == 0


def test_an_open_record_is_closed_and_followed_in_the_same_breath(house: House) -> None:
    native = house.native("web9", start=False, port=80)
    house.simulator.world.add_backup(int(native.vmid or 0), storage="backups", ago=0)
    house.simulator.world.destroy_outside(int(native.vmid or 0))
    result = house.engine.restore(plan_for(house, native))
    assert result.success, result
    assert result.container is not None
    assert (records.get(native.id).closed_reason, result.container.predecessor) == ("vanished", native.id)
    assert (result.container.kind, result.container.state) == (Kind.NATIVE, State.STOPPED)
    assert house.hard_delete(result.container).success, "it is ours as it was before"


def test_it_comes_back_into_a_pool_and_a_bridge_that_is_gone_is_said(house: House) -> None:
    lost = lose(house, house.adopted(101))
    with house.simulator.world.entered() as cluster:
        cluster.bridges.remove("vmbr0")
    plan = plan_for(house, lost, pool="tools", start=False)
    assert any("there is no bridge vmbr0 on pve1" in one and "would not start" in one for one in plan.warnings)
    assert house.engine.restore(plan).success
    seen = house.simulator.world.container(101)
    assert seen is not None
    assert seen.pool == "tools"


def test_without_an_address_a_guest_that_somebody_put_there_is_not_taken_for_the_restored_one(house: House) -> None:
    with house.simulator.world.entered() as cluster:
        cluster.guests[102].conf.pop("net0")
    web = house.adopted(102)
    house.simulator.world.add_backup(102, storage="backups", ago=0)
    lost = lose(house, web)
    plan = plan_for(house, lost)
    with pytest.raises(Killed):
        doomed(house, "restore", after=False).restore(plan)
    house.simulator.world.add_container(102, node="pve2", hostname="web-2")
    house.simulator.world.broadcast()
    (left,) = house.engine.mark_interrupted()
    result = house.engine.resume(left.id)
    assert isinstance(result, Failed), result
    assert "nothing shows that we restored it" in result.reason


def test_a_record_that_changes_in_the_last_moment_is_not_closed(house: House) -> None:
    native = house.native("web9", start=False)
    house.simulator.world.add_backup(int(native.vmid or 0), storage="backups", ago=0)
    house.simulator.world.destroy_outside(int(native.vmid or 0))
    plan = plan_for(house, native)
    taken = PortHolding(0, 8150, 80, None, container=native.id)
    when(
        house.simulator,
        lambda entry: entry.path == "/cluster/nextid",
        lambda: public_ports.replace(None, taken, "anna"),
    )
    assert refusal_of(house.engine.restore(plan)).code is RefusalCode.BUSY
    assert not house.again(native).is_tombstone
    assert house.wire() == []


def test_a_restore_that_fails_half_way_leaves_the_reason_and_can_be_tried_again(house: House) -> None:
    web = house.adopted(101, port=80)
    house.reconcile()
    lost = lose(house, web)
    house.simulator.world.fail_next_task("vzrestore", 101, "unable to restore CT 101 - exit code 2")
    result = house.engine.restore(plan_for(house, lost))
    assert isinstance(result, Failed), result
    assert result.reason == (
        "Proxmox could not restore CT 101: unable to restore CT 101 - exit code 2; nothing of it is left, and VMID 101"
        " is free"
    )
    failed = result.container
    assert failed is not None
    assert (failed.closed_reason, failed.predecessor) == ("never created", web.id)
    assert any("was not restored: Proxmox could not" in one for one in house.said(failed))
    assert house.simulator.world.container(101) is None
    assert the_alert(AlertKind.ANOMALOUS_ORPHAN).resolved_at is None, "it is still lost"
    again = house.engine.lost_record(failed.id)
    assert again.id == web.id
    assert house.engine.restore(plan_for(house, again)).success
    assert {8100} == public_ports.used()


def test_what_a_dead_worker_leaves_is_an_error_and_is_not_called_gone(house: House) -> None:
    web = house.adopted(101)
    house.reconcile()
    lost = lose(house, web)
    house.simulator.world.hang_next_task("vzrestore", 101)
    impatient = house.impatient(backup_timeout=1.0, settle_timeout=1.0)
    planned = impatient.plan_restore(lost, RestoreRequest())
    assert isinstance(planned, Plan)
    result = impatient.restore(planned)
    assert isinstance(result, Resumable), result
    assert result.operation is not None
    abandoned = impatient.abandon(result.operation.id)
    assert abandoned.container is not None
    assert (abandoned.container.state, abandoned.container.is_tombstone) == (State.ERROR, False)


def test_a_lost_answer_is_found_as_its_task_and_never_sent_again(house: House) -> None:
    web = house.adopted(101)
    house.reconcile()
    lost = lose(house, web)
    house.simulator.journal.clear()
    house.simulator.faults.lose_answer("/nodes/pve1/lxc$", method="POST")
    result = house.engine.restore(plan_for(house, lost))
    assert result.success, result
    assert house.wire().count("POST /nodes/pve1/lxc") == 1


def test_what_turns_out_to_be_another_guest_gets_no_record_of_the_lost_one(house: House) -> None:
    house.simulator.world.recreate_outside(101, hostname="newer")
    house.simulator.world.broadcast()
    lost = lose(house, house.adopted(101))
    house.simulator.faults.answer(500, "no key for that", "/vzdump/extractconfig")
    assert refused_for(house, lost).code is RefusalCode.IDENTITY_UNSURE
    result = house.engine.restore(plan_for(house, lost, other_guest=True))
    assert isinstance(result, Failed), result
    assert "is not as expected after the restore: hostname: newer expected, web-1 now" in result.reason
    assert records.find_active("lab", 101) is None
    seen = house.simulator.world.container(101)
    assert seen is not None
    assert seen.status == "stopped", "and nothing was started"


def test_what_was_adopted_once_never_comes_back_native(house: House) -> None:
    native = house.native("web9", start=False)
    vmid = int(native.vmid or 0)
    assert house.soft_delete(native).success
    assert house.soft_delete(house.adopted(vmid)).success
    assert refusal_of(house.engine.reattach(native.id)).code is RefusalCode.ADOPTED

    house.simulator.world.add_backup(vmid, storage="backups", ago=0)
    house.simulator.world.destroy_outside(vmid)
    house.simulator.world.broadcast()
    result = house.engine.restore(plan_for(house, records.get(native.id), other_guest=True))
    assert result.success, result
    assert result.container is not None
    assert result.container.kind is Kind.ADOPTED
    assert refusal_of(house.hard_delete(result.container)).code is RefusalCode.ADOPTED


@pytest.mark.parametrize("vanished", [True, False])
def test_law_3_what_was_abandoned_before_it_was_verified_is_told_from_a_stranger_by_its_backup(
    house: House, vanished: bool
) -> None:
    """It was adopted, so it has no marker of ours, and no fingerprint of it was ever recorded."""
    web = house.adopted(101)
    house.reconcile()
    plan = plan_for(house, lose(house, web))
    with pytest.raises(Killed):
        doomed(house, "restore", after=True).restore(plan)
    until(lambda: not house.clients["lab"].find_tasks("pve1", source="active"))
    (left,) = house.engine.mark_interrupted()
    house.simulator.faults.answer(595, "no route to host")
    assert house.engine.abandon(left.id).success
    house.simulator.faults.clear()
    ours = records.get(left.container or 0)
    assert (ours.fingerprint, ours.marker, ours.kind) == (None, None, Kind.ADOPTED)
    if vanished:
        house.simulator.world.recreate_outside(101)
    house.simulator.journal.clear()

    result = house.power(ours, Action.START)

    if vanished:
        assert refusal_of(result).code is RefusalCode.REPLACED
        assert house.wire() == []
    else:
        assert result.success, result


def test_of_two_restores_of_the_same_container_to_two_vmids_one_begins(house: House) -> None:
    """Both were checked, and found it gone, before either began."""
    lost = lose(house, house.adopted(101))
    mine, theirs = (plan_for(house, lost, vmid=vmid, start=False) for vmid in (301, 302))
    first = restore_steps.begin(mine, Actor("anna", "jump1"), "jump1:1:a")
    with pytest.raises(LostRace, match=f"{lost.name} came back since the plan"):
        restore_steps.begin(theirs, Actor("bob", "jump2"), "jump2:1:b")
    assert [one.id for one in operations.open_operations("lab")] == [first.id]
    assert records.find_active("lab", 302) is None
