"""Interrupted operations: finding them, resuming them, or closing them truthfully. Nothing here starts automatically.

A resume continues from the journal and first looks up the outcome of a request whose answer was lost. An abandon only
reads, and records what it observes.
"""

from __future__ import annotations

from dataclasses import replace

from proximity_tui.core.base.text import describe
from proximity_tui.core.doctrine.actions.create.creation_settings import not_kept
from proximity_tui.core.doctrine.actions.deletion import HARD_PHRASE, ending_when_gone, is_destroyed
from proximity_tui.core.doctrine.actions.sent_requests import (
    is_outlived,
    is_unanswered,
    requests_sentence,
    volume_of,
)
from proximity_tui.core.doctrine.actions.state_after_failure import is_gone
from proximity_tui.core.doctrine.observation.expected_fingerprint import recognise
from proximity_tui.core.doctrine.observation.identity import another_guest
from proximity_tui.core.engine.operations.ending import may_still_come, settle_to_observed
from proximity_tui.core.engine.operations.heartbeat import beating
from proximity_tui.core.engine.operations.outcome import Done, Outcome
from proximity_tui.core.engine.operations.step_context import StepContext
from proximity_tui.core.model import (
    Action,
    ClosedReason,
    Container,
    GuestDetail,
    GuestLookup,
    GuestNotSeen,
    Match,
    Operation,
    OperationStatus,
    Plan,
    Presence,
    Refusal,
    RefusalCode,
    Step,
    StepName,
    StepOutcome,
    StepRecord,
)
from proximity_tui.core.model.actions.plan import OperationBound
from proximity_tui.core.model.actions.plan_options import CreateOptions
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.records import operations, records


def progress_sentence(operation: Operation, *, only_recorded: bool = False) -> str:
    """Return what is known of an interrupted operation, as a sentence: where it stopped, the steps done before, and the
    requests sent with their outcomes; with `only_recorded` no more than those recorded.
    """
    sent = requests_sentence(operation, only_recorded=only_recorded)
    done = [step.name.words for step in operation.steps if step.outcome is StepOutcome.DONE]
    current = operation.current
    if current is None:
        return f"every step was done; {sent}"
    before = f"; done before: {describe(done)}" if done else ""
    return f"it stopped at step {operation.progress} ({current.name.words}){before}; {sent}"


def plan_resume(
    operation: Operation, record: Container | None, seen: GuestLookup | None, *, again: bool
) -> Plan | Refusal:
    """Return the plan of a resume from here, with the guest that is at the VMID now; or the refusal. With `again` a
    destroy whose answer was lost is sent a second time if there is no task of it; otherwise it never is.
    """
    step = operation.current
    unanswered = step is not None and step.name is StepName.DESTROY and is_unanswered(step)
    if again and not unanswered:
        return Refusal(
            RefusalCode.INVALID, f"operation {operation.id} has no destroy without an answer: there is none to repeat"
        )
    left = [one for one in operation.steps if one.outcome not in (StepOutcome.DONE, StepOutcome.SKIPPED)]
    steps = tuple(Step(one.name, _reason_to_resume(one, again=again)) for one in left)
    planned = _plan_to_end(operation, record, seen, steps, "resume")
    options = operation.plan.options
    lacking = not_kept(options) if isinstance(options, CreateOptions) and operation.nothing_ran else None
    return replace(planned, warnings=(*planned.warnings, lacking)) if lacking else planned


def plan_abandon(operation: Operation, record: Container | None, seen: GuestLookup | None) -> Plan:
    """Return the plan of abandoning from here, with the guest that is at the VMID now."""
    inspect = Step(StepName.INSPECT, "inspect the guest and record what is seen; nothing is changed at Proxmox")
    return _plan_to_end(operation, record, seen, (inspect,), "abandon")


def _plan_to_end(
    operation: Operation, record: Container | None, seen: GuestLookup | None, steps: tuple[Step, ...], verb: str
) -> Plan:
    """Return the plan of a resume or an abandon (`verb`) of an interrupted operation, with the guest that is there."""
    now = _who_is_there(record, seen)
    return Plan(
        action=operation.action,
        cluster=operation.cluster,
        vmid=operation.vmid,
        node=operation.plan.node,
        name=operation.name,
        steps=steps,
        summary=f"{verb} {operation.action} of {operation.name} ({operation.cluster}/{operation.vmid}):"
        f" {progress_sentence(operation, only_recorded=is_gone(operation, record, seen))}",
        bound_to=OperationBound(operation.id, operation.owner, operation.heartbeat_at),
        warnings=(now,) if now else (),
    )


def _reason_to_resume(step: StepRecord, *, again: bool) -> str:
    """Return what a resume does at an open step, as its reason in the plan."""
    if step.task:
        return f"follow its task {step.task}; it is not sent again"
    if not step.may_have_run:
        return step.reason
    if step.name is StepName.CHANGE:
        return "it was sent and has no answer: read the config; it is sent again only where that is unchanged"
    advice = "it was sent and has no answer: look for its task, and check whether it is still needed"
    if step.name is not StepName.DESTROY:
        return f"{advice}; it is sent again only after that"
    if not again:
        return f"{advice}; a second destroy is not sent (that takes --destroy-again)"
    return f"{advice}; if there is no task of it and the container is still there, send the destroy a SECOND time"


def _who_is_there(record: Container | None, seen: GuestLookup | None) -> str | None:
    """Return a sentence about the guest at the VMID now; None where there is no VMID to inspect."""
    if seen is None or record is None:
        return None
    if not isinstance(seen, GuestDetail):
        return f"CT {seen.vmid} now: {seen.presence}: {seen.reason}"
    identity = recognise(record, seen.fingerprint, seen.lock)
    if identity.match is Match.DIFFERENT:
        return f"{another_guest(seen.vmid, identity)}; nothing is sent to it"
    return f"CT {seen.vmid} is {seen.status} on {seen.node} now; {identity.sentence}"


def abandon(context: StepContext) -> Outcome:
    """End an interrupted operation without any write to Proxmox: the record becomes what is observed. Return the
    outcome.

    The record of a guest that is gone after its destroy was requested is closed.
    """
    operation = context.operation
    with beating(operation.id, context.owner, context.settings.heartbeat):
        _end_as_observed(context)
    ended = operations.get(operation.id)
    container = records.get(ended.container) if ended.container is not None else None
    return Done(plan=ended.plan, container=container, operation=ended)


def _end_as_observed(context: StepContext) -> None:
    lookup = context.guest.inspect_when_quiet(destroyed=is_destroyed(context.operation))
    ending = _ending_by(context, lookup)
    unproved = ending is not None and not is_destroyed(context.operation)
    if unproved or may_still_come(context.operation, lookup):
        # Nothing is known to have done it, or to have ended: a miss is not a proof, so a second one must agree (law 2).
        context.clock.sleep(context.settings.confirm_after.total_seconds())
        lookup = context.guest.inspect_when_quiet()
        ending = _ending_by(context, lookup)
    gone = is_gone(context.operation, context.container, lookup)
    reason = f"abandoned; {progress_sentence(context.operation, only_recorded=gone)}"
    if ending is not None:
        _close(context, ending, reason)
    else:
        settle_to_observed(context, reason, OperationStatus.ABANDONED, lookup)


def _ending_by(context: StepContext, lookup: GuestLookup) -> ClosedReason | None:
    """Return the reason to close the record, by one look at its guest; None where that is not gone. A destroy whose
    task is seen to have failed is not called the reason.
    """
    if not isinstance(lookup, GuestNotSeen) or lookup.presence is not Presence.ABSENT:
        return None
    ending = ending_when_gone(context.operation)
    failed = ending is ClosedReason.DESTROYED and _destroy_failed(context)
    return ClosedReason.GONE if failed else ending


def _destroy_failed(context: StepContext) -> bool:
    """Return whether the task of our destroy is seen to have failed, or the guest was seen alive long after it: then
    somebody else was faster, or nobody knows.
    """
    if is_destroyed(context.operation):
        return False
    if is_outlived(context.operation, context.container.observed_at):
        return True
    try:
        return context.client.task(str(context.operation.step(StepName.DESTROY).task)).failed
    except ProxmoxError:
        return False


def _close(context: StepContext, ending: ClosedReason, reason: str) -> None:
    """Close the record of a guest that is gone, and the operation with it."""
    operation = context.operation
    unclear = f"{context.container.label} is gone; it is not known whether our destroy removed it"
    with context.writing():
        records.close(
            context.container,
            reason=ending,
            actor=operation.actor,
            action=Action.HARD_DELETE,
            message=HARD_PHRASE if ending is ClosedReason.DESTROYED else unclear,
            evidence={
                "operation": operation.id,
                "found": "gone when the operation was abandoned",
                "backup": volume_of(operation),
            },
        )
        operations.finish(operation.id, OperationStatus.ABANDONED, reason, owner=context.owner)
