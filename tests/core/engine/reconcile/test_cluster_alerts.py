"""Trouble around the containers: one alert each, and it ends by itself when the same source says so."""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.reconcile import cluster_alerts
from proximity_tui.core.model import Container
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.database import transaction
from tests.support.house import QUICK, House
from tests.support.records.alerted import open_kinds, the_alert, the_open_alert
from tests.support.records.unharmed import nothing_was_lost
from tests.support.servers.databases import both_databases


@both_databases
def test_a_lost_quorum_is_one_alert_whatever_is_said_of_other_nodes_and_ends_by_itself(
    house: House, fleet: list[Container]
) -> None:
    world = house.simulator.world
    world.set_quorate(False)
    for node in ("pve2", "pve3"):
        world.set_node_online(node, False)
    house.reconcile()
    house.reconcile()
    assert open_kinds() == [("quorum_lost", Severity.RED)]
    assert the_open_alert(AlertKind.QUORUM_LOST).count == 2
    nothing_was_lost(house, fleet)

    world.set_quorate(True)
    for node in ("pve2", "pve3"):
        world.set_node_online(node, True)
    world.broadcast()
    house.reconcile()
    assert open_kinds() == []
    assert the_alert(AlertKind.QUORUM_LOST).resolution == "the cluster is quorate again"


def test_a_node_that_does_not_come_back_from_its_maintenance_is_a_red_alert(
    house: House, fleet: list[Container]
) -> None:
    world = house.simulator.world
    world.set_maintenance("pve3", True)
    world.set_node_online("pve3", False)
    house.reconcile()
    alerts.acknowledge(the_open_alert(AlertKind.NODE_OFFLINE).id, "anna@jump1", "new disks")
    house.reconcile()
    assert open_kinds() == []
    world.set_maintenance("pve3", False)
    house.reconcile()
    red = the_open_alert(AlertKind.NODE_OFFLINE)
    assert (red.severity, red.name, red.count) == (Severity.RED, "pve3", 1)
    assert alerts.pending_notifications() == (red,)
    world.set_node_online("pve3", True)
    world.broadcast()
    house.reconcile()
    assert open_kinds() == []
    nothing_was_lost(house, fleet)


def test_a_process_that_may_only_look_raises_nothing(house: House, fleet: list[Container]) -> None:
    house.simulator.world.set_node_online("pve3", False)
    house.reconcile(dry_run=True)
    assert open_kinds() == []


def test_a_full_storage_is_over_when_it_says_so_and_not_when_it_is_hidden(house: House, fleet: list[Container]) -> None:
    simulator = house.simulator
    simulator.world.set_storage_used("backups", 0.95)
    house.reconcile()
    assert the_open_alert(AlertKind.STORAGE_FULL).name == "backups"
    simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit"], "/vms": ["VM.Audit"]})
    house.reconcile()
    assert the_open_alert(AlertKind.STORAGE_FULL).count == 1
    simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit", "Datastore.Audit"], "/vms": ["VM.Audit"]})
    simulator.world.set_storage_used("backups", 0.5)
    house.reconcile()
    assert the_alert(AlertKind.STORAGE_FULL).resolution == "50% of backups is used"


AUDITOR = {"/": ["Sys.Audit", "Datastore.Audit"], "/vms": ["VM.Audit"]}


def check(house: House, *nodes: str) -> None:
    """What is done once an hour."""
    cluster_alerts.about_nodes(house.clients["lab"], nodes, QUICK, house.clock, transaction)


def fail_a_backup(house: House, node: str, seconds_ago: int) -> None:
    with house.simulator.world.entered() as cluster:
        task = cluster.tasks.note(node, "vzdump", "101", "root@pam", status="job errors")
        began, task.starttime = task.starttime, task.starttime - seconds_ago
        task.upid = task.upid.replace(f"{began:08X}", f"{task.starttime:08X}")


def remove_node(house: House, node: str) -> None:
    """What `pvecm delnode` does, and who brings its guests to another node."""
    with house.simulator.world.entered() as cluster:
        for guest in cluster.guests.values():
            if guest.node == node:
                guest.node = "pve1"
        del cluster.nodes[node]
    house.simulator.world.broadcast()


def test_the_alert_about_a_node_ends_when_the_cluster_says_that_it_is_none_of_its_own(
    house: House, fleet: list[Container]
) -> None:
    simulator = house.simulator
    simulator.world.set_node_online("pve3", False)
    house.reconcile()
    alerts.acknowledge(the_open_alert(AlertKind.NODE_OFFLINE).id, "anna@jump1")
    remove_node(house, "pve3")
    simulator.set_acl(simulator.token_id, {"/vms": ["VM.Audit"]})
    house.reconcile()
    assert the_alert(AlertKind.NODE_OFFLINE).resolved_at is None, "that it is not listed is no proof"
    simulator.set_acl(simulator.token_id, AUDITOR)
    simulator.world.set_quorate(False)
    house.reconcile()
    assert the_alert(AlertKind.NODE_OFFLINE).resolved_at is None, "a minority may not know better"
    simulator.world.set_quorate(True)
    house.reconcile()
    assert the_alert(AlertKind.NODE_OFFLINE).resolution == "pve3 is no node of lab any more"
    nothing_was_lost(house, fleet)


def test_a_node_with_guests_that_left_the_cluster_keeps_its_alert(house: House, fleet: list[Container]) -> None:
    world = house.simulator.world
    world.set_node_online("pve3", False)
    house.reconcile()
    remove_node(house, "pve3")
    with world.entered() as cluster:
        cluster.guests[101].node = "pve3"
    house.reconcile()
    assert the_alert(AlertKind.NODE_OFFLINE).is_open


def test_the_alert_about_a_storage_ends_when_the_cluster_says_that_it_has_none(
    house: House, fleet: list[Container]
) -> None:
    simulator = house.simulator
    simulator.world.set_storage_used("backups", 0.95)
    house.reconcile()
    full = the_open_alert(AlertKind.STORAGE_FULL)
    simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit"], "/vms": ["VM.Audit"]})
    check(house, "pve1")
    assert alerts.get(full.id).is_open, "our token may not see it, and it is there"
    with simulator.world.entered() as cluster:
        del cluster.storages["backups"]
    check(house, "pve1")
    assert alerts.get(full.id).is_open, "whether it is there our token may not know"
    simulator.set_acl(simulator.token_id, AUDITOR)
    simulator.world.set_quorate(False)
    check(house, "pve1")
    assert alerts.get(full.id).is_open, "a minority may have an old configuration"
    simulator.world.set_quorate(True)
    house.reconcile()
    check(house, "pve1")
    assert alerts.get(full.id).resolution == "backups is no storage of lab any more"


def test_the_alerts_about_a_storage_end_when_a_person_disabled_it(house: House, fleet: list[Container]) -> None:
    simulator = house.simulator
    simulator.set_acl(simulator.token_id, AUDITOR)
    simulator.world.set_storage_used("backups", 0.95)
    house.reconcile()
    full = the_open_alert(AlertKind.STORAGE_FULL)
    with simulator.world.entered() as cluster:
        cluster.storages["backups"].disabled = True
    house.reconcile()
    assert alerts.get(full.id).is_open, "that nobody lists it is no proof"
    simulator.world.set_quorate(False)
    check(house, "pve1")
    assert alerts.get(full.id).is_open, "a minority may have an old configuration"
    simulator.world.set_quorate(True)
    house.reconcile()
    check(house, "pve1")
    assert alerts.get(full.id).resolution == "backups is disabled in the configuration of lab"
    house.reconcile()
    assert open_kinds() == []


def test_an_alert_about_a_storage_that_is_configured_stays_although_nobody_lists_it(
    house: House, fleet: list[Container]
) -> None:
    simulator = house.simulator
    simulator.world.set_storage_used("backups", 0.95)
    house.reconcile()
    with simulator.world.entered() as cluster:
        cluster.storages["backups"].nodes = frozenset({"pve2"})
    simulator.journal.clear()
    check(house, "pve1")
    assert the_open_alert(AlertKind.STORAGE_FULL).name == "backups"
    assert simulator.journal.count(path_contains="/storage/backups/content") == 0, "it may hang, and its list is long"


@pytest.mark.parametrize("log", [["INFO: Finished Backup of VM 101 (00:00:22)"], ["x"] * 1200], ids=["this", "others"])
def test_a_failed_backup_ends_with_a_later_job_that_backed_this_guest_up(
    house: House, fleet: list[Container], log: list[str]
) -> None:
    fail_a_backup(house, "pve1", 60)
    check(house, "pve1", "pve2")
    assert the_open_alert(AlertKind.BACKUP_FAILED).name == "CT 101 on pve1"
    others = [f"INFO: Finished Backup of VM {vmid} (00:00:01)" for vmid in (10, 1010, 1101)]
    with house.simulator.world.entered() as cluster:
        cluster.tasks.note("pve2", "vzdump", "", "root@pam", log=[*others * 300, *log])
    check(house, "pve1", "pve2")
    assert (open_kinds() == []) is (len(log) == 1)
    check(house, "pve1", "pve2")
    assert (open_kinds() == []) is (len(log) == 1)


def test_a_failed_backup_ends_although_its_node_left_the_cluster(house: House, fleet: list[Container]) -> None:
    fail_a_backup(house, "pve3", 60)
    check(house, "pve1", "pve3")
    assert the_open_alert(AlertKind.BACKUP_FAILED).name == "CT 101 on pve3"
    remove_node(house, "pve3")
    house.reconcile()
    check(house, "pve1")
    assert the_open_alert(AlertKind.BACKUP_FAILED).name == "CT 101 on pve3", "nothing backed it up since"
    with house.simulator.world.entered() as cluster:
        cluster.tasks.note("pve1", "vzdump", "101", "root@pam")
    check(house, "pve1")
    assert open_kinds() == []


@pytest.mark.parametrize("later", ["pve1", "pve2"], ids=["there", "on the node that it was moved to"])
def test_a_failed_backup_ends_with_a_later_one(house: House, fleet: list[Container], later: str) -> None:
    simulator = house.simulator
    fail_a_backup(house, "pve1", 60)
    check(house, "pve1", "pve2")
    failed = the_open_alert(AlertKind.BACKUP_FAILED)
    assert (failed.name, failed.severity) == ("CT 101 on pve1", Severity.AMBER)
    assert "the backup of CT 101 on pve1 of lab" in failed.message
    with simulator.world.entered() as cluster:
        cluster.tasks.note(later, "vzdump", "101", "root@pam")
    check(house, "pve1", "pve2")
    assert open_kinds() == []
    check(house, "pve1")
    assert open_kinds() == [], "that the other node does not answer now is no new failure"
