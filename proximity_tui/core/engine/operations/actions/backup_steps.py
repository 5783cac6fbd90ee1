"""The steps that make a backup and prove it: the action of its own, and those of a hard delete that makes one first,
with the check of that backup before the destroy.

They may be entered again after a crash: one backup is made, however often that happens (law 5). Everything that is not
proved ends here, with nothing destroyed. `doctrine.actions.backup` says why the backup comes after the stop of a hard
delete.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from proximity_tui.core.base.clock import attempts
from proximity_tui.core.base.text import describe
from proximity_tui.core.doctrine.actions import plan_validity
from proximity_tui.core.doctrine.actions.backup import backup_now
from proximity_tui.core.doctrine.actions.backup import backup_rules as rules
from proximity_tui.core.doctrine.actions.deletion import HardOptions
from proximity_tui.core.doctrine.actions.sent_requests import volume_of
from proximity_tui.core.doctrine.guards.checks import check_stopped
from proximity_tui.core.doctrine.guards.write_permit import WriteAction
from proximity_tui.core.engine.operations import backup_guard
from proximity_tui.core.engine.operations.last_inspection import Check
from proximity_tui.core.engine.operations.outcome import (
    Fact,
    Interrupted,
    NotNeeded,
    StepFailed,
    not_listed,
    task_failure,
)
from proximity_tui.core.engine.operations.step_context import StepContext, Write
from proximity_tui.core.engine.operations.write import refused_at_once
from proximity_tui.core.model import Backup, GuestDetail, Plan, Refusal, StepName, StepRecord, Task, Unlisted
from proximity_tui.core.model.actions.plan_options import BackupOptions
from proximity_tui.core.model.privilege import Privilege
from proximity_tui.core.proxmox.errors import Denied, ProxmoxError, RefusedByProxmox

_POLL = 1.0
_ERROR = "ERROR: "


def require_possible(context: StepContext, step: StepRecord) -> None:
    """Raise StepFailed where the backup of the plan would be refused now, so that `step` shuts nothing down in vain;
    Interrupted where that cannot be read and an earlier try of the step was sent.
    """
    refused = backup_guard.refuse_without_rights({context.operation.cluster: context.client}, context.operation.plan)
    if refused and refused.unread and not context.operation.nothing_ran:
        raise Interrupted(f"{refused.reason}: resume to read it again")
    if refused:
        spared = "" if step.was_sent else "nothing was shut down: "
        raise StepFailed(f"{spared}{refused.reason}", refused.code)


def back_up(context: StepContext, step: StepRecord) -> Fact:
    """Make the backup that was asked for by name once, with every guard checked again; return the fact. Raises
    StepFailed where it is refused or its task did not end well, Interrupted where it has to be resumed.
    """
    plan = context.operation.plan

    def check(seen: GuestDetail) -> Refusal | None:
        refused = backup_now.check_backup(context.container, plan.carries(BackupOptions), seen)
        return refused or plan_validity.check_config_and_node(plan, seen)

    return _back_up(context, step, check)


def back_up_stopped(context: StepContext, step: StepRecord) -> Fact:
    """Make the backup before a destroy once, with the container stopped and every guard checked again; return the fact.
    Raises as `back_up` does.
    """
    plan = context.operation.plan

    def check(seen: GuestDetail) -> Refusal | None:
        return (
            check_stopped(seen)
            or plan_validity.check_deletion(context.container, seen, HardOptions.of(plan))
            or plan_validity.check_config_and_node(plan, seen)
        )

    return _back_up(context, step, check)


def _back_up(context: StepContext, step: StepRecord, check: Check) -> Fact:
    order, node = _order_of(context.operation.plan), context.node_of(step)
    storage = order.storage

    def listed_before() -> dict[str, object]:
        try:
            return {"backups_before": sorted(one.volid for one in _listed(context, node, storage))}
        except RefusedByProxmox as error:
            # Nobody waits for what was refused before anything was sent.
            if not context.operation.nothing_ran:
                raise
            raise refused_at_once(error, context.operation.name) from error

    write = Write(
        task_type="vzdump",
        node=node,
        permit=lambda: context.permit_to(WriteAction.BACK_UP, node, check),
        send=lambda permit: context.client.back_up(permit, order),
        note=listed_before,
        unlisted=lambda: _find_unlisted(context, step, order),
    )
    failed = f"CT {context.vmid} could not be backed up to {storage}"
    with _explaining_failures(context, failed):
        task = context.ask(step, write, timeout=context.settings.backup_timeout)
    if not task.succeeded and task.exitstatus is not None:
        raise task_failure(failed, _words(context, task))
    # Of one that Proxmox does not list any more the end is not known: the storage tells.
    doubt = {} if task.succeeded else {"why": task.ending}
    return Fact(detail={"exitstatus": task.exitstatus, **doubt})


def _find_unlisted(context: StepContext, step: StepRecord, order: BackupOptions) -> None:
    """Look for the backup of a request without an answer whose task may not be listed any more. Raises NotNeeded where
    it is there, Interrupted where another one may be it, or our token may not see it; else it was not made.
    """
    node, number = context.node_of(step), context.operation.id
    listed = context.client.backups(node, context.vmid, (order.storage,))
    new = rules.new_since(step.detail["backups_before"], listed)
    if len(new) == 1 and rules.is_as_ordered(order, new[0]):
        raise NotNeeded(f"{new[0].volid} is listed; it was asked for before, without an answer")
    if new:
        volumes = describe([one.volid for one in new])
        raise not_listed(number, f"{volumes} came since, and whether one of them is ours is not known")
    gaps = context.client.backup_list(node, context.vmid).gaps
    hidden = "; ".join(gap.sentence for gap in gaps if gap.storage in (None, order.storage))
    if hidden:
        raise not_listed(number, f"whether the backup was made is not known ({hidden})")


def prove_backup(context: StepContext, step: StepRecord) -> Fact:
    """Verify that the storage lists the new backup, as a task that ended well is not yet one; return the fact. Raises
    StepFailed where it does not, Interrupted where our token may not see it: it may be proved once that is granted.
    """
    made, order = context.operation.step(StepName.BACK_UP), _order_of(context.operation.plan)
    log, doubt = _log(context, str(made.task)) if made.task is not None else (), made.detail.get("why")
    for _ in attempts(context.clock, context.settings.settle_timeout, _POLL):
        there = context.client.backups(str(made.detail["node"]), context.vmid, (order.storage,))
        new = rules.find_new(order, made.detail["backups_before"], there, log)
        if new is not None:
            return Fact(detail={"volume": new.volid, "at": new.at, "size": new.size})
    ended = f"{doubt}, and" if doubt else "its task ended well, but"
    others = " that is known to be ours" if rules.new_since(made.detail["backups_before"], there) else ""
    unproved = f"the backup of CT {context.vmid} cannot be proved: {ended} {order.storage} lists no new one{others}"
    raise _missing(context, made, order.storage, unproved)


def is_wanted(plan: Plan) -> bool:
    """Return whether a plan makes a backup first."""
    return rules.ordered(plan) is not None


def require(context: StepContext) -> None:
    """Raise StepFailed unless the plan has no backup, or its proved backup is still listed and still the last state:
    days may lie between the proof and a resumed destroy. Raise Interrupted where that cannot be read, or not be seen.
    """
    if not is_wanted(context.operation.plan):
        return
    storage = _order_of(context.operation.plan).storage
    made, volume = context.operation.step(StepName.BACK_UP), volume_of(context.operation)
    node = str(made.detail["node"])
    try:
        listed = context.client.backups(node, context.vmid, (storage,))
        proved = next((one for one in listed if one.volid == volume), None)
        # A backup is as old as its beginning.
        began = None if made.task is None else context.client.task(made.task).started_at
        tasks = context.client.find_tasks(node, context.vmid)
        sees_all = _was_just_made(context) or _sees_tasks_of_others(context, node)
    except ProxmoxError as error:
        raise Interrupted(f"{error.sentence}") from error
    if proved is None:
        raise _missing(context, made, storage, f"its backup {volume} is not listed any more")
    outdated = rules.why_outdated(tasks, began or proved.at, made.task)
    if outdated:
        raise StepFailed(f"{outdated}; make the plan again")
    if not sees_all:
        hidden = f"tasks of others on {node} are not shown to our token (needs Sys.Audit on /nodes/{node})"
        raise Interrupted(f"{rules.START_NOT_KNOWN}: {hidden}; grant that, then resume")


def _was_just_made(context: StepContext) -> bool:
    """Return whether this try of the operation made the backup: nobody had the time to start the container since."""
    return context.first_step < context.operation.step(StepName.BACK_UP).seq


def _sees_tasks_of_others(context: StepContext, node: str) -> bool:
    return Privilege.SYS_AUDIT in context.client.permissions(f"/nodes/{node}").get(f"/nodes/{node}", ())


def _order_of(plan: Plan) -> BackupOptions:
    """Return how the backup of a plan is made. Raises UnreadablePlan for a plan that has none."""
    return rules.ordered(plan) or plan.carries(BackupOptions)


def _listed(context: StepContext, node: str, storage: str) -> tuple[Backup, ...]:
    """Return the backups of the guest on the storage. Where our token may not list them they could never be proved
    there: raises StepFailed, or Interrupted once anything was sent.
    """
    try:
        return context.client.backups(node, context.vmid, (storage,))
    except Denied as error:
        reason = f"the backups on {storage} may not be listed: {error.sentence}"
        if context.operation.nothing_ran:
            raise StepFailed(reason) from error
        raise Interrupted(f"{reason}: grant that, then resume") from error


def _missing(context: StepContext, made: StepRecord, storage: str, what: str) -> StepFailed | Interrupted:
    """Return the end of a step for a backup that is missing from the list of its storage: an interruption where our
    token may just not see it, because a list that is filtered says nothing (law 2).
    """
    try:
        gaps = context.client.backup_list(str(made.detail["node"]), context.vmid).gaps
    except ProxmoxError as error:
        return Interrupted(f"{what} ({error.sentence})")
    hidden = [gap.sentence for gap in gaps if gap.storage == storage or gap.why is Unlisted.RIGHTS_UNKNOWN]
    return Interrupted(f"{what} ({'; '.join(hidden)}): grant that, then resume") if hidden else StepFailed(what)


@contextmanager
def _explaining_failures(context: StepContext, what: str) -> Iterator[None]:
    """Add to every failure its subject. The journal tells what was not destroyed (`doctrine.actions.sent_requests`),
    and a last inspection in which state the container is (`doctrine.actions.state_after_failure`).
    """
    try:
        yield
    except StepFailed as failed:
        raise StepFailed(f"{what}: {failed.reason}", failed.code, failed.detail) from failed


def _words(context: StepContext, task: Task) -> str:
    """Return the reason of a failed backup in Proxmox's words: the exit status is mostly `job errors`, and the log has
    the reason.
    """
    ended = task.ending
    errors = [line.removeprefix(_ERROR) for line in _log(context, task.upid) if line.startswith(_ERROR)]
    if not errors:
        return ended
    return errors[-1] if ended in errors[-1] else f"{errors[-1]} ({ended})"


def _log(context: StepContext, upid: str) -> tuple[str, ...]:
    """Return the lines of the log of a task; none where it cannot be read."""
    try:
        return context.client.rest_of_task_log(upid)
    except ProxmoxError:
        return ()
