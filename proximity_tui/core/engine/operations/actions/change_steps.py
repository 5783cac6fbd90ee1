"""The steps of a change: write the settings once, grow the disks, read everything back.

The write of a config has no task. What came of it is read from the config, whatever was answered: a refusal may have
stored a part, and an answer may be lost. It carries the digest of the config that was shown, so Proxmox itself refuses
it when somebody else was faster.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proximity_tui.core.base.text import describe
from proximity_tui.core.doctrine.actions.changing import change_rules as rules
from proximity_tui.core.doctrine.actions.changing.stored_changes import StoredSettings, what_was_stored
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.engine.operations.actions.read_back import await_answer_in_config, read_back, record_our_change
from proximity_tui.core.engine.operations.outcome import Fact, NotNeeded, StepFailed, fact_of
from proximity_tui.core.engine.operations.step_context import StepContext, Write
from proximity_tui.core.engine.operations.write import Unanswered, code_of
from proximity_tui.core.model import GuestDetail, Plan, Refusal, StepName, StepRecord, Task
from proximity_tui.core.model.actions.plan_options import ChangeOptions, DiskGrowth
from proximity_tui.core.model.guests.guest_detail import END_NOT_KNOWN
from proximity_tui.core.proxmox.errors import Busy, ConfigChanged, Denied, ProxmoxError

_DID_NOT_FOLLOW = "Failed to update the container's filesystem"


def change(context: StepContext, step: StepRecord) -> Fact:
    """Write the settings into the config, in one request, and read what was stored; return the fact. Raises StepFailed
    where it is refused, or not all of it is stored; Interrupted where it has to be resumed.
    """
    plan = context.operation.plan
    options = plan.carries(ChangeOptions)
    if step.may_have_run:
        found = _look_up(context, plan)
        if found is not None:
            return found
    node = context.node_of(step)

    def check(seen: GuestDetail) -> Refusal | None:
        return rules.check_change(context.container, plan, seen)

    def send(permit: WritePermit) -> str:
        context.client.change_config(permit, options.changes, digest=str(plan.digest))
        return ""

    write = Write("", node, lambda: context.permit_to(WriteAction.CHANGE, node, check), send)
    try:
        context.send_once(step, write)
    except Unanswered as lost:
        return await_answer_in_config(context, lambda: _look_up(context, plan), lost.error, "the config")
    except StepFailed as failed:
        if isinstance(failed.__cause__, ProxmoxError):
            raise _refused(context, plan, failed.__cause__) from failed
        raise
    return _followed(context, *_read_back(context, plan, "the change"), _not_there(context))


def _not_there(context: StepContext) -> str:
    # Proxmox keeps no task of a config that was written, so nobody can be named.
    return f"Proxmox did not store everything of CT {context.vmid}, or somebody changed it again right after"


def grow(context: StepContext, step: StepRecord) -> Fact:
    """Grow one disk to its size, and await the task; return the fact. Raises NotNeeded where it has that size,
    StepFailed where it is refused or its task did not end well, Interrupted where it has to be resumed.
    """
    growth = _growth_of(context, step)
    node = context.latest_node_of(step)

    def check(seen: GuestDetail) -> Refusal | None:
        if rules.is_grown(growth, seen.config or {}):
            raise NotNeeded(f"{growth.disk} has {growth.size} already")
        return rules.check_growth(context.container, growth, seen)

    write = Write(
        task_type="resize",
        node=node,
        permit=lambda: context.permit_to(WriteAction.GROW, node, check),
        send=lambda permit: context.client.grow(permit, growth, digest=permit.digest),
    )
    task = context.ask(step, write)
    fact = fact_of(task, f"{growth.disk} of CT {context.vmid} was not grown")
    context.warnings += _of_file_system(context, growth, task)
    return fact


def _of_file_system(context: StepContext, growth: DiskGrowth, task: Task) -> tuple[str, ...]:
    """Return the warning of a file system that did not grow with its disk. Proxmox calls the task OK all the same, and
    says it in the log alone (observed on Proxmox VE 9.2).
    """
    unknown = f"whether the file system of {growth.disk} grew, too, is not known"
    if not task.succeeded:
        return (f"{unknown}: {END_NOT_KNOWN}",)
    try:
        log = context.client.rest_of_task_log(task.upid)
    except ProxmoxError as error:
        return (f"{unknown}: {error.sentence}",)
    words = (line for line in log if line.startswith(_DID_NOT_FOLLOW))
    return tuple(f"{growth.disk} has {growth.size}, but its file system did not grow with it: {one}" for one in words)


def verify(context: StepContext, step: StepRecord) -> Fact:
    """Verify that everything is stored, and let the record follow the disks that have grown; return the fact. Raises
    StepFailed where something is missing, Interrupted where it cannot be read.
    """
    growth = context.operation.plan.carries(ChangeOptions).growth
    seen, stored, coming = _read_back(context, context.operation.plan)
    config = seen.config or {}
    record_our_change(context, seen, coming, [one.disk for one in growth if rules.is_grown(one, config)])
    other = [
        f"{one.disk} has {rules.size_of(one.disk, config)}, not {one.size}"
        for one in growth
        if not rules.is_grown(one, config)
    ]
    if other:
        raise StepFailed(
            f"CT {context.vmid} is not as it was asked for, or somebody changed it again: {describe(other)}"
        )
    if stored.missing:
        raise StepFailed(f"somebody changed CT {context.vmid} again meanwhile; {stored.sentence}")
    return Fact(detail={"digest": seen.digest, **_kept(stored)})


def _growth_of(context: StepContext, step: StepRecord) -> DiskGrowth:
    """Return the growth that a step is for: the steps of growing stand in the order of their disks."""
    steps = [one.seq for one in context.operation.steps if one.name is StepName.GROW]
    return context.operation.plan.carries(ChangeOptions).growth[steps.index(step.seq)]


def _read_back(
    context: StepContext, plan: Plan, taken: str = ""
) -> tuple[GuestDetail, StoredSettings, Mapping[str, Any]]:
    """Return the guest as it is now, what of the plan is stored, and the config with what is pending."""
    seen, coming = read_back(context, taken)
    return seen, what_was_stored(plan.carries(ChangeOptions).changes, seen.config or {}, coming), coming


def _followed(
    context: StepContext, seen: GuestDetail, stored: StoredSettings, coming: Mapping[str, Any], why: str
) -> Fact:
    """Return the fact of a write of which everything is stored; raise StepFailed, with the reason `why`, when something
    is missing. The record follows what was stored first.
    """
    record_our_change(context, seen, coming, stored.kept)
    if stored.missing:
        raise _in_part(why, stored)
    return Fact(detail=_kept(stored))


def _refused(context: StepContext, plan: Plan, error: ProxmoxError) -> StepFailed:
    """Return the failure of a write that Proxmox refused, with what it stored all the same."""
    if isinstance(error, ConfigChanged):
        refusal = refusals.config_changed(plan.name)
        return StepFailed(f"nothing was stored: {refusal.reason}", refusal.code)
    seen, stored, coming = _read_back(context, plan)
    # A lock is a change of the config, and by somebody else.
    if seen.digest == plan.digest or isinstance(error, Busy | Denied):
        return StepFailed(f"{error.sentence}; nothing was stored", code_of(error), _kept(stored))
    record_our_change(context, seen, coming, stored.kept)
    return _in_part(error.sentence, stored)


def _in_part(why: str, stored: StoredSettings) -> StepFailed:
    return StepFailed(f"{why}; {stored.sentence}", detail=_kept(stored))


def _kept(stored: StoredSettings) -> dict[str, tuple[str, ...]]:
    return {"stored": stored.active, "pending": stored.pending, "missing": stored.missing}


def _look_up(context: StepContext, plan: Plan) -> Fact | None:
    """Return the fact of a write whose answer was lost, by the config; None while that is the one that was shown.
    Raises StepFailed when somebody else changed it: then Proxmox refuses ours by its digest, if it still comes.
    """
    seen, stored, coming = _read_back(context, plan)
    if seen.digest == plan.digest:
        return None
    if not stored.kept:
        refusal = refusals.config_changed(plan.name)
        raise StepFailed(f"nothing was stored: {refusal.reason}", refusal.code)
    return _followed(context, seen, stored, coming, f"the answer to the change of CT {context.vmid} was lost")
