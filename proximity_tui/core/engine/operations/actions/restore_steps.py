"""The steps of restoring a container from a backup: restore, verify, start if it ran, settle.

The record comes first, as `deploying`, and follows the one of the container that is gone. Once the guest is seen to be
what the backup promised, it is what the lost one was: its kind, its history, its ports.
"""

from __future__ import annotations

from proximity_tui.core.base.text import plain
from proximity_tui.core.doctrine.actions.restore import restored_guest
from proximity_tui.core.doctrine.guards.write_permit import WritePermit
from proximity_tui.core.engine.operations import new_guest
from proximity_tui.core.engine.operations.actions.read_back import require_settled, see_whole
from proximity_tui.core.engine.operations.outcome import Fact, StepFailed, task_failure
from proximity_tui.core.engine.operations.step_context import StepContext, Write
from proximity_tui.core.model import (
    Action,
    Actor,
    ClosedReason,
    Container,
    GuestDetail,
    Operation,
    Plan,
    Presence,
    State,
    StepOutcome,
    StepRecord,
    Task,
)
from proximity_tui.core.model.actions.plan import RestoreBound
from proximity_tui.core.model.actions.plan_options import RestoreOptions, UnreadablePlan
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.store_errors import LostRace
from proximity_tui.core.store.records import operations, public_ports, records

_ABOUT_A_LOSS = (AlertKind.ANOMALOUS_ORPHAN, AlertKind.LOST_IN_ERROR, AlertKind.RETURNED, AlertKind.REAPPEARED)
_EXPECTED = (State.REMOVING, State.ERROR)
_ARCHIVER = "tar: "


def begin(agreed: Plan, actor: Actor, owner: str) -> Operation:
    """Close the record of the container that is gone if it is open, add the new one, and return the started operation:
    one transaction. Raises Conflict, LostRace, UnreadablePlan.
    """
    options, bound = agreed.carries(RestoreOptions), bound_of(agreed)
    with transaction():
        lost = records.get(bound.record)
        if lost.version != bound.version:
            raise LostRace(f"our record of {lost.name} changed since the plan")
        if back := records.find_successor(lost.id):
            # A closed record does not change: two restores to two VMIDs would both continue it.
            raise LostRace(f"{lost.name} came back since the plan: {back.label} follows it")
        if not lost.is_tombstone:
            _close(lost, options, actor)
        container = records.add(
            records.NewRecord(
                cluster=agreed.cluster,
                vmid=agreed.vmid,
                node=agreed.node,
                name=agreed.name,
                kind=options.kind,
                state=State.DEPLOYING,
                marker=options.fingerprint.marker if options.fingerprint is not None else None,
                predecessor=options.predecessor,
            ),
            actor=actor,
            action=Action.RESTORE,
            message=f"restoring {agreed.name} (CT {agreed.vmid} on {agreed.node}) from {options.backup}",
            evidence={"backup": options.backup, "lost": lost.id},
        )
        return operations.begin(agreed, container, actor, owner, transient=None, message=f"started: {agreed.summary}")


def bound_of(plan: Plan) -> RestoreBound:
    """Return what a plan of a restore is bound to. Raises UnreadablePlan."""
    if isinstance(plan.bound_to, RestoreBound):
        return plan.bound_to
    raise UnreadablePlan(f"the plan to restore {plan.name} does not say which container is gone")


def _close(lost: Container, options: RestoreOptions, actor: Actor) -> None:
    records.close(
        lost,
        reason=ClosedReason.REMOVED if lost.state in _EXPECTED else ClosedReason.VANISHED,
        actor=actor,
        action=Action.RESTORE,
        message=f"{lost.label} is gone: its record is closed, and it is restored from {options.backup}",
        evidence={"backup": options.backup},
    )


def restore(context: StepContext, step: StepRecord) -> Fact:
    """Restore the backup at a free VMID, once, and await the task; return the fact. Raises NotNeeded where it was asked
    for before and a guest is there, StepFailed where it is refused or its task did not end well, Interrupted where it
    has to be resumed.
    """
    plan = context.operation.plan
    options, node = plan.carries(RestoreOptions), str(plan.node)
    # Asked before without an answer: whether what is there is ours is seen by its fingerprint, in the next step.
    taken = f"CT {context.vmid} is there" if step.may_have_run else None
    write: Write[WritePermit] = Write(
        task_type="vzrestore",
        node=node,
        permit=lambda: context.last_inspection.permit_to_make(node, context.vmid, taken=taken),
        send=lambda permit: context.client.restore(permit, options),
    )
    task = context.ask(step, write, timeout=context.settings.backup_timeout)
    if task.failed:
        failure = task_failure(f"Proxmox could not restore CT {context.vmid}", _words(context, task))
        raise StepFailed(f"{failure.reason}; {_what_is_left(context)}", failure.code)
    return Fact(detail={"exitstatus": task.exitstatus})


def verify(context: StepContext, step: StepRecord) -> Fact:
    """Verify that what was restored is what the backup promised; then record its fingerprint and clinical record, give
    it its ports back as far as they are free, resolve the alerts about the loss, and return the fact. Raises
    StepFailed for another container, Interrupted where it cannot be read.
    """
    options = context.operation.plan.carries(RestoreOptions)
    seen, captured = see_whole(context, lambda: _recognised(context, options))
    assert seen.fingerprint is not None, "what is recognised has a fingerprint"
    container = context.container
    with context.writing():
        new_guest.record_identity(context, container, seen.fingerprint, captured, "restored")
        public_ports.take_back(container.id, options.ports)
        _resolve_alerts(context, container)
    return Fact(detail={"digest": seen.digest})


def _recognised(context: StepContext, options: RestoreOptions) -> GuestDetail:
    """Return the restored container. Raises StepFailed for one that is not what the backup promised, Interrupted where
    that cannot be read, or its config is not that of a whole guest.
    """
    seen = new_guest.see_unlocked(context)
    if seen.fingerprint is None:
        raise new_guest.unread(seen)
    require_settled(seen)
    if context.operation.steps[0].outcome is StepOutcome.SKIPPED and not restored_guest.identifies(
        options.fingerprint, unique=options.unique
    ):
        raise StepFailed(f"CT {seen.vmid} is there, but nothing shows that we restored it: adopt it if it is yours")
    broken = restored_guest.broken_promises(options.fingerprint, seen.fingerprint, unique=options.unique)
    if broken:
        raise StepFailed(f"CT {seen.vmid} is not as expected after the restore: {'; '.join(broken)}")
    return seen


def settle(context: StepContext, step: StepRecord) -> Fact:
    """Set the record to what is observed, say which ports it did not get back, and return the fact. One transaction
    ends the operation. Raises StepFailed where another guest is there, Interrupted where none is seen or its status is
    not known.
    """
    options = context.operation.plan.carries(RestoreOptions)

    def final_event(container: Container, seen: GuestDetail) -> new_guest.FinalEvent:
        lacking = [port.public for port in options.ports if port not in container.ports]
        message = f"restored {container.label} from {options.backup}, {seen.status}"
        return new_guest.FinalEvent(
            message, {"backup": options.backup, "ports_taken": lacking}, _ports_sentence(lacking)
        )

    return new_guest.finish_new_guest(context, step, final_event)


def _resolve_alerts(context: StepContext, container: Container) -> None:
    if container.predecessor is None:
        return
    for kind in _ABOUT_A_LOSS:
        key = alerts.key_of(kind, container=container.predecessor)
        alerts.resolve(key, f"restored as {container.label}", by=context.operation.actor)


def _ports_sentence(lacking: list[int]) -> str | None:
    if not lacking:
        return None
    one = len(lacking) == 1
    numbers = ", ".join(map(str, lacking))
    return f"restored without public {'port' if one else 'ports'} {numbers}: {'it is' if one else 'they are'} taken"


def _what_is_left(context: StepContext) -> str:
    """Return what a failed restore left at its VMID, as seen now: Proxmox removes it all, unless its worker died."""
    seen = context.guest.inspect_when_quiet()
    if isinstance(seen, GuestDetail):
        lock = f", locked ({seen.lock})" if seen.lock else ""
        return f"what is left of it stands at CT {seen.vmid} on {seen.node}, {seen.status}{lock}"
    if seen.presence is Presence.ABSENT:
        return f"nothing of it is left, and VMID {seen.vmid} is free"
    return f"what is left of it is not known: {seen.reason}"


def _words(context: StepContext, task: Task) -> str:
    """Return the reason of a failed restore: its exit status, and before it the line of the archiver that has it."""
    ended = task.ending
    try:
        errors = [line for line in context.client.rest_of_task_log(task.upid) if line.startswith(_ARCHIVER)]
    except ProxmoxError:
        errors = []
    return plain(f"{errors[0].removeprefix(_ARCHIVER)} ({ended})" if errors else ended, limit=1000)
