"""Somebody is named for a changed config only when a task of Proxmox shows just that change."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.observation.changed_by import changed_by_task
from proximity_tui.core.model import Task
from proximity_tui.core.model.config_revision import Attribution, RevisionCause
from tests.support.records.make import NOON, after


def task(kind: str = "resize", at: float = 10, **given: Any) -> Task:
    values: dict[str, Any] = {"user": "root@pam", "status": "stopped", "exitstatus": "OK", **given}
    return Task(f"UPID:pve1:{kind}:{at}", "pve1", kind, "101", started_at=after(at), **values)


def told(changed: list[str], *tasks: Task) -> Attribution | None:
    return changed_by_task(changed, NOON, after(60), tasks)


def test_a_task_tells_who_changed_what_it_changes() -> None:
    assert told(["rootfs"], task()) == Attribution(RevisionCause.TASK, "root@pam", "resize: UPID:pve1:resize:10")
    assert told(["mp0"], task(at=5), task(at=7)) == Attribution(
        RevisionCause.TASK, "root@pam", "resize: UPID:pve1:resize:7"
    )
    assert told(["memory", "net0"], task("vzrollback")) is not None


@pytest.mark.parametrize(
    ("changed", "tasks"),
    [
        pytest.param(["rootfs"], [], id="no task"),
        pytest.param(["rootfs", "memory"], [task()], id="more changed than it can change"),
        pytest.param(["rootfs"], [task(at=-1)], id="it began before the last reading"),
        pytest.param(["rootfs"], [task(at=61)], id="it began later"),
        pytest.param(["rootfs"], [task(exitstatus="failed")], id="it failed"),
        pytest.param(["rootfs"], [task(status="running", exitstatus=None)], id="it runs"),
        pytest.param(["memory"], [task("vzdump"), task("vzstart")], id="it changes no config"),
        pytest.param(["mp0"], [task(), task(at=20, user="anna@pve")], id="two people fit"),
    ],
)
def test_nobody_is_named_without_evidence(changed: list[str], tasks: list[Task]) -> None:
    assert told(changed, *tasks) is None
