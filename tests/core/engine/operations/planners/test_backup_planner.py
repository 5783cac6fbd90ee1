"""The plan of a backup: what it lacks is named before anything is sent, and no older backup is given up for it."""

from __future__ import annotations

from proximity_tui.core.doctrine.actions.backup.backup_now import BackupRequest
from proximity_tui.core.model import Plan, Refusal
from proximity_tui.core.model.guests.guest_backup import BackupMode
from proximity_tui.simulator import Simulator
from tests.support.house import House


def test_all_modes_are_planned_from_one_inspection(house: House, simulator: Simulator) -> None:
    """HA would start again what a backup in mode stop has stopped; one of its volumes can have no snapshot."""
    ours = house.adopted(101)
    simulator.world.set_ha(101, "started")
    simulator.world.set_config(101, mp0="local:101/vm-101-disk-1.raw,mp=/data,size=1G")
    simulator.journal.clear()
    planned = house.engine.plan_backup_modes(house.again(ours), BackupRequest(storage="backups"))
    read = [entry.path for entry in simulator.journal.entries()]
    assert read.count("/nodes/pve1/lxc/101/status/current") == 1
    assert house.wire() == []
    by_snapshot, suspended, stopped = (planned[mode] for mode in BackupMode)
    assert isinstance(by_snapshot, Plan)
    assert any("not every volume can have a snapshot" in warning for warning in by_snapshot.warnings)
    assert isinstance(suspended, Plan)
    assert isinstance(stopped, Refusal)
    assert stopped.code == "ha_managed"
