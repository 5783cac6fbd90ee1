"""The plan of a restore: of what is lost alone, to a place that is free, from a backup that is of this container."""

from __future__ import annotations

from proximity_tui.core.doctrine.actions.restore.recreating import RecreateRequest
from proximity_tui.core.engine.operations.outcome import Refused
from proximity_tui.core.model import BackupList, Kind, Refusal, RefusalCode
from proximity_tui.core.model.actions.plan_options import RestoreOptions
from proximity_tui.core.store.records import records
from tests.support.actions.restoring import lose, plan_for, refused_for
from tests.support.house import House


def test_another_guest_at_its_vmid_is_left_alone_and_so_is_its_port(house: House) -> None:
    web = house.adopted(101, port=80)
    house.reconcile()
    lost = lose(house, web)
    house.simulator.world.recreate_outside(101, hostname="stranger")
    house.simulator.world.broadcast()
    other = house.adopted(102, port=8080)
    assert other.ports[0].public == 8100
    plan = plan_for(house, lost)
    assert plan.vmid != 101
    assert any(f"VMID 101 is taken by CT 101 stranger: it becomes CT {plan.vmid}" in one for one in plan.warnings)
    assert any("public port 8100 is not free any more" in one for one in plan.warnings)
    assert refused_for(house, lost, vmid=101).code is RefusalCode.VMID_TAKEN
    result = house.engine.restore(plan)
    assert result.success, result
    assert result.container is not None
    assert result.container.ports == ()
    assert result.container.last_error == "restored without public port 8100: it is taken"
    stranger = house.simulator.world.container(101)
    assert stranger is not None
    assert stranger.hostname == "stranger"


def test_a_container_that_is_there_is_not_restored(house: House) -> None:
    web = house.adopted(101)
    assert refused_for(house, web).code is RefusalCode.VMID_TAKEN
    assert house.soft_delete(web).success
    refused = refused_for(house, records.get(web.id))
    assert refused.reason.startswith("web-1 is there, at CT 101 (running): it is not lost")


def test_a_container_that_is_there_is_not_advised_to_be_made_empty(house: House) -> None:
    web = house.adopted(102)
    assert house.soft_delete(web).success
    refused = refused_for(house, records.get(web.id))
    assert refused.reason.startswith("web-2 is there, at CT 102 (running): it is not lost")


def test_an_empty_one_is_not_made_beside_a_container_that_is_there(house: House) -> None:
    """It would have the same name and the same fixed address."""
    web = house.adopted(101)
    assert house.soft_delete(web).success
    refused = house.engine.plan_recreate(records.get(web.id), RecreateRequest())
    assert isinstance(refused, Refusal), refused
    assert refused.code is RefusalCode.VMID_TAKEN
    assert refused.reason.startswith("web-1 is there, at CT 101 (running): it is not lost")


def test_what_our_records_refuse_is_refused_with_a_silent_cluster_too(house: House) -> None:
    web = house.adopted(101)
    house.simulator.faults.drop()
    refused = house.engine.plan_recreate(web, RecreateRequest())
    assert isinstance(refused, Refusal), refused
    assert refused.reason.startswith("the record of web-1 is still open")


def test_a_backup_of_another_guest_needs_its_own_consent_and_continues_no_history(house: House) -> None:
    house.simulator.world.recreate_outside(101, hostname="newer")
    house.simulator.world.broadcast()
    newer = house.adopted(101, port=80)
    house.reconcile()
    lost = lose(house, newer)
    refused = refused_for(house, lost)
    assert refused.code is RefusalCode.IDENTITY_UNSURE
    assert "is of ANOTHER GUEST than newer" in refused.reason
    plan = plan_for(house, lost, other_guest=True)
    assert plan.name == "web-1"
    result = house.engine.restore(plan)
    assert result.success, result
    assert result.container is not None
    assert (result.container.kind, result.container.predecessor) == (Kind.ADOPTED, None)
    assert result.container.ports == ()


def test_what_is_back_already_is_not_restored_a_second_time_elsewhere(house: House) -> None:
    web = house.adopted(101)
    lost = lose(house, web)
    elsewhere = plan_for(house, lost, vmid=777)
    assert house.engine.restore(plan_for(house, lost)).success
    refused = refused_for(house, lost, vmid=777)
    assert (refused.code, refused.reason.startswith("web-1 is back already")) == (RefusalCode.MANAGED, True)
    late = house.engine.restore(elsewhere)
    assert isinstance(late, Refused), late
    assert late.refusal.code is RefusalCode.CHANGED
    assert house.simulator.world.container(777) is None


def test_where_the_config_in_the_backup_cannot_be_read_the_record_is_the_promise(house: House) -> None:
    web = house.adopted(101)
    house.simulator.world.add_backup(101, storage="backups", ago=0, notes="web-1")
    lost = lose(house, web)
    house.simulator.faults.answer(500, "no key for that", "/vzdump/extractconfig")
    plan = plan_for(house, lost)
    assert any("not read: the config in the backup" in warning for warning in plan.warnings)
    assert house.engine.restore(plan).success


def test_what_was_restored_to_another_vmid_has_its_backups_of_before(house: House) -> None:
    lost = lose(house, house.adopted(101))
    newest = plan_for(house, lost).carries(RestoreOptions).backup
    moved = house.engine.restore(plan_for(house, lost, vmid=777)).container
    assert moved is not None
    lost = lose(house, moved)
    house.simulator.world.add_container(101, hostname="another")
    house.simulator.world.add_backup(101, ago=-60)
    listed = house.engine.restorable(lost)
    assert isinstance(listed, BackupList)
    assert listed.found[0].volid == newest, "what another guest at the old VMID has is not listed"
    plan = plan_for(house, lost)
    assert (plan.vmid, plan.carries(RestoreOptions).backup) == (777, newest)
    result = house.engine.restore(plan)
    assert result.success, result


def test_another_guest_that_was_adopted_at_its_vmid_is_not_it_come_back(house: House) -> None:
    lost = lose(house, house.adopted(101))
    house.simulator.world.add_container(101, hostname="another")
    other = house.adopted(101)
    assert other.predecessor is None
    plan = plan_for(house, lost)
    assert plan.vmid != 101
    result = house.engine.restore(plan)
    assert result.success, result
    assert result.container is not None
    assert result.container.predecessor == lost.id
