"""Power actions: refused where Proxmox would leave the container worse than it was."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.actions.power_rules import expected_status, plan_power, why_perhaps_done
from proximity_tui.core.model import POWER_ACTIONS, Action, Plan, Quorum, Refusal, Status
from tests.support.records.make import adopted, container, fingerprint, observation

STOPPED = {"status": Status.STOPPED}
APART = Quorum(quorate=True, apart=frozenset({"pve1"}))


@pytest.mark.parametrize("action", POWER_ACTIONS)
def test_each_action_asks_once_and_then_observes(action: Action) -> None:
    seen = observation(**STOPPED) if action is Action.START else observation()
    answer = plan_power(container(), action, seen)
    assert isinstance(answer, Plan)
    assert [step.name for step in answer.steps] == ["ask", "await_status"]
    assert expected_status(action) in (Status.RUNNING, Status.STOPPED)


def test_an_adopted_container_may_be_started_and_stopped_because_that_was_asked_for_by_name() -> None:
    record = adopted(vmid=101, fingerprint=fingerprint(marker=None))
    assert isinstance(plan_power(record, Action.STOP, observation(fingerprint=fingerprint(marker=None))), Plan)


@pytest.mark.parametrize(
    ("action", "change", "code"),
    [
        (Action.REBOOT, {"lock": "backup"}, "locked"),
        (Action.REBOOT, {"lock": "mounted"}, "locked"),
        (Action.SHUTDOWN, {"lock": "mounted"}, "locked"),
        (Action.STOP, {"lock": "snapshot"}, "locked"),
        (Action.START, {**STOPPED, "lock": "backup"}, "locked"),
        (Action.REBOOT, {"quorum": Quorum(quorate=False)}, "no_quorum"),
        (Action.REBOOT, {"quorum": Quorum(quorate=None)}, "no_quorum"),
        (Action.START, {**STOPPED, "quorum": Quorum(quorate=False)}, "no_quorum"),
        (Action.START, {**STOPPED, "quorum": APART}, "no_quorum"),
        (Action.START, {**STOPPED, "template": True}, "template"),
        (Action.START, {}, "already_running"),
        (Action.STOP, STOPPED, "already_stopped"),
        (Action.STOP, {"status": Status.UNKNOWN}, "unknown_status"),
        (Action.STOP, {"fingerprint": fingerprint(marker="f" * 32)}, "replaced"),
        (Action.STOP, {"busy_tasks": ("UPID:x",)}, "busy"),
    ],
)
def test_what_would_do_harm_is_refused(action: Action, change: dict[str, object], code: str) -> None:
    answer = plan_power(container(), action, observation(**change))
    assert isinstance(answer, Refusal)
    assert answer.code == code


@pytest.mark.parametrize(("action", "change"), [(Action.STOP, {}), (Action.START, STOPPED)])
def test_a_mounted_container_may_be_started_and_stopped(action: Action, change: dict[str, object]) -> None:
    assert isinstance(plan_power(container(), action, observation(**change, lock="mounted")), Plan)


def test_law_2_a_quorum_that_was_not_read_may_be_read_before_a_reboot_later() -> None:
    refused = plan_power(container(), Action.REBOOT, observation(quorum=Quorum(quorate=None)))
    assert isinstance(refused, Refusal)
    assert refused.unread
    assert "a reboot would stop it and not start it again" in refused.reason


def test_stopping_works_without_quorum_as_it_does_on_proxmox() -> None:
    for quorum in (Quorum(quorate=False), APART):
        assert isinstance(plan_power(container(), Action.STOP, observation(quorum=quorum)), Plan)


def test_a_start_while_an_operation_holds_the_record_is_refused() -> None:
    answer = plan_power(container(operation=4), Action.START, observation(**STOPPED))
    assert isinstance(answer, Refusal)
    assert answer.code == "busy"


def test_what_is_not_known_of_a_lost_answer_names_what_is_seen_and_what_may_have_undone_it() -> None:
    stopped = observation(status=Status.STOPPED)
    assert (
        why_perhaps_done(Action.REBOOT, observation()) == "CT 101 is running, and whether it was rebooted is not known"
    )
    assert why_perhaps_done(Action.START, stopped) == (
        "CT 101 is stopped, and whether it was started, and stopped since, is not known"
    )
