"""What forbids an action ends it alike, whether Proxmox says so to the request or only in its task."""

from __future__ import annotations

import pytest

from proximity_tui.commands.base.exit_codes import Exit, of_result
from proximity_tui.core.engine.operations.outcome import Failed, Outcome
from proximity_tui.core.engine.operations.write import refused_at_once
from proximity_tui.core.model import RefusalCode
from proximity_tui.core.proxmox.errors import (
    Busy,
    ConfigChanged,
    Denied,
    GuestNotFound,
    ProxmoxError,
    ReadOnly,
    RefusedByProxmox,
)
from tests.support.house import House
from tests.support.records.every_action import WITH_A_TASK, EveryAction, each_with_a_task

LOCKED = "CT is locked (backup)"


def ended(house: House, action: EveryAction, *, within: bool) -> Outcome:
    """How an action ends that meets the lock of a backup, within its task or before there is one."""
    ready = action.prepare(house)
    if within:
        house.simulator.world.fail_next_task(action.task, ready.at, LOCKED)
    else:
        house.simulator.faults.answer(500, LOCKED, action.path, method=action.method, times=1)
    return ready.execute(house.engine)


@each_with_a_task
def test_a_lock_that_only_the_task_meets_is_a_refusal(house: House, action: EveryAction) -> None:
    assert_refused(ended(house, action, within=True))


def test_a_lock_that_the_request_meets_is_the_same_refusal(house: House) -> None:
    assert_refused(ended(house, WITH_A_TASK[0], within=False))


def assert_refused(result: Outcome) -> None:
    assert isinstance(result, Failed), result
    assert result.refusal is not None, result.reason
    assert result.refusal.code is RefusalCode.LOCKED
    assert of_result(result) is Exit.REFUSED
    assert LOCKED in result.reason
    assert result.reason.count("wait until whatever holds the lock is done") == 1, "the advice is told once"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Denied("our token may not"), RefusalCode.DENIED),
        (Busy("something holds it", reason="got timeout"), RefusalCode.LOCKED),
        (ConfigChanged("another digest", reason="detected modified configuration"), RefusalCode.CHANGED),
        (GuestNotFound("pve1 has no CT 101", node="pve1", vmid=101), RefusalCode.CHANGED),
        (ReadOnly("this client only reads", reason="read-only"), RefusalCode.READ_ONLY),
        (RefusedByProxmox("refused", reason=LOCKED), RefusalCode.LOCKED),
        (RefusedByProxmox("refused", reason="the moon is full"), None),
        (ProxmoxError("something else"), None),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else str(one),
)
def test_a_write_that_is_refused_at_once_had_no_effect_and_has_the_code_of_a_plan(
    error: ProxmoxError, code: RefusalCode | None
) -> None:
    failed = refused_at_once(error, "web1")
    assert (failed.code, failed.reason.endswith("; it had no effect")) == (code, True)


def test_somebody_who_was_faster_is_told_by_the_name_of_the_container_and_not_by_a_digest() -> None:
    failed = refused_at_once(ConfigChanged("digest 1a2b", reason="detected modified configuration"), "web1")
    assert failed.reason.startswith("the config of web1 changed")
    assert "1a2b" not in failed.reason
