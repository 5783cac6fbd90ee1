"""The steps of a move to another node: request it once, then see the same container there."""

from __future__ import annotations

from proximity_tui.core.base.clock import attempts
from proximity_tui.core.doctrine.actions import plan_validity
from proximity_tui.core.doctrine.actions.changing import migration as rules
from proximity_tui.core.doctrine.guards import checks, refusals
from proximity_tui.core.doctrine.guards.write_permit import WriteAction
from proximity_tui.core.engine.operations import new_guest
from proximity_tui.core.engine.operations.actions.read_back import record_our_change
from proximity_tui.core.engine.operations.outcome import (
    Fact,
    Interrupted,
    NotNeeded,
    StepFailed,
    end_of_task,
    fact_of,
    not_listed,
)
from proximity_tui.core.engine.operations.step_context import StepContext, Write
from proximity_tui.core.model import GuestDetail, Lock, Operation, Refusal, Status, StepName, StepRecord
from proximity_tui.core.model.actions.plan import GuestBound
from proximity_tui.core.model.actions.plan_options import MigrateOptions
from proximity_tui.core.model.guests.guest_config import ROOT, Device, devices

_POLL = 1.0


def migrate(context: StepContext, step: StepRecord) -> Fact:
    """Request the move once, and await its task, which may copy disks for hours; return the fact. Raises NotNeeded
    where the container is there, StepFailed where it is refused or its task did not end well, Interrupted where it has
    to be resumed.
    """
    options, node = context.operation.plan.carries(MigrateOptions), context.node_of(step)

    def check(seen: GuestDetail) -> Refusal | None:
        return _check_not_there(context, seen) or _check(context, node, seen)

    def check_unlisted(seen: GuestDetail) -> Refusal:
        unknown = _check_not_there(context, seen)
        if unknown is None:
            was_moved = f"whether it was moved to {options.target}, and back since, is not known"
            raise not_listed(context.operation.id, f"CT {seen.vmid} is on {seen.node}, and {was_moved}")
        return unknown

    write = Write(
        task_type="vzmigrate|hamigrate",
        node=node,
        permit=lambda: context.permit_to(WriteAction.MIGRATE, node, check),
        send=lambda permit: context.client.migrate(permit, options),
        unlisted=lambda: context.inspect_unlisted(WriteAction.MIGRATE, node, check_unlisted),
    )
    return fact_of(
        context.ask(step, write, timeout=context.settings.backup_timeout),
        f"CT {context.vmid} was not moved to {options.target}",
    )


def _check_not_there(context: StepContext, seen: GuestDetail) -> Refusal | None:
    """Return the refusal where it is not certain that the guest is the recorded one. Raises NotNeeded where it is on
    its new node.
    """
    if seen.node == context.operation.plan.carries(MigrateOptions).target:
        raise NotNeeded(f"CT {seen.vmid} is on {seen.node}")
    return checks.check_known(context.container, seen)


def _check(context: StepContext, node: str, seen: GuestDetail) -> Refusal | None:
    """Return why the guest may not be moved from `node`, or is not as it was agreed; else None."""
    plan = context.operation.plan
    return (
        (refusals.moved(plan.name, node, seen.node) if seen.node != node else None)
        or rules.check_migration(context.container, seen, plan.carries(MigrateOptions).target)
        or plan_validity.check_unchanged(plan, seen)
    )


def verify(context: StepContext, step: StepRecord) -> Fact:
    """Verify that the same container is on the other node, in the status that it had: the task's OK is no proof, and HA
    only queues. Return the fact. Raises StepFailed where it is not, Interrupted where it is not yet or not known.
    """
    seen = _await_there(context)
    if seen.fingerprint is None:
        # It may be another one, and its disks may have other names there.
        raise new_guest.unread(seen)
    before = context.container.fingerprint
    renamed = before is not None and seen.fingerprint is not None and seen.fingerprint.rootfs != before.rootfs
    config = seen.config or {}
    # A copy may have another name on the other node; what was there before stays what it was.
    disks = [ROOT, *(key for key, _ in devices(config, Device.MOUNT))] if renamed else []
    record_our_change(context, seen, config, disks)
    return Fact(detail={"observed": seen.status.value, "node": seen.node})


def _await_there(context: StepContext) -> GuestDetail:
    """Return the container once it is seen on its new node. Raises Interrupted when it is not in time, StepFailed when
    another one is seen, and where somebody did something else with it after it had arrived: no waiting ends that.
    """
    plan, bound = context.operation.plan, context.operation.plan.bound_to
    options = plan.carries(MigrateOptions)
    wanted = bound.status if isinstance(bound, GuestBound) else None
    by_ha = _is_moved_by_ha(context.operation, options)
    patience = context.settings.task_timeout if by_ha else context.settings.settle_timeout
    for _ in attempts(context.clock, patience, _POLL):
        seen = context.guest.observe(patience)
        context.guest.refuse_another_guest(seen)
        # One that was to arrive stopped may have been started there since, and any may be backed up already.
        arrived = seen.node == options.target and seen.lock != Lock.MIGRATE
        if arrived and (seen.status is wanted or wanted is Status.STOPPED):
            return seen
    raise _not_there(context.operation, seen, wanted, by_ha=by_ha)


def _not_there(operation: Operation, seen: GuestDetail, wanted: Status | None, *, by_ha: bool) -> Exception:
    """Return the error for a container that was not seen in time where and as it was `wanted`."""
    target = operation.plan.carries(MigrateOptions).target
    # HA only queues; the task of any other move has ended.
    if by_ha or seen.lock == Lock.MIGRATE or seen.status is Status.UNKNOWN:
        lock = f", locked ({seen.lock})" if seen.lock else ""
        told = f"CT {seen.vmid} is {seen.status} on {seen.node}{lock}, not yet {wanted} on {target}: wait and resume"
        return Interrupted(told)
    if seen.node == target:
        return StepFailed(f"CT {seen.vmid} is on {target}, but it is {seen.status} and was {wanted} before")
    if operation.step(StepName.MIGRATE).end_is_unclear:
        return StepFailed(end_of_task(None, f"CT {seen.vmid} is on {seen.node} and not on {target}"))
    return StepFailed(f"CT {seen.vmid} was moved to {target}, and somebody moved it on to {seen.node}")


def _is_moved_by_ha(operation: Operation, options: MigrateOptions) -> bool:
    """Return whether HA moves the container: by the task, as it may have been given to HA, or taken from it, since the
    plan was made.
    """
    asked = operation.step(StepName.MIGRATE)
    return options.ha if asked.task is None else asked.is_left_to_ha
