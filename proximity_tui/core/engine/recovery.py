"""Interrupted work: finding it, resuming it, or closing it truthfully. Nothing here starts by itself (N41).

Resuming goes on from the facts of the journal and asks Proxmox first what became of an answer that was lost.
Abandoning asks for nothing more: it looks, and writes down what is.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.deletion import HARD_PHRASE
from proximity_tui.core.engine import backup
from proximity_tui.core.engine.carry import settle_to_observed
from proximity_tui.core.engine.outcome import Result
from proximity_tui.core.engine.run import Run
from proximity_tui.core.model import (
    Action,
    Ending,
    Missing,
    Operation,
    OperationStatus,
    Presence,
    StepOutcome,
)
from proximity_tui.core.store import operations, records


def story(operation: Operation) -> str:
    """What is known of an interrupted operation, as a sentence: what was done, where it stopped."""
    done = [step.name for step in operation.steps if step.outcome is StepOutcome.DONE]
    current = operation.current
    did = f"done: {', '.join(done)}" if done else "nothing was done yet"
    if current is None:
        return did
    asked = current.outcome is StepOutcome.INTENDED
    where = f"it stopped at step {operation.progress} ({current.name})"
    doubt = ", which was asked and has no recorded answer" if asked else ", which was not asked yet"
    return f"{did}; {where}{doubt}"


def abandon(run: Run) -> Result:
    """End an interrupted operation without asking Proxmox for anything: the record becomes what is observed.

    A guest that is gone after its destroy was asked for is closed; that it was our destroy is only said where a task
    of it is known (law 5).
    """
    operation = run.operation
    reason = f"abandoned; {story(operation)}"
    destroy_asked = _destroy_was_asked(operation)
    sighting = run.look_when_quiet()
    if destroy_asked and isinstance(sighting, Missing) and sighting.presence is Presence.ABSENT:
        ours = any(step.name == "destroy" and step.task for step in operation.steps)
        unclear = f"{run.container.label} is gone; whether the destroy that was asked for did it is not known"
        with run.writing():
            records.close(
                run.container,
                reason=Ending.DESTROYED if ours else Ending.GONE,
                actor=run.operation.actor,
                action="hard-delete",
                message=HARD_PHRASE if ours else unclear,
                evidence={
                    "operation": operation.id,
                    "found": "gone when the operation was abandoned",
                    "backup": backup.volume_of(operation),
                },
            )
            operations.finish(operation.id, OperationStatus.ABANDONED, reason, owner=run.owner)
    else:
        settle_to_observed(run, reason, OperationStatus.ABANDONED, sighting)
    ended = operations.get(operation.id)
    container = records.get(ended.container) if ended.container is not None else None
    return Result(True, ended.plan, container, ended)


def _destroy_was_asked(operation: Operation) -> bool:
    asked = (StepOutcome.INTENDED, StepOutcome.DONE)
    destroys = [step for step in operation.steps if step.name == "destroy" and step.outcome in asked]
    return operation.action is Action.HARD_DELETE and bool(destroys)
