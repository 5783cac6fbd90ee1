"""The step of cloning that is not a step of creating: ask for the copy, once, of the source that was planned.

Proxmox lists the task under the VMID of the source. What comes back is read, started and settled like a creation.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.cloning import guard_source
from proximity_tui.core.doctrine.identity import marker_line
from proximity_tui.core.engine import create, sight
from proximity_tui.core.engine.outcome import Fact, StepFailed
from proximity_tui.core.engine.run import Run
from proximity_tui.core.model import Observation, StepRecord
from proximity_tui.core.store import records


def clone(run: Run, step: StepRecord) -> Fact:
    """Copy the source, stopped, with our marker in place of whatever its description says."""
    plan = run.operation.plan
    wish = plan.options
    vmid, full = int(wish["source"]), bool(wish["full"])

    def send() -> str:
        seen = sight.look(run.gateway, vmid)
        if not isinstance(seen, Observation):
            raise StepFailed(f"nothing was asked: the source CT {vmid} is not to be seen: {seen.reason}")
        if seen.node != wish["source_node"]:
            raise StepFailed(f"nothing was asked: the source CT {vmid} moved to {seen.node}: make the plan again")
        # Its VMID is not its identity: somebody may have put another guest there since (law 3).
        refused = guard_source(records.get(int(wish["source_record"])), seen, full=full)
        if refused:
            raise StepFailed(f"nothing was asked: {refused.reason}")
        return run.gateway.clone(
            seen.node,
            vmid,
            newid=run.vmid,
            hostname=plan.name,
            description=f"{create.DESCRIPTION}\n{marker_line(str(wish['marker']))}",
            full=full,
            target=plan.node if plan.node != seen.node else None,
            storage=wish.get("storage"),
        )

    task = run.ask(step, "vzclone", str(wish["source_node"]), send)
    if task.failed:
        raise StepFailed(f"Proxmox could not clone CT {vmid} to CT {run.vmid}: {task.exitstatus}")
    return Fact(detail={"exitstatus": task.exitstatus})
