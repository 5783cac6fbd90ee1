"""The step of cloning that differs from creating: request the copy, once, of the source that was planned.

Proxmox lists the task under the VMID of the source. The clone is then verified, started and settled like a creation.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.actions import refusals
from proximity_tui.core.doctrine.actions.cloning import check_source
from proximity_tui.core.doctrine.actions.write_permit import Deed, WritePermit
from proximity_tui.core.doctrine.observation.identity import marker_line
from proximity_tui.core.engine.operations.actions import create
from proximity_tui.core.engine.operations.outcome import Fact, StepFailed
from proximity_tui.core.engine.operations.step_context import StepContext, Write
from proximity_tui.core.model import GuestDetail, Refusal, StepRecord
from proximity_tui.core.model.plan_content import CloneOptions
from proximity_tui.core.store.records import records


def clone(run: StepContext, step: StepRecord) -> Fact:
    """Copy the source, stopped, with our marker in place of its description."""
    plan = run.operation.plan
    request = plan.carries(CloneOptions)
    vmid, full = request.source, request.full
    # Its VMID is not its identity: somebody may have put another guest there since (law 3).
    source = records.get(request.source_record)

    def check(seen: GuestDetail) -> Refusal | None:
        if seen.node != request.source_node:
            return refusals.moved(f"the source CT {vmid}", request.source_node, seen.node)
        return check_source(source, seen, full=full)

    def send(permit: WritePermit) -> str:
        return run.client.clone(
            permit,
            newid=run.vmid,
            hostname=plan.name,
            description=f"{create.DESCRIPTION}\n{marker_line(request.marker)}",
            full=full,
            target=plan.node if plan.node != request.source_node else None,
            storage=request.storage,
        )

    node = request.source_node
    write = Write(
        task_type="vzclone",
        node=node,
        permit=lambda: run.last_inspection.permit_to(Deed.CLONE, source, node, check),
        send=send,
        # Proxmox lists a clone under the VMID of its source.
        vmid=vmid,
    )
    task = run.ask(step, write)
    if task.failed:
        raise StepFailed(f"Proxmox could not clone CT {vmid} to CT {run.vmid}: {task.exitstatus}")
    return Fact(detail={"exitstatus": task.exitstatus})
