"""kill -9 at every boundary of a hard delete that backs up first: one backup, no destroy without it (law 5).

The container is stopped to begin with, so that the sweep spends itself on what comes after the stop; shutting down and
stopping are swept in `test_kill_sweep`, which also says what a boundary is.
"""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from proximity_tui.core.model import Container, State
from proximity_tui.core.store import events, records
from proximity_tui.simulator import Simulator
from tests.core.engine.test_kill_sweep import BACKENDS, ROUNDS, delete_and_die, destroys_sent, is_there
from tests.support.house import House

STORAGE = "backups"


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """The database to be killed on."""
    return str(request.param)


def vzdumps_sent(simulator: Simulator) -> int:
    return sum(1 for entry in simulator.journal.writes() if entry.path.endswith("/vzdump"))


def backups_of(house: House, container: Container) -> int:
    assert container.vmid is not None
    return len(house.gateways["lab"].backups("pve1", container.vmid, (STORAGE,)))


def next_victim(house: House, at: int) -> Container:
    """A stopped container; the VMID is that of the one before, and so are the backups that are forgotten here."""
    with house.simulator.world.entered() as cluster:
        cluster.storages[STORAGE].files_on("pve1").clear()
    house.simulator.journal.clear()
    return house.create(f"victim{at}", start=False)


@pytest.mark.parametrize("part", range(ROUNDS))
def test_killed_anywhere_it_is_resumed_to_one_backup_and_one_destroy(
    house: House, simulator: Simulator, tmp_path: Path, part: int
) -> None:
    at, swept = 1 + part, 0
    while True:
        container = next_victim(house, at)
        assert container.vmid is not None
        code = delete_and_die(house, container, at, tmp_path, STORAGE)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        swept += 1
        if destroys_sent(simulator, container.vmid):
            assert backups_of(house, container) == 1, at
        for operation in house.engine.interrupted():
            result = house.engine.resume(operation.id)
            assert result.success, (at, result)
        record = records.get(container.id)
        done = int(record.is_tombstone)
        assert is_there(simulator, container.vmid) is not record.is_tombstone
        sent = (vzdumps_sent(simulator), destroys_sent(simulator, container.vmid), backups_of(house, container))
        assert sent == (done, done, done), at
        if not done:
            # It died before anything was written down: nothing was asked, and the container is as it was.
            assert record.state is State.STOPPED, at
            assert house.hard_delete(record).success
        at += ROUNDS
    assert swept >= 5
    assert events.verify().whole


@pytest.mark.parametrize("part", range(ROUNDS))
def test_killed_anywhere_it_can_be_abandoned_without_a_word_to_proxmox(
    house: House, simulator: Simulator, tmp_path: Path, part: int
) -> None:
    at, swept = 1 + part, 0
    while True:
        container = next_victim(house, at)
        assert container.vmid is not None
        code = delete_and_die(house, container, at, tmp_path, STORAGE)
        if code == 0:
            break
        swept += 1
        sent_before = len(simulator.journal.writes())
        for operation in house.engine.interrupted():
            assert house.engine.abandon(operation.id).success
        assert len(simulator.journal.writes()) == sent_before, at
        record = records.get(container.id)
        assert is_there(simulator, container.vmid) is not record.is_tombstone, at
        if record.is_tombstone:
            assert backups_of(house, container) == 1, at
        else:
            assert (record.state, record.operation) == (State.STOPPED, None), at
            assert house.hard_delete(record).success, at
        at += ROUNDS
    assert swept >= 5
    assert events.verify().whole
