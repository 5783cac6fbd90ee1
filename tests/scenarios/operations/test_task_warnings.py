"""A task that succeeds with warnings: they are shown with the result, and kept with the step and in the audit trail."""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.operations.outcome import Outcome
from proximity_tui.core.model import Action, CreateRequest, Plan
from proximity_tui.core.store import events
from proximity_tui.screens.app.background_task import TaskResult
from proximity_tui.screens.operation.progress_dialog import step_lines
from proximity_tui.simulator import Simulator
from tests.support.house import TEMPLATE, House

WARNING = "Systemd 252 detected. You may need to enable nesting."


@pytest.mark.parametrize("action", ["create", "start", "delete"])
def test_what_a_task_warned_of_is_kept_whatever_the_action(house: House, simulator: Simulator, action: str) -> None:
    task = {"create": "vzcreate", "start": "vzstart", "delete": "vzdestroy"}[action]
    made = done(house, simulator, action, task)
    assert made.success, made
    assert made.operation is not None
    (step,) = [step for step in made.operation.steps if step.warnings]
    assert (step.warnings, step.detail["exitstatus"]) == ((WARNING,), "WARNINGS: 1")
    (event,) = [event for event in events.list_events() if "ended with warnings" in event.message]
    assert (event.message, event.evidence["warnings"]) == (
        f"{step.name} of web1 ended with warnings: {WARNING}",
        [WARNING],
    )
    assert TaskResult("x", made).sentence == f"x: done, with warnings: {WARNING}"
    shown = ["".join(text for text, _ in line) for line in step_lines(made.operation.plan, made.operation)]
    assert f"   Proxmox warned: {WARNING}" in shown


def test_a_log_that_does_not_tell_the_warnings_hides_them_not(house: House, simulator: Simulator) -> None:
    simulator.world.fail_next_task("vzcreate", None, "WARNINGS: 2")
    made = house.engine.create(planned(house))
    assert made.operation is not None
    assert made.operation.warnings == ("WARNINGS: 2; the log of its task does not say of what",)


def planned(house: House) -> Plan:
    plan = house.engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", node="pve1"))
    assert isinstance(plan, Plan), plan
    return plan


def done(house: House, simulator: Simulator, action: str, task: str) -> Outcome:
    if action == "create":
        simulator.world.warn_in_next_task(task, None, WARNING)
        return house.engine.create(planned(house))
    container = house.create("web1", start=False)
    simulator.world.warn_in_next_task(task, container.vmid, WARNING)
    return house.power(container, Action.START) if action == "start" else house.hard_delete(container)
