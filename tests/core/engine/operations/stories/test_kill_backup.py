"""kill -9 at every boundary of a hard delete that backs up first: one backup, no destroy without it (law 5).

The container is stopped to begin with, so that the sweep spends itself on what comes after the stop; shutting down and
stopping are swept in `test_kill_sweep`.
"""

from __future__ import annotations

from pathlib import Path

from proximity_tui.core.model import Container, State
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

STORAGE = "backups"


def vzdumps_sent(simulator: Simulator) -> int:
    return sum(1 for entry in simulator.journal.writes() if entry.path.endswith("/vzdump"))


def backups_of(house: House, container: Container) -> int:
    assert container.vmid is not None
    return len(house.clients["lab"].backups("pve1", container.vmid, (STORAGE,)))


def stopped_victim(house: House, at: int) -> Container:
    """A stopped container; the VMID is that of the one before, and so are the backups that are forgotten here."""
    with house.simulator.world.entered() as cluster:
        cluster.storages[STORAGE].files_on("pve1").clear()
    house.simulator.journal.clear()
    return house.native(f"victim{at}", start=False)


@in_parts
def test_killed_anywhere_it_is_resumed_to_one_backup_and_one_destroy(
    house: House, simulator: Simulator, tmp_path: Path, part: int
) -> None:
    for at, container in killed_at_each_boundary(
        house, tmp_path, part, lambda at: stopped_victim(house, at), backup_storage=STORAGE
    ):
        if destroys_sent(simulator, container):
            assert backups_of(house, container) == 1, at
        resume_all(house, at)
        record = records.get(container.id)
        done = int(record.is_tombstone)
        assert is_there(simulator, container) is not record.is_tombstone
        sent = (vzdumps_sent(simulator), destroys_sent(simulator, container), backups_of(house, container))
        assert sent == (done, done, done), at
        if not done:
            # It died before anything was written down: nothing was asked, and the container is as it was.
            assert record.state is State.STOPPED, at
            assert house.hard_delete(record).success


@in_parts
def test_killed_anywhere_it_can_be_abandoned_without_a_word_to_proxmox(
    house: House, simulator: Simulator, tmp_path: Path, part: int
) -> None:
    for at, container in killed_at_each_boundary(
        house, tmp_path, part, lambda at: stopped_victim(house, at), backup_storage=STORAGE
    ):
        abandon_all(house, at)
        record = records.get(container.id)
        assert is_there(simulator, container) is not record.is_tombstone, at
        if record.is_tombstone:
            assert backups_of(house, container) == 1, at
        else:
            assert (record.state, record.operation) == (State.STOPPED, None), at
            assert house.hard_delete(record).success, at
