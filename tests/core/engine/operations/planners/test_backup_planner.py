"""The plan of a backup: what it lacks is named before anything is sent, and no older backup is given up for it."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.backup.backup_now import BackupRequest
from proximity_tui.core.model import Container, Plan, Refusal
from proximity_tui.core.model.guests.backup import BackupMode
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.actions.backing_up import backups
from tests.support.house import House


def plan(house: House, container: Container, **wish: Any) -> Plan | Refusal:
    return house.engine.plan_backup(house.again(container), BackupRequest(**{"storage": "backups", **wish}))


@pytest.mark.parametrize("missing", ["VM.Backup", "Datastore.AllocateSpace"])
def test_a_missing_right_is_named_by_the_plan(house: House, missing: str) -> None:
    ours = house.adopt(101)
    house.simulator.set_acl(house.simulator.token_id, {"/": PRIVILEGES - {missing}})
    refused = plan(house, ours)
    assert isinstance(refused, Refusal)
    assert (refused.code, missing in refused.reason) == ("denied", True)


def test_no_backup_is_made_where_one_would_have_to_be_removed_for_it(house: House, simulator: Simulator) -> None:
    ours = house.adopt(101)
    assert len(backups(house, ours)) == 2
    with simulator.world.entered() as cluster:
        cluster.storages["backups"].keep_last = 2
    refused = plan(house, ours)
    assert isinstance(refused, Refusal)
    assert refused.code == "backup_limit"
    assert "its retention keeps 2 backups of a guest and 2 are there, and we never remove one" in refused.reason
    agreed = plan(house, ours, protected=True)
    assert isinstance(agreed, Plan)
    assert house.engine.carry_out(agreed, house.again(ours)).success


def test_all_modes_are_planned_from_one_inspection(house: House, simulator: Simulator) -> None:
    """HA would start again what a backup in mode stop has stopped; one of its volumes can have no snapshot."""
    ours = house.adopt(101)
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
