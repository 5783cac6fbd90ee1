"""Kills a hard delete at one boundary after the other: the sweep that the kill stories share.

A boundary is each commit and each write to Proxmox, before and after. The sweep goes on until a child reaches its
end alive, so a new boundary is swept without anybody adding it here.
"""

from __future__ import annotations

import atexit
import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from proximity_tui.core.engine.operations.outcome import Resumable
from proximity_tui.core.model import Container
from proximity_tui.core.store import events
from proximity_tui.simulator import Simulator
from tests.support.house import House

ROUNDS = 4
"""The sweep is dealt to so many tests, so that they can run side by side."""

FEWEST_DEATHS = 5
"""A part of the sweep that met fewer boundaries swept nothing."""

BACKENDS = ("sqlite", "postgresql") if os.environ.get("PROXIMITY_TUI_TEST_SWEEP") == "all" else ("sqlite",)
"""A commit is a commit on either database, and the sweep takes long: only who asks for it gets both."""

in_parts = pytest.mark.parametrize("part", range(ROUNDS))
on_swept_backends = pytest.mark.parametrize("backend", BACKENDS, indirect=True)


def killed_at_each_boundary(
    house: House,
    folder: Path,
    part: int,
    victim: Callable[[int], Container],
    backup_storage: str | None = None,
    *,
    restore: bool = False,
    snapshot: str | None = None,
    rounds: int = ROUNDS,
) -> Iterator[tuple[int, Container]]:
    """The boundary and the container of each death in this part of the sweep. `victim` makes the next container; it is
    deleted, restored, or rolled back to `snapshot`. Every `rounds`th boundary is of this part."""
    deleter = _deleter()
    for deaths in itertools.count():
        at = 1 + part + deaths * rounds
        container = victim(at)
        how = {"backup_storage": backup_storage, "restore": restore, "snapshot": snapshot}
        code = _delete_and_die(deleter, house, container, at, folder, how)
        if code == 0:
            break
        assert code == -signal.SIGKILL, at
        yield at, container
    assert deaths >= FEWEST_DEATHS
    assert events.verify().whole


@cache
def _deleter() -> subprocess.Popen[str]:
    """The process that forks one for each delete that is to die: what all need is loaded once. It ends when ours
    does, as its input does.
    """
    program = [sys.executable, "-m", "tests.support.processes.dying_delete"]
    process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(process.communicate)
    return process


def _delete_and_die(
    deleter: subprocess.Popen[str],
    house: House,
    container: Container,
    at: int,
    folder: Path,
    how: dict[str, str | bool | None],
) -> int:
    """Act in a process that kills itself at boundary `at`; its exit code (negative: the signal)."""
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
        **how,
    }
    assert deleter.stdin is not None
    assert deleter.stdout is not None
    print(json.dumps(told), file=deleter.stdin, flush=True)
    return int(deleter.stdout.readline())


def destroys_sent(simulator: Simulator, container: Container) -> int:
    """How many DELETEs of this container Proxmox has got."""
    sent = [entry for entry in simulator.journal.writes() if entry.method == "DELETE"]
    return sum(1 for entry in sent if entry.path.endswith(f"/{container.vmid}"))


def is_there(simulator: Simulator, container: Container) -> bool:
    """Whether the guest still exists."""
    assert container.vmid is not None
    return simulator.world.container(container.vmid) is not None


def resume_all(house: House, at: int) -> None:
    """Carry every interrupted operation to its end. A destroy that may have been sent and left no task is sent again
    only by the word for it; where that is needed, the first resume has sent none."""
    for operation in house.engine.mark_interrupted():
        result = house.engine.resume(operation.id)
        if isinstance(result, Resumable):
            assert "--destroy-again" in str(result.error), (at, result)
            result = house.engine.resume(operation.id, destroy_again=True)
        assert result.success, (at, result)


def abandon_all(house: House, at: int) -> None:
    """End every interrupted operation where it stands, which asks Proxmox for nothing."""
    sent_before = len(house.simulator.journal.writes())
    for operation in house.engine.mark_interrupted():
        assert house.engine.abandon(operation.id).success, at
    assert len(house.simulator.journal.writes()) == sent_before, "abandoning asks Proxmox for nothing"
