"""What was found to be gone comes back: it is offered to whoever looks, and never taken back by itself."""

from __future__ import annotations

from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import records
from tests.support.house import House
from tests.support.records.alerted import the_alert
from tests.support.servers.databases import both_databases


def test_n27_restored_from_backup_with_a_new_vmid(house: House) -> None:
    old = house.adopt(101, port=80)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.simulator.world.restore(101, new_vmid=301)
    house.simulator.world.broadcast()
    assert house.reconcile_twice().anomalous_orphans == 1
    alert = the_alert(AlertKind.REAPPEARED)
    assert "CT 301 looks like the former web-1  CT 101" in alert.message
    assert records.find_active("lab", 301) is None, "never taken back silently"
    adopted = house.adopt(301)
    assert adopted.id != old.id
    house.reconcile()
    assert alerts.get(alert.id).resolved_at is not None


@both_databases
def test_n28_a_container_comes_back(house: House) -> None:
    old = house.adopt(101, port=80)
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
    house.adopt(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.reconcile_twice()
    house.simulator.world.recreate_outside(101, hostname="web-1")
    house.simulator.world.broadcast()
    house.reconcile_twice()
    assert {alert.kind for alert in alerts.all_alerts()} == {"anomalous_orphan"}
