"""What an operation asked of Proxmox, told from the facts of its journal and from nothing else (laws 5 and 7).

Every sentence about what was or was not asked, sent, done or destroyed comes from here: a step knows what it is about
to do, and not what the steps before it, or an earlier try of its own, did.
"""

from __future__ import annotations

from proximity_tui.core.model import Action, Operation, StepOutcome, StepRecord, describe

_ENDS = {
    StepOutcome.DONE: "done",
    StepOutcome.FAILED: "failed",
    StepOutcome.SKIPPED: "its answer was lost",
}

STILL_UNANSWERED = "still_unanswered"
"""In the detail of a failed step: it was asked by an earlier try, and nobody knows what became of that."""


def was_asked(step: StepRecord) -> bool:
    """Whether a step reached for Proxmox: its intent is on record, or its task. One that was withdrawn did not."""
    return step.intent_at is not None or step.task is not None


def destroy_of(operation: Operation) -> StepRecord | None:
    """The step of a hard delete that destroys, if it was asked; None where no destroy was ever asked for."""
    return next((step for step in operation.steps if step.name == "destroy" and was_asked(step)), None)


def is_unanswered(step: StepRecord) -> bool:
    """Whether a step was asked and nobody knows what became of it: no answer, and no task of it."""
    return step.outcome is StepOutcome.INTENDED and step.task is None


def tell_asked(operation: Operation) -> str:
    """What was asked of Proxmox so far, and how each ended: `nothing was asked of Proxmox`, or `asked of Proxmox:
    shutdown (done) and destroy (no answer is known)`; of a hard delete also that nothing was destroyed, if so."""
    asked = [step for step in operation.steps if was_asked(step)]
    if not asked:
        return "nothing was asked of Proxmox"
    said = f"asked of Proxmox: {describe([f'{_name(operation, step)} ({_end(step)})' for step in asked])}"
    spared = operation.action is Action.HARD_DELETE and destroy_of(operation) is None
    return f"{said}; nothing was destroyed" if spared else said


def with_asked(reason: str, operation: Operation) -> str:
    """Why an operation ended or stopped, together with what it had asked of Proxmox by then. Where only the step that
    the reason is about was asked, and nothing else is to be said, the reason says it all."""
    asked = [step for step in operation.steps if was_asked(step)]
    spared = operation.action is Action.HARD_DELETE and destroy_of(operation) is None
    if len(asked) == 1 and not spared and asked[0].outcome is not StepOutcome.DONE:
        return reason
    return f"{reason}; {tell_asked(operation)}"


def volume_of(operation: Operation) -> str | None:
    """The backup that an operation made and proved, by its volume id; None if it has none."""
    proved = (step for step in operation.steps if step.name == "prove_backup" and step.outcome is StepOutcome.DONE)
    return next((str(step.detail["volume"]) for step in proved if step.detail.get("volume")), None)


def evidence_of(operation: Operation, destroyed: int | None) -> dict[str, object]:
    """What the event of a hard delete holds: its tasks, its backup, and the VMID that it destroyed, if it did."""
    tasks = {step.name: step.task for step in operation.steps if step.task}
    found = {"operation": operation.id, "tasks": tasks, "deletion_type": "hard", "vmid_destroyed": destroyed}
    volume = volume_of(operation)
    return found if volume is None else {**found, "backup": volume}


def _name(operation: Operation, step: StepRecord) -> str:
    return operation.action.value if step.name == "ask" else step.name.replace("_", " ")


def _end(step: StepRecord) -> str:
    if step.detail.get(STILL_UNANSWERED):
        return "no answer is known"
    if step.outcome in _ENDS:
        return _ENDS[step.outcome]
    return f"task {step.task}, its end is not known" if step.task else "no answer is known"
