"""What was found to be gone comes back: it is offered to whoever looks, and never taken back by itself."""

from __future__ import annotations

import pytest

from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import records
from tests.core.store.making import close_many
from tests.support.house import House
from tests.support.records.alerted import the_alert
from tests.support.servers.databases import both_databases


def test_n27_restored_from_backup_with_a_new_vmid(house: House) -> None:
    old = house.adopted(101, port=80)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.simulator.world.restore(101, new_vmid=301)
    house.simulator.world.broadcast()
    assert house.reconcile_twice().anomalous_orphans == 1
    alert = the_alert(AlertKind.REAPPEARED)
    assert "CT 301 looks like the former web-1  CT 101" in alert.message
    assert records.find_active("lab", 301) is None, "never taken back silently"
    adopted = house.adopted(301)
    assert adopted.id != old.id
    house.reconcile()
    assert alerts.get(alert.id).resolved_at is not None


@both_databases
def test_n28_a_container_comes_back(house: House) -> None:
    old = house.adopted(101, port=80)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.reconcile_twice()
    house.simulator.world.restore(101)
    house.simulator.world.broadcast()
    for _ in range(3):
        house.reconcile()
    returned = the_alert(AlertKind.RETURNED)
    assert returned.severity is Severity.AMBER
    assert the_alert(AlertKind.ANOMALOUS_ORPHAN).evidence["returned"] == "CT 101 on pve1"
    assert records.find_active("lab", 101) is None, "never automatic"

    result = house.engine.reattach(old.id)
    assert result.success
    assert result.container is not None
    assert (result.container.predecessor, result.container.kind) == (old.id, old.kind)
    assert alerts.get(returned.id).resolution == "re-attached"


def test_n28_another_container_with_that_vmid_is_not_offered(house: House) -> None:
    house.adopted(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.reconcile_twice()
    house.simulator.world.recreate_outside(101, hostname="web-1")
    house.simulator.world.broadcast()
    house.reconcile_twice()
    assert {alert.kind for alert in alerts.all_alerts()} == {"anomalous_orphan"}


def test_what_a_person_took_back_and_then_released_is_not_offered_again(house: House) -> None:
    old = house.adopted(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.reconcile_twice()
    house.simulator.world.restore(101)
    house.simulator.world.broadcast()
    house.reconcile()
    back = house.engine.reattach(old.id).container
    assert back is not None
    assert house.soft_delete(back).success
    house.reconcile()
    assert [alert.is_open for alert in alerts.all_alerts() if alert.kind == AlertKind.RETURNED] == [False]


def test_others_at_the_places_of_many_that_vanished_hide_none_that_is_back(house: House) -> None:
    """Each comparison is a request, so there are a few a run: not the same ones with every run."""
    world = house.simulator.world
    vmids = [world.add_container(2000 + number, hostname=f"ct-{number}") for number in range(9)]
    fleet = [house.adopted(vmid) for vmid in vmids]
    for some in (vmids[:3], vmids[3:6], vmids[6:]):
        house.reconcile()
        for vmid in some:
            world.destroy_outside(vmid)
        house.reconcile_twice()
    for vmid in vmids[1:]:
        world.add_container(vmid, hostname=f"new-{vmid}")
    world.restore(vmids[0])
    world.broadcast()
    runs = 0
    while not any(alert.kind == AlertKind.RETURNED for alert in alerts.all_alerts()):
        house.reconcile()
        runs += 1
        assert runs < 100
    assert the_alert(AlertKind.RETURNED).container == fleet[0].id


@pytest.mark.parametrize("vmid", [101, 301], ids=["to its own VMID", "to another one"])
def test_one_that_comes_back_is_told_however_many_records_were_closed_since(house: House, vmid: int) -> None:
    old = house.adopted(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.reconcile_twice()
    close_many(501, cluster="lab")
    house.simulator.world.restore(101, new_vmid=vmid)
    house.simulator.world.broadcast()
    house.reconcile()
    kind = AlertKind.RETURNED if vmid == 101 else AlertKind.REAPPEARED
    assert (the_alert(kind).container, the_alert(kind).vmid) == (old.id, vmid)


def test_what_a_person_released_long_ago_stays_so(house: House) -> None:
    world = house.simulator.world
    old = house.adopted(101)
    house.reconcile()
    world.destroy_outside(101)
    house.reconcile_twice()
    world.restore(101)
    world.broadcast()
    house.reconcile()
    assert house.engine.reattach(old.id).success
    [back] = records.active()
    assert house.soft_delete(back).success
    close_many(501, cluster="lab")
    house.reconcile()
    assert [alert.is_open for alert in alerts.all_alerts() if alert.kind == AlertKind.RETURNED] == [False]


def test_one_config_is_read_for_all_records_that_a_guest_may_be(house: House) -> None:
    """Each comparison is a request: a VMID that vanished again and again must not use up those of the others."""
    world = house.simulator.world
    for _ in range(3):
        house.adopted(101)
        house.reconcile()
        world.destroy_outside(101)
        house.reconcile_twice()
        world.recreate_outside(101, hostname="web-1")
        world.broadcast()
    house.simulator.journal.clear()
    house.reconcile()
    assert house.simulator.journal.count("GET", "/lxc/101/config") == 1


def test_n27_one_that_was_restored_elsewhere_is_found_although_another_has_its_vmid(house: House) -> None:
    house.adopted(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.reconcile_twice()
    house.simulator.world.restore(101, new_vmid=301)
    house.simulator.world.add_container(101, hostname="another")
    house.simulator.world.add_container(302, hostname="web-1")
    house.simulator.world.broadcast()
    house.reconcile()
    assert the_alert(AlertKind.REAPPEARED).vmid == 301
    house.simulator.world.destroy_outside(301)
    house.reconcile()
    assert the_alert(AlertKind.REAPPEARED).resolution == "it is managed again, or gone again"


def test_one_is_offered_although_a_person_released_another_guest_at_its_new_vmid(house: House) -> None:
    world = house.simulator.world
    house.adopted(101)
    house.reconcile()
    world.destroy_outside(101)
    house.reconcile_twice()
    another = house.adopted(world.add_container(301, hostname="another"))
    assert house.soft_delete(another).success
    world.destroy_outside(301)
    world.restore(101, new_vmid=301)
    world.broadcast()
    house.reconcile()
    assert the_alert(AlertKind.REAPPEARED).vmid == 301


def test_law_2_what_came_back_and_may_not_be_seen_any_more_is_not_called_gone_again(house: House) -> None:
    """A list without it says nothing, where our token lost the right to see it; that its VMID is free does."""
    house.adopted(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.reconcile_twice()
    house.simulator.world.restore(101)
    house.simulator.world.broadcast()
    house.reconcile()
    returned = the_alert(AlertKind.RETURNED)

    house.simulator.set_acl(house.simulator.token_id, {"/": ["Sys.Audit"]})
    house.reconcile()
    assert alerts.get(returned.id).resolved_at is None
    house.simulator.world.set_quorate(False)
    house.simulator.world.destroy_outside(101)
    house.reconcile()
    assert alerts.get(returned.id).resolved_at is None, "without a quorum a free VMID says nothing either"

    house.simulator.world.set_quorate(True)
    house.reconcile()
    assert alerts.get(returned.id).resolution == "it is managed again, or gone again"
