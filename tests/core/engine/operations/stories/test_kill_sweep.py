"""kill -9 at every boundary of a hard delete: afterwards the truth is told, and nothing is destroyed twice (law 5)."""

from __future__ import annotations

from pathlib import Path

from proximity_tui.core.model import Container, Presence, State, Status
from proximity_tui.core.store.records import records
from proximity_tui.simulator import Simulator
from tests.core.engine.sweeping import (
    abandon_all,
    destroys_sent,
    in_parts,
    is_there,
    killed_at_each_boundary,
    on_swept_backends,
    resume_all,
)
from tests.support.house import House

pytestmark = on_swept_backends


def running_victim(house: House, at: int) -> Container:
    house.simulator.journal.clear()
    return house.native(f"victim{at}", start=True)


@in_parts
def test_a_hard_delete_killed_anywhere_can_be_resumed_to_exactly_one_destroy(
    house: House, simulator: Simulator, tmp_path: Path, part: int
) -> None:
    for at, container in killed_at_each_boundary(house, tmp_path, part, lambda at: running_victim(house, at)):
        resume_all(house, at)
        record = records.get(container.id)
        if record.is_tombstone:
            assert not is_there(simulator, container), at
            assert destroys_sent(simulator, container) == 1, at
        else:
            # It died before anything was written down: nothing was asked, and the container is as it was.
            assert (record.state, destroys_sent(simulator, container)) == (State.RUNNING, 0), at
            assert house.hard_delete(record).success


@in_parts
def test_a_hard_delete_killed_anywhere_can_be_abandoned_and_the_record_then_tells_the_truth(
    house: House, simulator: Simulator, tmp_path: Path, part: int
) -> None:
    for at, container in killed_at_each_boundary(house, tmp_path, part, lambda at: running_victim(house, at)):
        abandon_all(house, at)
        assert container.vmid is not None
        record = records.get(container.id)
        seen = simulator.world.container(container.vmid)
        if seen is None:
            assert record.is_tombstone, at
        else:
            assert not record.is_tombstone, at
            assert record.state.value == seen.status, at
            assert (record.status, record.presence) == (Status(seen.status), Presence.PRESENT), at
            assert record.operation is None
            assert house.hard_delete(record).success, at
