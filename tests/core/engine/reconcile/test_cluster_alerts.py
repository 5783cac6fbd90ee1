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


@pytest.mark.parametrize("later", ["pve1", "pve2"], ids=["there", "on the node that it was moved to"])
def test_a_failed_backup_ends_with_a_later_one(house: House, fleet: list[Container], later: str) -> None:
    simulator = house.simulator
    with simulator.world.entered() as cluster:
        task = cluster.tasks.note("pve1", "vzdump", "101", "root@pam", status="job errors")
        began, task.starttime = task.starttime, task.starttime - 60
        task.upid = task.upid.replace(f"{began:08X}", f"{task.starttime:08X}")

    def check(*nodes: str) -> None:
        cluster_alerts.about_nodes(house.clients["lab"], nodes or ["pve1", "pve2"], QUICK, house.clock, transaction)

    check()
    failed = the_open_alert(AlertKind.BACKUP_FAILED)
    assert (failed.name, failed.severity) == ("CT 101 on pve1", Severity.AMBER)
    assert "the backup of CT 101 on pve1 of lab" in failed.message
    with simulator.world.entered() as cluster:
        cluster.tasks.note(later, "vzdump", "101", "root@pam")
    check()
    assert open_kinds() == []
    check("pve1")
    assert open_kinds() == [], "that the other node does not answer now is no new failure"
