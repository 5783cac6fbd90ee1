"""The steps of a power action: ask, then observe. A task that ended OK is not yet a container that runs."""

from __future__ import annotations

from proximity_tui.core.doctrine import power as rules
from proximity_tui.core.engine.outcome import Fact, StepFailed
from proximity_tui.core.engine.run import Run
from proximity_tui.core.model import Action, Observation, StepOutcome, StepRecord

_TASKS = {
    Action.START: "vzstart|hastart",
    Action.SHUTDOWN: "vzshutdown|hastop",
    Action.STOP: "vzstop|hastop",
    Action.REBOOT: "vzreboot",
}


class _AlreadySo(Exception):
    """Asked before without an answer, and the guest is what was wished: nothing more is sent."""


def ask(run: Run, step: StepRecord) -> Fact:
    """Send the one request of this power action and await its task."""
    action = run.operation.action

    def send() -> str:
        seen = run.observe()
        refused = rules.recheck(run.container, action, seen)
        if refused and step.outcome is StepOutcome.INTENDED and refused.code in rules.POINTLESS:
            raise _AlreadySo(refused.reason)
        if refused:
            raise StepFailed(f"nothing was asked: {refused.reason}")
        return _send(run, action, seen)

    node = str(step.detail.get("node") or run.operation.plan.node)
    try:
        task = run.ask(step, _TASKS[action], node, send)
    except _AlreadySo as so:
        return Fact(StepOutcome.SKIPPED, {"why": str(so)})
    if task.failed:
        raise StepFailed(f"{action} of CT {run.vmid} failed: {task.exitstatus}")
    return Fact(detail={"exitstatus": task.exitstatus})


def await_status(run: Run, step: StepRecord) -> Fact:
    """Observe that the guest reached the status the action is for."""
    seen = run.await_status(rules.expected_status(run.operation.action))
    run.note_ours(seen)
    return Fact(StepOutcome.DONE, {"observed": seen.status.value})


def _send(run: Run, action: Action, seen: Observation) -> str:
    node, vmid = seen.node, seen.vmid
    if action is Action.START:
        return run.gateway.start(node, vmid)
    if action is Action.SHUTDOWN:
        return run.gateway.shutdown(node, vmid, timeout=60)
    if action is Action.STOP:
        return run.gateway.stop(node, vmid)
    return run.gateway.reboot(node, vmid)
