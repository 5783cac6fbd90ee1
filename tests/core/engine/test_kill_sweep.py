"""kill -9 at every boundary of a hard delete: afterwards the truth is told, and nothing is destroyed twice (law 5).

A boundary is each commit and each write to Proxmox, before and after. The sweep goes on until a child reaches its
end alive, so a new boundary is swept without anybody adding it here.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from proximity_tui.core.model import Container, Presence, State, Status
from proximity_tui.core.store import events, records
from proximity_tui.simulator import Simulator
from tests.support.house import House

ROUNDS = 4
"""The sweep is dealt to so many tests, so that they can run side by side."""

BACKENDS = ("sqlite", "postgresql") if os.environ.get("PROXIMITY_TUI_TEST_SWEEP") == "all" else ("sqlite",)
"""A commit is a commit on either database, and the sweep takes long: only who asks for it gets both."""


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """The database to be killed on."""
    return str(request.param)


def delete_and_die(house: House, container: Container, at: int, folder: Path, backup_storage: str | None = None) -> int:
    """Hard delete in a process that kills itself at boundary `at`; its exit code (negative: the signal). With
    `backup_storage` it backs up there first."""
    simulator = house.simulator
    secret = folder / "token"
    secret.write_text(simulator.token_secret)
    told = {
        "at": at,
        "database": house.database,
        "url": simulator.url,
        "token_id": simulator.token_id,
        "secret_file": str(secret),
        "fingerprint": simulator.fingerprint,
        "container": container.id,
        "backup_storage": backup_storage,
    }
    program = [sys.executable, "-m", "tests.support.dying_delete", json.dumps(told)]
    return subprocess.run(program, check=False, timeout=60).returncode


def destroys_sent(simulator: Simulator, vmid: int) -> int:
    sent = [entry for entry in simulator.journal.writes() if entry.method == "DELETE"]
    return sum(1 for entry in sent if entry.path.endswith(f"/{vmid}"))


def is_there(simulator: Simulator, vmid: int) -> bool:
    return simulator.world.container(vmid) is not None


@pytest.mark.parametrize("part", range(ROUNDS))
def test_a_hard_delete_killed_anywhere_can_be_resumed_to_exactly_one_destroy(
    house: House, simulator: Simulator, tmp_path: Path, part: int
) -> None:
    at, swept = 1 + part, 0
    while True:
        container = house.create(f"victim{at}", start=True)
        assert container.vmid is not None
        code = delete_and_die(house, container, at, tmp_path)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        swept += 1
        for operation in house.engine.interrupted():
            result = house.engine.resume(operation.id)
            assert result.success, (at, result)
        record = records.get(container.id)
        if record.is_tombstone:
            assert not is_there(simulator, container.vmid)
            assert destroys_sent(simulator, container.vmid) == 1, at
        else:
            # It died before anything was written down: nothing was asked, and the container is as it was.
            assert (record.state, destroys_sent(simulator, container.vmid)) == (State.RUNNING, 0), at
            assert house.hard_delete(record).success
        simulator.journal.clear()
        at += ROUNDS
    assert swept >= 5
    assert events.verify().whole


@pytest.mark.parametrize("part", range(ROUNDS))
def test_a_hard_delete_killed_anywhere_can_be_abandoned_and_the_record_then_tells_the_truth(
    house: House, simulator: Simulator, tmp_path: Path, part: int
) -> None:
    at, swept = 1 + part, 0
    while True:
        container = house.create(f"victim{at}", start=True)
        assert container.vmid is not None
        code = delete_and_die(house, container, at, tmp_path)
        if code == 0:
            break
        swept += 1
        sent_before = len(simulator.journal.writes())
        for operation in house.engine.interrupted():
            assert house.engine.abandon(operation.id).success
        assert len(simulator.journal.writes()) == sent_before, "abandoning asks Proxmox for nothing"
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
        simulator.journal.clear()
        at += ROUNDS
    assert swept >= 5
    assert events.verify().whole
