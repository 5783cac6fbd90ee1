"""The steps of taking and of deleting a snapshot: one request each, and the proof in the list.

A task that ended well is no proof. A request whose answer was lost is looked up in the tasks, then in the list, and is
sent again only when neither has it.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.actions import plan_validity
from proximity_tui.core.doctrine.actions.snapshot import snapshots as rules
from proximity_tui.core.doctrine.guards.write_permit import WriteAction
from proximity_tui.core.engine.operations.outcome import Fact, NotNeeded, StepFailed, fact_of
from proximity_tui.core.engine.operations.step_context import StepContext, Write
from proximity_tui.core.model import GuestDetail, Refusal, Snapshot, StepOutcome, StepRecord
from proximity_tui.core.model.actions.snapshot_options import SnapshotOptions

_POLL = 0.5


def take(run: StepContext, step: StepRecord) -> Fact:
    """Take the snapshot once."""
    plan, options = run.operation.plan, run.operation.plan.carries(SnapshotOptions)
    node = run.node_of(step)

    def note() -> dict[str, object]:
        if step.outcome is StepOutcome.INTENDED and _listed(run, node, options.name) is not None:
            raise NotNeeded(f"{options.name} is listed; it was asked for before, without an answer")
        return {}

    def check(seen: GuestDetail) -> Refusal | None:
        return rules.check_take(run.container, seen) or plan_validity.still_holds(plan, seen)

    write = Write(
        task_type="vzsnapshot",
        node=node,
        permit=lambda: run.last_inspection.permit_to(WriteAction.SNAPSHOT, run.container, node, check),
        send=lambda permit: run.client.take_snapshot(permit, name=options.name, note=options.note),
        note=note,
    )
    return fact_of(run.ask(step, write), f"Proxmox could not take snapshot {options.name} of CT {run.vmid}")


def prove_taken(run: StepContext, step: StepRecord) -> Fact:
    """Verify that the snapshot is listed, and whole."""
    name, node = run.operation.plan.carries(SnapshotOptions).name, _node(run)
    deadline = run.clock.monotonic() + run.settings.settle_timeout
    while True:
        found = _listed(run, node, name)
        if found is not None and found.state is None:
            return Fact(detail={"snapshot": found.name, "at": found.at})
        if run.clock.monotonic() >= deadline:
            state = "is not listed" if found is None else f"is not whole (snapstate = {found.state})"
            raise StepFailed(f"its task ended well, but snapshot {name} of CT {run.vmid} {state}")
        run.clock.sleep(_POLL)


def delete(run: StepContext, step: StepRecord) -> Fact:
    """Delete the snapshot once."""
    plan, options = run.operation.plan, run.operation.plan.carries(SnapshotOptions)
    node = run.node_of(step)

    def note() -> dict[str, object]:
        if step.outcome is StepOutcome.INTENDED and _listed(run, node, options.name) is None:
            raise NotNeeded(f"{options.name} is not listed any more; that was asked for before, without an answer")
        return {}

    def check(seen: GuestDetail) -> Refusal | None:
        refused = rules.check_delete(run.container, seen, unsure_confirmed=options.unsure_confirmed)
        return refused or plan_validity.still_holds(plan, seen)

    write = Write(
        task_type="vzdelsnapshot",
        node=node,
        permit=lambda: run.last_inspection.permit_to(WriteAction.DELETE_SNAPSHOT, run.container, node, check),
        send=lambda permit: run.client.delete_snapshot(permit, name=options.name),
        note=note,
    )
    return fact_of(run.ask(step, write), f"Proxmox could not delete snapshot {options.name} of CT {run.vmid}")


def prove_deleted(run: StepContext, step: StepRecord) -> Fact:
    """Verify that the snapshot is not listed any more, in a list that was read whole."""
    name, node = run.operation.plan.carries(SnapshotOptions).name, _node(run)
    deadline = run.clock.monotonic() + run.settings.settle_timeout
    while True:
        listed = run.client.snapshots(node, run.vmid)
        if listed.find(name) is None and not listed.gaps:
            return Fact(detail={"snapshots": [one.name for one in listed.snapshots]})
        if run.clock.monotonic() >= deadline:
            why = "; ".join(listed.gaps) or f"snapshot {name} of CT {run.vmid} is still listed"
            raise StepFailed(f"its task ended well, but {why}")
        run.clock.sleep(_POLL)


def _listed(run: StepContext, node: str, name: str) -> Snapshot | None:
    return run.client.snapshots(node, run.vmid).find(name)


def _node(run: StepContext) -> str:
    """Return the node that the first step was sent to: the container may be known elsewhere by now."""
    return run.node_of(run.operation.steps[0])
