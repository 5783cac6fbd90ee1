"""kill -9 at every boundary of a roll back: it is sent once, and the record says what is there (law 5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from proximity_tui.core.doctrine.observation.config_drift import drift
from proximity_tui.core.model import Container, State
from proximity_tui.core.store.records import clinical_records, records
from proximity_tui.simulator import Simulator
from tests.core.engine.sweeping import killed_at_each_boundary, on_swept_backends, resume_all
from tests.support.house import House
from tests.support.records.every_action import leave_task

pytestmark = on_swept_backends

ROUNDS = 2


def rollbacks_sent(simulator: Simulator) -> int:
    return sum(1 for entry in simulator.journal.writes() if entry.path.endswith("/rollback"))


def victim(house: House, at: int) -> Container:
    """A running container with a snapshot, and a setting that was changed since."""
    made = house.native(f"victim{at}")
    house.simulator.world.add_snapshot(made.vmid or 0, "base", ago=60.0)
    house.simulator.world.set_config(made.vmid or 0, memory=4096)
    leave_task(house, made)
    house.simulator.journal.clear()
    return made


@pytest.mark.parametrize("part", range(ROUNDS))
def test_killed_anywhere_it_is_resumed_to_one_roll_back(
    house: House, simulator: Simulator, tmp_path: Path, part: int
) -> None:
    for at, container in killed_at_each_boundary(
        house, tmp_path, part, lambda at: victim(house, at), snapshot="base", rounds=ROUNDS
    ):
        resume_all(house, at)
        record = records.get(container.id)
        guest, last = simulator.world.container(container.vmid or 0), clinical_records.latest(container.id)
        assert guest is not None
        assert last is not None
        assert record.operation is None, at
        if not rollbacks_sent(simulator):
            # It died before anything was written down: nothing was asked.
            assert (guest.status, record.state, last.revision) == ("running", State.RUNNING, 1), at
            continue
        assert rollbacks_sent(simulator) == 1, at
        assert (guest.status, record.state) == ("stopped", State.STOPPED), at
        assert (last.revision, last.reason, drift(last.record.config, guest.conf)) == (2, "rolled back to base", ()), at
