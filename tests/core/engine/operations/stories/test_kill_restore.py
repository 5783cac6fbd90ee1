"""kill -9 at every boundary of a restore: resumed, it is one restore of one container with its history (law 5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from proximity_tui.core.doctrine.actions.restore.restoring import RestoreRequest
from proximity_tui.core.model import Container, Plan, State
from proximity_tui.core.store.records import records
from proximity_tui.simulator import Simulator
from tests.core.engine.sweeping import killed_at_each_boundary, on_swept_backends, resume_all
from tests.support.house import House

pytestmark = on_swept_backends

ROUNDS = 2
"""A restore has fewer boundaries than a delete."""


def lost_victim(house: House, at: int) -> Container:
    """A stopped container of ours that has a backup, and is gone."""
    native = house.native(f"lost{at}", start=False, port=80)
    assert native.vmid is not None
    house.simulator.world.add_backup(native.vmid, storage="backups", ago=0)
    house.simulator.world.destroy_outside(native.vmid)
    house.simulator.world.broadcast()
    house.simulator.journal.clear()
    return native


@pytest.mark.parametrize("part", range(ROUNDS))
def test_a_restore_killed_anywhere_can_be_resumed_to_exactly_one_container(
    house: House, simulator: Simulator, tmp_path: Path, part: int
) -> None:
    for at, lost in killed_at_each_boundary(
        house, tmp_path, part, lambda at: lost_victim(house, at), restore=True, rounds=ROUNDS
    ):
        resume_all(house, at)
        sent = [entry.path for entry in simulator.journal.writes()]
        assert lost.vmid is not None
        back = records.find_active("lab", lost.vmid)
        assert back is not None, at
        if back.id == lost.id:
            # It died before anything was written down: nothing was asked, and the record is as it was.
            assert sent == [], at
            plan = house.engine.plan_restore(back, RestoreRequest())
            assert isinstance(plan, Plan), plan
            assert house.engine.restore(plan).success
            continue
        assert sent == ["/nodes/pve1/lxc"], at
        assert (back.predecessor, back.state, back.operation) == (lost.id, State.STOPPED, None), at
        assert (back.ports, back.last_error) == (lost.ports, None), at
        seen = simulator.world.container(lost.vmid)
        assert seen is not None, at
        assert seen.hostname == lost.name
