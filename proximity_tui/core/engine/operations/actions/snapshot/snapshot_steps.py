"""The steps of taking and of deleting a snapshot: one request each, and the proof in the list.

A task that ended well is no proof. A request whose answer was lost is looked up in the tasks, then in the list, and is
sent again only when neither has it.
"""

from __future__ import annotations

from collections.abc import Callable

from proximity_tui.core.base.clock import attempts
from proximity_tui.core.doctrine.actions import plan_validity
from proximity_tui.core.doctrine.actions.snapshot import snapshot_rules as rules
from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.engine.operations.last_inspection import Check
from proximity_tui.core.engine.operations.outcome import Fact, NotNeeded, StepFailed, end_of_task, fact_of
from proximity_tui.core.engine.operations.step_context import StepContext, Write
from proximity_tui.core.model import GuestDetail, Refusal, RefusalCode, StepRecord, Task
from proximity_tui.core.model.actions.plan_options import SnapshotOptions
from proximity_tui.core.model.guests.guest_snapshot import SnapshotList
from proximity_tui.core.proxmox.errors import GuestNotFound

_TASKS = {WriteAction.SNAPSHOT: "vzsnapshot", WriteAction.DELETE_SNAPSHOT: "vzdelsnapshot"}


def take(context: StepContext, step: StepRecord) -> Fact:
    """Take the snapshot once, and await the task; return the fact. Raises StepFailed where it is refused, its task did
    not end well, or somebody else took one of that name; Interrupted where it has to be resumed; NotNeeded where it was
    asked for before without an answer, and is listed.
    """
    plan, options = context.operation.plan, context.operation.plan.carries(SnapshotOptions)

    def skip_if_done() -> None:
        found = _list_now(context).find(options.name)
        if found is None:
            return
        if not rules.may_be_ours(found, options):
            reason = f"somebody else took a snapshot {options.name} of CT {context.vmid} meanwhile; ours was not taken"
            raise StepFailed(reason, RefusalCode.NAME_TAKEN)
        raise NotNeeded(f"{options.name} is listed; it was asked for before, without an answer")

    def check(seen: GuestDetail) -> Refusal | None:
        return rules.check_take(context.container, seen) or plan_validity.check_config_and_node(plan, seen)

    def send(permit: WritePermit) -> str:
        return context.client.take_snapshot(permit, name=options.name, note=options.note)

    task = _ask(context, step, WriteAction.SNAPSHOT, skip_if_done, check, send)
    return fact_of(task, f"Proxmox could not take snapshot {options.name} of CT {context.vmid}")


def prove_taken(context: StepContext, step: StepRecord) -> Fact:
    """Verify that the snapshot is listed, and whole; return the fact. Raises StepFailed where it is not."""
    name = context.operation.plan.carries(SnapshotOptions).name
    for _ in attempts(context.clock, context.settings.settle_timeout):
        found = _list_now(context).find(name)
        if found is not None and found.state is None:
            return Fact(detail={"snapshot": found.name, "at": found.at})
    state = "is not listed" if found is None else f"is not whole (snapstate = {found.state})"
    raise StepFailed(end_of_task(_exitstatus(context), f"snapshot {name} of CT {context.vmid} {state}"))


def delete(context: StepContext, step: StepRecord) -> Fact:
    """Delete the snapshot once, and await the task; return the fact. Raises StepFailed where it is refused or its task
    did not end well, Interrupted where it has to be resumed, NotNeeded where it was asked for before without an answer,
    and is not listed.
    """
    plan, options = context.operation.plan, context.operation.plan.carries(SnapshotOptions)

    def skip_if_done() -> None:
        if _list_now(context).find(options.name) is None:
            raise NotNeeded(f"{options.name} is not listed any more; that was asked for before, without an answer")

    def check(seen: GuestDetail) -> Refusal | None:
        refused = rules.check_delete(context.container, seen, unsure_confirmed=options.unsure_confirmed)
        return refused or plan_validity.check_config_and_node(plan, seen)

    def send(permit: WritePermit) -> str:
        return context.client.delete_snapshot(permit, name=options.name)

    task = _ask(context, step, WriteAction.DELETE_SNAPSHOT, skip_if_done, check, send)
    return fact_of(task, f"Proxmox could not delete snapshot {options.name} of CT {context.vmid}")


def prove_deleted(context: StepContext, step: StepRecord) -> Fact:
    """Verify that the snapshot is not listed any more, in a list that was read whole; return the fact. Raises
    StepFailed where it is, or the list was never whole.
    """
    name = context.operation.plan.carries(SnapshotOptions).name
    for _ in attempts(context.clock, context.settings.settle_timeout):
        listed = _list_now(context)
        if listed.find(name) is None and not listed.gaps:
            return Fact(detail={"snapshots": [one.name for one in listed.snapshots]})
    why = "; ".join(listed.gaps) or f"snapshot {name} of CT {context.vmid} is still listed"
    raise StepFailed(end_of_task(_exitstatus(context), why))


def _exitstatus(context: StepContext) -> object:
    """Return the exit status of the task of the first step, if it is known."""
    return context.operation.steps[0].detail.get("exitstatus")


def _ask(
    context: StepContext,
    step: StepRecord,
    action: WriteAction,
    skip_if_done: Callable[[], None],
    check: Check,
    send: Callable[[WritePermit], str],
) -> Task:
    """Return the task of the one request of a step; see `Write`."""
    node = context.node_of(step)
    write = Write(
        task_type=_TASKS[action],
        node=node,
        permit=lambda: context.permit_to(action, node, check),
        send=send,
        skip_if_done=skip_if_done,
    )
    return context.ask(step, write)


def _list_now(context: StepContext) -> SnapshotList:
    """Return the snapshots of the container where its first step was sent to, or where somebody moved it since."""
    try:
        return context.client.snapshots(context.node_of(context.operation.steps[0]), context.vmid)
    except GuestNotFound:
        seen = context.guest.observe()
        context.guest.refuse_another_guest(seen)
        return context.client.snapshots(seen.node, context.vmid)
