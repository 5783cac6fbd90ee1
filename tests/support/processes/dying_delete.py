"""Deletes, restores or rolls back a container, and kills itself with SIGKILL at the Nth boundary.

A program, run by the kill sweeps.

It loads everything once. For each line of input, a JSON object that says what to do, it forks a child that does so, and
writes how the child ended: its exit code, or the negative number of the signal.

A boundary is a commit of the database, or a write to Proxmox that is about to leave or whose answer just came. (Reads
change nothing on either side, so dying at one is dying at the boundary before it.) The product has no hook for this;
what is wrapped here are the libraries beneath it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

import requests
from requests.adapters import HTTPAdapter

from proximity_tui.core import store
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.doctrine.actions.deletion import Choice, HardOptions
from proximity_tui.core.doctrine.actions.restore.restoring import RestoreRequest
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.operations.outcome import EngineSettings
from proximity_tui.core.model import Actor, Container, Plan
from proximity_tui.core.model.actions.plan_options import RollbackOptions
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.trust import Trust
from proximity_tui.core.store import database as opened
from proximity_tui.core.store.records import records
from tests.support.house import HurriedClock


class Countdown:
    """Counts boundaries once armed, and ends the process at the one it was told."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.passed = 0
        self.armed = False

    def boundary(self) -> None:
        if not self.armed:
            return
        self.passed += 1
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _act_and_leave(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _act_and_leave(told: dict[str, Any]) -> NoReturn:
    """End this process with 0 where it was a success, and with 1 where it was not."""
    code = 1
    try:
        code = 0 if _act(told) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _act(told: dict[str, Any]) -> bool:
    countdown = Countdown(told["at"])
    _watch_requests(countdown)
    store.open_store(told["database"])
    _watch_commits(countdown)
    settings = ClusterSettings(
        "lab",
        (told["url"],),
        told["token_id"],
        Secret(Path(told["secret_file"]).read_text(), "the test"),
        Trust(fingerprints=(told["fingerprint"],)),
    )
    clock = HurriedClock()
    engine = Engine({"lab": PveClient(settings, clock)}, EngineSettings(Actor("anna", "jump1"), lost_answer=3.0), clock)
    container = records.get(told["container"])
    if told.get("restore"):
        restore = engine.plan_restore(container, RestoreRequest())
        assert isinstance(restore, Plan), restore
        countdown.armed = True
        return engine.restore(restore).success
    if told.get("snapshot"):
        return _roll_back(engine, container, told["snapshot"], countdown)
    storage = told.get("backup_storage")
    options = HardOptions(backup_first=storage is not None, backup_storage=storage)
    plan = engine.plan_delete(container, Choice.HARD, options)
    assert isinstance(plan, Plan), plan
    countdown.armed = True
    return engine.delete(plan, container).success


def _roll_back(engine: Engine, container: Container, snapshot: str, countdown: Countdown) -> bool:
    plan = engine.plan_rollback_snapshot(container, RollbackOptions(snapshot))
    assert isinstance(plan, Plan), plan
    countdown.armed = True
    return engine.carry_out(plan, container).success


def _watch_requests(countdown: Countdown) -> None:
    send = HTTPAdapter.send

    def watched(self: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if request.method == "GET":
            return send(self, request, *args, **kwargs)
        countdown.boundary()
        response = send(self, request, *args, **kwargs)
        countdown.boundary()
        return response

    HTTPAdapter.send = watched  # type: ignore[method-assign]


def _watch_commits(countdown: Countdown) -> None:
    database = opened.proxy.obj
    commit = database.commit

    def watched() -> Any:
        countdown.boundary()
        done = commit()
        countdown.boundary()
        return done

    database.commit = watched


if __name__ == "__main__":
    main()
