"""Interrupted work: finding it, resuming it, or closing it truthfully. Nothing here starts by itself (N41).

Resuming goes on from the facts of the journal and asks Proxmox first what became of an answer that was lost.
Abandoning asks for nothing more: it looks, and writes down what is.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.deletion import HARD_PHRASE, ending_when_gone
from proximity_tui.core.engine import backup
from proximity_tui.core.engine.carry import settle_to_observed
from proximity_tui.core.engine.outcome import Result
from proximity_tui.core.engine.run import Run
from proximity_tui.core.model import Ending, Missing, Operation, OperationStatus, Presence, StepOutcome
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

    The record of a guest that is gone after its destroy was asked for is closed.
    """
    operation = run.operation
    reason = f"abandoned; {story(operation)}"
    sighting = run.look_when_quiet()
    gone = isinstance(sighting, Missing) and sighting.presence is Presence.ABSENT
    ending = ending_when_gone(operation) if gone else None
    if ending is not None:
        _close(run, ending, reason)
    else:
        settle_to_observed(run, reason, OperationStatus.ABANDONED, sighting)
    ended = operations.get(operation.id)
    container = records.get(ended.container) if ended.container is not None else None
    return Result(True, ended.plan, container, ended)


def _close(run: Run, ending: Ending, reason: str) -> None:
    """Close the record of a guest that is gone, and the operation with it."""
    operation = run.operation
    unclear = f"{run.container.label} is gone; whether the destroy that was asked for did it is not known"
    with run.writing():
        records.close(
            run.container,
            reason=ending,
            actor=operation.actor,
            action="hard-delete",
            message=HARD_PHRASE if ending is Ending.DESTROYED else unclear,
            evidence={
                "operation": operation.id,
                "found": "gone when the operation was abandoned",
                "backup": backup.volume_of(operation),
            },
        )
        operations.finish(operation.id, OperationStatus.ABANDONED, reason, owner=run.owner)
