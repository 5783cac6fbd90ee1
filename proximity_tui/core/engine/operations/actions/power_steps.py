"""The steps of a power action: send the request, then observe. A task that ended OK does not prove that the container
runs.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.actions import plan_validity
from proximity_tui.core.doctrine.actions import power_rules as rules
from proximity_tui.core.doctrine.guards import checks
from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.engine.operations.outcome import Fact, NotNeeded, end_not_known, fact_of, not_listed
from proximity_tui.core.engine.operations.step_context import StepContext, Write
from proximity_tui.core.model import Action, GuestDetail, Refusal, Status, StepName, StepOutcome, StepRecord
from proximity_tui.core.model.actions.plan_options import PowerOptions
from proximity_tui.core.proxmox.client import PveClient

_TASKS = {
    Action.START: "vzstart|hastart",
    Action.SHUTDOWN: "vzshutdown|hastop",
    Action.STOP: "vzstop|hastop",
    Action.REBOOT: rules.REBOOT,
}
_WRITE_ACTIONS = {
    Action.START: WriteAction.START,
    Action.SHUTDOWN: WriteAction.SHUTDOWN,
    Action.STOP: WriteAction.STOP,
    Action.REBOOT: WriteAction.REBOOT,
}


def ask(context: StepContext, step: StepRecord) -> Fact:
    """Send the one request of this power action and await its task; return the fact. Raises StepFailed where it is
    refused or its task did not end well, Interrupted where it has to be resumed, and NotNeeded where it was sent before
    without an answer and the guest is as it was wanted.
    """
    action, node = context.operation.action, context.node_of(step)
    options = context.operation.plan.options
    known = options.done_before if isinstance(options, PowerOptions) else None

    def check(seen: GuestDetail) -> Refusal | None:
        refused = rules.check_power(context.container, action, seen)
        if refused and step.may_have_run and refused.code in rules.pointless_of(action):
            # Asked before without an answer, and the guest is as it was wanted: nothing more is sent.
            raise NotNeeded(refused.reason)
        return refused or plan_validity.check_not_done_since(known, _TASKS[action], "rebooted", seen)

    def check_unlisted(seen: GuestDetail) -> Refusal:
        check(seen)
        # Somebody may have undone it since.
        unknown = checks.check_known(context.container, seen)
        if unknown is None:
            raise not_listed(context.operation.id, rules.why_perhaps_done(action, seen))
        return unknown

    write = Write(
        task_type=_TASKS[action],
        node=node,
        permit=lambda: context.permit_to(_WRITE_ACTIONS[action], node, check),
        send=lambda permit: _send(context.client, action, permit),
        unlisted=lambda: context.inspect_unlisted(_WRITE_ACTIONS[action], node, check_unlisted),
    )
    return fact_of(context.ask(step, write), f"{action} of CT {context.vmid} failed")


def await_status(context: StepContext, step: StepRecord) -> Fact:
    """Observe that the guest reached the status that the action is for; return the fact. Raises StepFailed where it
    certainly did not, or another guest is there; Interrupted where it may still.
    """
    action, asked = context.operation.action, context.operation.step(StepName.ASK)
    seen = context.guest.await_status(rules.expected_status(action), exitstatus=asked.detail.get("exitstatus"))
    context.guest.note_ours(seen)
    if action is Action.REBOOT and asked.end_is_unclear:
        raise end_not_known(context.operation.id, rules.why_perhaps_done(action, seen))
    return Fact(StepOutcome.DONE, {"observed": seen.status.value})


def start_once(context: StepContext, step: StepRecord, *, done: str) -> Fact:
    """Start a container as one step of another action, and observe that it runs; return the fact. `done` is what was
    done before, for the message of a failure. Raises NotNeeded where it runs, StepFailed where it was not or cannot be
    started, Interrupted where it has to be resumed.
    """
    node = context.latest_node_of(step)

    def check(seen: GuestDetail) -> Refusal | None:
        if seen.status is Status.RUNNING:
            raise NotNeeded("it runs already")
        return rules.check_power(context.container, Action.START, seen)

    write = Write(
        task_type=_TASKS[Action.START],
        node=node,
        permit=lambda: context.permit_to(WriteAction.START, node, check),
        send=context.client.start,
    )
    fact = fact_of(context.ask(step, write), f"CT {context.vmid} was {done}, but did not start")
    context.guest.await_status(Status.RUNNING, exitstatus=fact.detail["exitstatus"])
    return fact


def _send(client: PveClient, action: Action, permit: WritePermit) -> str:
    if action is Action.START:
        return client.start(permit)
    if action is Action.SHUTDOWN:
        return client.shutdown(permit, timeout=60)
    if action is Action.STOP:
        return client.stop(permit)
    return client.reboot(permit)
