"""The guard of a backup: a right that is missing and a storage that takes no more are told before anything is done."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.backup.backup_now import BackupRequest
from proximity_tui.core.model import Container, Plan, Refusal
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.actions.backing_up import backups
from tests.support.house import House


def plan(house: House, container: Container, **wish: Any) -> Plan | Refusal:
    return house.engine.plan_backup(house.again(container), BackupRequest(**{"storage": "backups", **wish}))


@pytest.mark.parametrize("missing", ["VM.Backup", "Datastore.AllocateSpace"])
def test_a_missing_right_is_named_by_the_plan(house: House, missing: str) -> None:
    ours = house.adopted(101)
    house.simulator.set_acl(house.simulator.token_id, {"/": PRIVILEGES - {missing}})
    refused = plan(house, ours)
    assert isinstance(refused, Refusal)
    assert (refused.code, missing in refused.reason) == ("denied", True)


def test_no_backup_is_made_where_one_would_have_to_be_removed_for_it(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
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
