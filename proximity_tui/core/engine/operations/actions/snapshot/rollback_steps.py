"""The steps of a roll back to a snapshot: roll back, record again what the container is recognised by, start if wanted.

A roll back is sent once. It is sent again, after an answer that was lost, only where Proxmox lists no task of it, but
still those of before, and the container is exactly as it was when a person agreed: a second one would lose what was
written after the first.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.actions import plan_validity
from proximity_tui.core.doctrine.actions.snapshot import rollback_rules as rules
from proximity_tui.core.doctrine.guards.write_permit import WriteAction
from proximity_tui.core.doctrine.observation.identity import another_guest
from proximity_tui.core.engine.operations.actions.power_steps import start_once
from proximity_tui.core.engine.operations.actions.read_back import require_settled, see_whole, unrecognised
from proximity_tui.core.engine.operations.outcome import (
    Fact,
    Interrupted,
    StepFailed,
    end_not_known,
    fact_of,
    not_listed,
)
from proximity_tui.core.engine.operations.step_context import StepContext, Write
from proximity_tui.core.model import (
    ClinicalRecord,
    GuestDetail,
    Lock,
    Match,
    Refusal,
    StepName,
    StepRecord,
    Unread,
)
from proximity_tui.core.model.actions.plan_options import RollbackOptions
from proximity_tui.core.store.records import clinical_records, records


def roll_back(context: StepContext, step: StepRecord) -> Fact:
    """Roll the container back, and await the task; return the fact. Proxmox stops it first where it runs. Raises
    StepFailed where it is refused or its task did not end well, Interrupted where it has to be resumed.
    """
    plan, options = context.operation.plan, context.operation.plan.carries(RollbackOptions)
    node = context.node_of(step)

    def check(seen: GuestDetail) -> Refusal | None:
        refused = rules.check_rollback(context.container, seen, unsure_confirmed=options.unsure_confirmed)
        again = plan_validity.check_not_done_since(options.done_before, rules.TASK, "rolled back", seen)
        return refused or plan_validity.check_unchanged(plan, seen) or again

    def unlisted() -> None:
        # The config may be the same before and after it, but not what is on the disks.
        raise not_listed(context.operation.id, f"whether CT {context.vmid} was rolled back is not known")

    write = Write(
        task_type=rules.TASK,
        node=node,
        permit=lambda: context.permit_to(WriteAction.ROLL_BACK, node, check),
        send=lambda permit: context.client.roll_back(permit, name=options.name),
        unlisted=unlisted,
    )
    task = context.ask(step, write)
    return fact_of(task, f"Proxmox could not roll CT {context.vmid} back to {options.name}")


def record_config(context: StepContext, step: StepRecord) -> Fact:
    """Verify that the container is at the snapshot and still the same, record its fingerprint and a new clinical
    record, and return the fact. Raises StepFailed where it is not, Interrupted where that cannot be read.
    """
    options = context.operation.plan.carries(RollbackOptions)
    seen, captured = see_whole(context, lambda: _rolled_back(context, options))
    if captured.config is None or seen.fingerprint is None:
        raise _not_proved(seen, captured)
    container = context.container
    with context.writing():
        records.set_fingerprint(
            container,
            seen.fingerprint,
            actor=context.operation.actor,
            message=f"fingerprint of {container.label} recorded after it was rolled back to {options.name}",
            evidence={"operation": context.operation.id, "snapshot": options.name},
            seen_at=seen.taken_at,
        )
        _add_revision(container.id, captured, f"rolled back to {options.name}")
    context.guest.note_ours(seen)
    return Fact(detail={"snapshot": options.name, "digest": seen.digest, "observed": seen.status.value})


def _rolled_back(context: StepContext, options: RollbackOptions) -> GuestDetail:
    """Return the container once it is at the snapshot. Raises StepFailed for another guest and for one that is not
    there, Interrupted where that cannot be read.
    """
    seen = context.guest.observe(context.settings.settle_timeout)
    if seen.lock == Lock.ROLLBACK:
        raise Interrupted(
            f"CT {seen.vmid} is locked ({Lock.ROLLBACK}) although its task ended: find out why, then resume"
        )
    if seen.config is None or seen.fingerprint is None:
        raise _not_proved(seen)
    identity = rules.recognised(context.container, options, seen)
    if identity.match is Match.DIFFERENT:
        raise StepFailed(another_guest(seen.vmid, identity))
    require_settled(seen)
    if identity.match is Match.UNSURE and options.fingerprint is not None:
        # What is recorded now is taken for certain afterwards, by a destroy, too.
        raise unrecognised(seen, identity)
    asked = context.operation.step(StepName.ROLL_BACK)
    if asked.end_is_unclear and seen.digest == context.operation.plan.digest:
        # It may have been at that snapshot before.
        why = f"the config of CT {seen.vmid} is as it was, and whether it was rolled back is not known"
        raise end_not_known(context.operation.id, why)
    if seen.config.get("parent") != options.name:
        at = seen.config.get("parent") or "none"
        raise StepFailed(f"CT {seen.vmid} is at snapshot {at} and not at {options.name}: no roll back is seen")
    return seen


def _add_revision(container: int, captured: ClinicalRecord, reason: str) -> None:
    """Keep the new clinical record, unless a process that died afterwards did so already."""
    last = clinical_records.latest(container)
    if last is None or (last.reason, last.record.digest) != (reason, captured.digest):
        clinical_records.add_revision(container, captured, reason)


def start(context: StepContext, step: StepRecord) -> Fact:
    """Start the container and observe that it runs; return the fact. Raises as `start_once` does."""
    return start_once(context, step, done="rolled back")


def _not_proved(seen: GuestDetail, captured: ClinicalRecord | None = None) -> Interrupted:
    gap = seen.gap(Unread.CONFIG)
    gaps = (gap.why,) if gap is not None else (captured.gaps if captured is not None else ())
    why = f" ({'; '.join(gaps)})" if gaps else ""
    return Interrupted(f"the config of CT {seen.vmid} cannot be read{why}, so the roll back is not proved: resume")
