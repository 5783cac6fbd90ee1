"""The steps of a hard delete: shut down, stop, destroy, prove it, then close the record. (The backup: see `backup`.)

Each step may be entered again after a crash: it first reads the current state, and sends nothing that already happened.
"""

from __future__ import annotations

from proximity_tui.core.base.clock import attempts
from proximity_tui.core.doctrine.actions import plan_validity
from proximity_tui.core.doctrine.actions.deletion import HARD_PHRASE, HardOptions, ending_when_gone, is_destroyed
from proximity_tui.core.doctrine.actions.sent_requests import evidence_of, is_unanswered, unanswered_destroy
from proximity_tui.core.doctrine.guards.permit import DestroyPermit
from proximity_tui.core.doctrine.guards.provenance import check_ours
from proximity_tui.core.doctrine.guards.proxmox_words import meaning_of
from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.doctrine.observation.identity import another_guest, identify
from proximity_tui.core.engine.operations.actions import backup_steps
from proximity_tui.core.engine.operations.last_inspection import Permitted
from proximity_tui.core.engine.operations.outcome import Fact, Interrupted, NotNeeded, StepFailed, fact_of, task_failure
from proximity_tui.core.engine.operations.step_context import StepContext, Write
from proximity_tui.core.model import (
    Action,
    ClosedReason,
    GuestDetail,
    GuestLookup,
    GuestNotSeen,
    Match,
    Operation,
    Presence,
    Refusal,
    Status,
    StepName,
    StepRecord,
    names,
)
from proximity_tui.core.model.guests.guest_detail import END_NOT_KNOWN
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.records import identity_trail, records

_POLL = 1.0


class _LeftToHa(Exception):
    """HA was asked to stop the guest and does it by itself: no stop is sent."""


def shutdown(context: StepContext, step: StepRecord) -> Fact:
    """Request a clean shutdown; return the fact. A guest that does not shut down is no failure: the next step stops it.
    Raises NotNeeded where it is stopped, StepFailed where it may not be shut down, or the backup that follows would be
    refused; Interrupted where it has to be resumed.
    """
    _skip_if_stopped(context, step, "it was already stopped")
    seconds = HardOptions.of(context.operation.plan).shutdown_seconds
    write = Write(
        task_type="vzshutdown|hastop",
        node=context.node_of(step),
        permit=lambda: _permit(context, WriteAction.SHUTDOWN, context.node_of(step)),
        send=lambda permit: context.client.shutdown(permit, timeout=seconds),
    )
    if step.task is None:
        backup_steps.require_possible(context, step)
    task = context.ask(step, write)
    if task.succeeded:
        return Fact(detail={"exitstatus": task.exitstatus})
    if task.failed and meaning_of(str(task.exitstatus)) is not None:
        # It did not even try: what forbids the shutdown forbids the stop.
        raise task_failure(f"CT {context.vmid} could not be shut down", str(task.exitstatus))
    why = "HA did not take the request" if task.type in names.HA_TASKS else f"it did not shut down in {seconds} s"
    return Fact(detail={"exitstatus": task.exitstatus, "why": why if task.failed else END_NOT_KNOWN})


def stop(context: StepContext, step: StepRecord) -> Fact:
    """Stop the guest if it still runs, and observe that it is stopped, as nothing is destroyed while it runs; return
    the fact. Raises NotNeeded where it is stopped, StepFailed where it cannot be, Interrupted where it has to be
    resumed.
    """
    _skip_if_stopped(context, step, "it is stopped")
    asked_ha = _stops_by_ha(context.operation)
    write = Write(
        task_type="vzstop|hastop",
        node=context.node_of(step),
        permit=lambda: _permit(context, WriteAction.STOP, context.node_of(step), leave_to_ha=asked_ha),
        send=context.client.stop,
    )
    try:
        task = context.ask(step, write)
    except _LeftToHa:
        stopped = context.guest.await_status(Status.STOPPED, context.settings.task_timeout)
        return Fact(detail={"observed": stopped.status.value, "why": "HA executed the stop"})
    if task.failed:
        raise task_failure(f"CT {context.vmid} could not be stopped", str(task.exitstatus))
    stopped = context.guest.await_status(Status.STOPPED, exitstatus=task.exitstatus)
    return Fact(detail={"exitstatus": task.exitstatus, "observed": stopped.status.value})


def destroy(context: StepContext, step: StepRecord) -> Fact:
    """Inspect one last time, mint the permit, destroy, and await the task; return the fact. The permit is used up by
    the request. Raises NotNeeded where the guest is gone, StepFailed where it is refused or its task did not end well,
    Interrupted where it has to be resumed, and where an earlier destroy has no answer and nobody said to send another.
    """
    options = HardOptions.of(context.operation.plan)
    gone = "it is absent; no other destroy was sent" if step.was_sent else "it was already absent; no destroy was sent"

    def check(seen: GuestDetail) -> Refusal | None:
        refused = _refuse_unless_planned(context, seen)
        if refused is None and is_unanswered(step) and not context.destroy_again:
            raise Interrupted(unanswered_destroy(context.operation, step, context.node_of(step)))
        return refused

    def permit() -> Permitted[DestroyPermit]:
        if backup_steps.is_wanted(context.operation.plan):
            # Whether the backup is still there takes requests of its own, so it is read before the last inspection.
            _skip_if_absent(context, gone)
            backup_steps.require(context)
        purge, unsure = options.purge, options.unsure_confirmed
        return context.last_inspection.permit_to_destroy(
            context.container, context.node_of(step), check, purge=purge, unsure_confirmed=unsure, gone=gone
        )

    write = Write("vzdestroy", context.node_of(step), permit, lambda permit: context.client.destroy(permit))
    return fact_of(context.ask(step, write), f"Proxmox could not destroy CT {context.vmid}")


def prove_absent(context: StepContext, step: StepRecord) -> Fact:
    """Prove that the guest is gone, by one inspection after our own destroy, otherwise by two that agree, apart;
    return the fact. Raises StepFailed where it is still there, Interrupted where it has to be resumed.
    """
    first = _await_absence(context)
    if is_destroyed(context.operation):
        return Fact(detail={"proof": first})
    context.clock.sleep(context.settings.confirm_after.total_seconds())
    return Fact(detail={"proof": first, "second_look": _await_absence(context)})


def release(context: StepContext, step: StepRecord) -> Fact:
    """Free the ports, close the record and write the event: one transaction, after everything else is a fact. Return
    the fact. Raises LostRace when another process took the operation over, or changed the record.
    """
    container = context.container
    absent_before = ending_when_gone(context.operation) is None
    message = f"already absent: record of {container.label} closed" if absent_before else HARD_PHRASE
    with context.writing():
        records.close(
            container,
            reason=ClosedReason.ALREADY_ABSENT if absent_before else ClosedReason.DESTROYED,
            actor=context.operation.actor,
            action=Action.HARD_DELETE,
            message=message,
            evidence=evidence_of(context.operation, None if absent_before else context.operation.vmid),
        )
        context.finish(step)
    return Fact()


def _permit(
    context: StepContext, action: WriteAction, node: str, *, leave_to_ha: bool = False
) -> Permitted[WritePermit]:
    """Return the permit to stop the guest, from an inspection right now that passes every guard of a hard delete (law
    3).
    """

    def check(seen: GuestDetail) -> Refusal | None:
        if seen.status is Status.STOPPED:
            raise NotNeeded("it is stopped")
        if leave_to_ha and seen.is_run_by_ha:
            raise _LeftToHa
        return _refuse_unless_planned(context, seen)

    return context.permit_to(action, node, check)


def _refuse_unless_planned(context: StepContext, seen: GuestDetail) -> Refusal | None:
    """Return None while the guest is ours, passes every guard and is as it was planned; else the refusal."""
    container, plan = context.container, context.operation.plan
    return (
        check_ours(container, identity_trail.provenance(container.id))
        or plan_validity.check_deletion(container, seen, HardOptions.of(plan))
        or plan_validity.check_config_and_node(plan, seen)
    )


def _skip_if_stopped(context: StepContext, step: StepRecord, why: str) -> None:
    """Raise NotNeeded when the guest is already stopped, by one request at most; the last inspection checks its
    identity. A step whose task is known is followed to its end.
    """
    if step.task is not None:
        return
    seen = context.last_inspection.just_seen(context.vmid)
    try:
        status = context.client.status(context.vmid, str(context.operation.plan.node)) if seen is None else seen.status
    except ProxmoxError:
        # It may have moved, or nothing answers: the inspection that follows says what it is.
        return
    if status is Status.STOPPED:
        raise NotNeeded(why)


def _stops_by_ha(operation: Operation) -> bool:
    """Return whether HA took the request to shut the guest down: it stops what does not shut down, too."""
    asked = operation.step(StepName.SHUTDOWN)
    return asked.is_left_to_ha and asked.detail.get("exitstatus") == "OK"


def _skip_if_absent(context: StepContext, why: str) -> None:
    seen = context.guest.inspect()
    if isinstance(seen, GuestNotSeen) and seen.presence is Presence.ABSENT:
        raise NotNeeded(why)


def _await_absence(context: StepContext) -> str:
    """Return the proof that the guest is gone, once it is. After our own destroy, another guest at its VMID is a proof,
    too.
    """
    destroyed_by_us = is_destroyed(context.operation)
    for _ in attempts(context.clock, context.settings.settle_timeout, _POLL):
        lookup = context.guest.inspect(destroyed=destroyed_by_us)
        if isinstance(lookup, GuestNotSeen) and lookup.presence is Presence.ABSENT:
            return lookup.reason
        given_away = _given_away(context, lookup) if destroyed_by_us else None
        if given_away is not None:
            return given_away
    raise _not_absent(context, lookup)


def _given_away(context: StepContext, lookup: GuestLookup) -> str | None:
    """Return the sentence about a VMID that another guest has by now; None where it is not known to have it."""
    given = f"VMID {context.vmid} was already given to another guest"
    if isinstance(lookup, GuestNotSeen):
        return f"{given}: {lookup.reason}" if lookup.presence is Presence.REPLACED else None
    return given if identify(context.container, lookup.fingerprint).match is Match.DIFFERENT else None


def _not_absent(context: StepContext, lookup: GuestLookup) -> StepFailed | Interrupted:
    """Return the end of the step whose guest is still there, or may be, or that another guest replaced."""
    unproved = "whether ours was destroyed is not known"
    if isinstance(lookup, GuestNotSeen):
        if lookup.presence is Presence.REPLACED:
            # No later inspection proves more.
            return StepFailed(f"{lookup.reason}; {unproved}")
        return Interrupted(f"the absence of CT {context.vmid} cannot be proved yet: {lookup.reason}")
    identity = identify(context.container, lookup.fingerprint)
    if identity.match is Match.DIFFERENT:
        return StepFailed(f"{another_guest(lookup.vmid, identity)}; {unproved}")
    locked = f", locked ({lookup.lock})" if lookup.lock else ""
    return StepFailed(f"CT {context.vmid} is still on {lookup.node}{locked}: it was not destroyed, its record is kept")
