"""The requests that an operation sent to Proxmox, read from its journal and from nothing else (laws 5 and 7).

Every sentence about a request that was or was not sent, done or answered comes from here. A step knows only its own
request; it does not know the earlier steps, or an earlier attempt of its own.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from proximity_tui.core.base.text import describe
from proximity_tui.core.doctrine.guards.proxmox_words import meaning_of
from proximity_tui.core.model import Action, Operation, StepName, StepOutcome, StepRecord
from proximity_tui.core.model.actions.step_record import Silence
from proximity_tui.core.model.guests.guest_detail import END_NOT_KNOWN, ended_well

_ENDS = {
    StepOutcome.DONE: "done",
    StepOutcome.FAILED: "failed",
    StepOutcome.SKIPPED: "its answer was lost",
}

_OBSERVED = (StepName.STOP, StepName.START)
"""Steps that are done only where the status of the guest shows it."""

_PROOFS = {
    StepName.ASK: StepName.AWAIT_STATUS,
    StepName.BACK_UP: StepName.PROVE_BACKUP,
    StepName.CREATE: StepName.VERIFY,
    StepName.CLONE: StepName.VERIFY,
    StepName.RESTORE: StepName.VERIFY,
    StepName.GROW: StepName.VERIFY,
    StepName.MIGRATE: StepName.VERIFY,
    StepName.TAKE_SNAPSHOT: StepName.PROVE_SNAPSHOT,
    StepName.DELETE_SNAPSHOT: StepName.PROVE_SNAPSHOT_GONE,
    StepName.ROLL_BACK: StepName.RECORD_CONFIG,
}
"""The step that shows that another one was carried out, whatever is known of its task."""

_ASKED = {Action.SHUTDOWN: "shut down"}
"""What the one request of a power action asks for, where the action has another name."""

_IN_DOUBT = "it may have been carried out"
_WAS_DONE = "its task ended well"

_REQUESTS = re.compile(
    r"; (sent to Proxmox: |nothing was sent to Proxmox|no request is recorded"
    r"|its (request to )?[a-z_ ]+ was sent\b|the request of an unknown step\b).*",
    re.DOTALL,
)
"""Every sentence about the requests behind a reason, to its end; the step was once named without "request to"."""

LONGEST_DESTROY = timedelta(days=1)
"""How long a destroy may take at most, with its wait for locks and for slow storages."""


def destroy_of(operation: Operation) -> StepRecord | None:
    """Return the destroy step of a hard delete if it was sent to Proxmox, else None."""
    destroy = operation.find_step(StepName.DESTROY)
    return destroy if destroy is not None and destroy.was_sent else None


def is_unanswered(step: StepRecord) -> bool:
    """Return whether a step was sent and its outcome is unknown: there is no answer and no task of it."""
    return step.may_have_run and step.task is None


def may_have_removed(operation: Operation) -> bool:
    """Return whether an operation may be why its guest is gone: a hard delete whose destroy ended well, or may have
    been carried out (law 5). A destroy that was never sent, or that Proxmox refused, had no effect: then somebody else
    removed the guest, and it is not known who (law 7).
    """
    destroy = operation.find_step(StepName.DESTROY)
    if operation.action is not Action.HARD_DELETE or destroy is None:
        # Without that step the guest was gone when the hard delete was planned.
        return operation.action is Action.HARD_DELETE
    if destroy.outcome is not StepOutcome.FAILED or destroy.may_have_run:
        return destroy.was_sent
    meaning = meaning_of(str(destroy.detail.get("error", "")))
    return destroy.task is not None and (meaning is None or meaning.code_in_task is None)


def is_outlived(operation: Operation, alive: datetime | None) -> bool:
    """Return whether a guest was still seen `alive` so long after its destroy was sent that this cannot be why it is
    gone now (law 7).
    """
    destroy = destroy_of(operation)
    sent = destroy.intent_at if destroy is not None else None
    return sent is not None and alive is not None and alive - sent > LONGEST_DESTROY


def requests_sentence(operation: Operation, *, only_recorded: bool = False) -> str:
    """Return a sentence about the requests sent to Proxmox so far and their outcomes: `nothing was sent to Proxmox`,
    or `sent to Proxmox: shut down (done) and destroy (no answer is known: it may have been carried out)`. For a hard
    delete it also says that nothing was destroyed, where that is so; and which backup was made and is listed.

    With `only_recorded` it says no more than what is recorded, as where the guest is seen to be gone, or was not looked
    at: a database that was put back to an earlier copy does not have the last requests (law 7).
    """
    asked = [step for step in operation.steps if step.was_sent]
    if not asked:
        return "no request is recorded" if only_recorded else "nothing was sent to Proxmox"
    told = [f"{_name(operation, step)} ({_end(operation, step)})" for step in asked]
    message = f"sent to Proxmox: {describe(told)}"
    volume = volume_of(operation)
    made = f"; its backup is {volume}" if volume is not None else ""
    spared = operation.action is Action.HARD_DELETE and destroy_of(operation) is None
    known = "no destroy is recorded" if only_recorded else "nothing was destroyed"
    return f"{message}{made}; {known}" if spared else f"{message}{made}"


def with_requests(
    reason: str, operation: Operation, *, names_request: bool = False, only_recorded: bool = False
) -> str:
    """Return the reason why an operation ended or stopped, with the requests sent to Proxmox by then, as
    `requests_sentence` has them. They are left out when the only one sent is the one that the reason is about: one that
    failed, or, with `names_request`, one whose end is not known.
    """
    asked = [step for step in operation.steps if step.was_sent]
    spared = operation.action is Action.HARD_DELETE and destroy_of(operation) is None
    alone = len(asked) == 1 and not spared and asked[0].outcome is not StepOutcome.DONE
    if alone and (names_request or not asked[0].may_have_run):
        return reason
    return f"{reason}; {requests_sentence(operation, only_recorded=only_recorded)}"


def interrupted_sentence(operation: Operation) -> str:
    """Return the sentence about an operation whose process is gone, with what is in doubt of it."""
    told = f"{operation.action} of {operation.name} was interrupted at step {operation.progress}"
    return with_doubt(told, operation)


def silence_sentence(silence: Silence) -> str:
    """Return the sentence for who watches a step whose task cannot be read: since when, why, and what comes of it."""
    return (
        f"nothing is heard of its task since {silence.since:%H:%M:%S} UTC: {silence.why}; after a minute without an"
        " answer the operation is interrupted, and can be resumed"
    )


def unanswered_destroy(operation: Operation, step: StepRecord, node: str) -> str:
    """Return the reason why a destroy is not sent a second time automatically, and the advice."""
    sent = f"at {step.intent_at:%Y-%m-%d %H:%M:%S} UTC" if step.intent_at else "in an earlier attempt"
    again = f"proximity-tui operations resume {operation.id} --destroy-again --confirm {operation.name}"
    return (
        f"the destroy sent {sent} has no answer, no task of it is found on {node}, and CT {operation.vmid} is still"
        f" there: only `{again}` sends a second one"
    )


def volume_of(operation: Operation) -> str | None:
    """Return the volume id of the backup that an operation made and verified, or None."""
    proved = (
        step for step in operation.steps if step.name is StepName.PROVE_BACKUP and step.outcome is StepOutcome.DONE
    )
    return next((str(step.detail["volume"]) for step in proved if step.detail.get("volume")), None)


def evidence_of(operation: Operation, destroyed: int | None) -> dict[str, object]:
    """Return the evidence for the event of a hard delete: its tasks, its backup, and the VMID if that was destroyed."""
    tasks = {step.name: step.task for step in operation.steps if step.task}
    found = {"operation": operation.id, "tasks": tasks, "deletion_type": "hard", "vmid_destroyed": destroyed}
    volume = volume_of(operation)
    return found if volume is None else {**found, "backup": volume}


def with_doubt(sentence: str, operation: Operation) -> str:
    """Return a sentence about an operation without an end, and after it the requests that may have been carried out
    all the same, where there are any (law 5).
    """
    doubtful = [f"{_request(operation, step)} was sent" for step in operation.steps if step.may_have_run]
    return f"{sentence}; {describe(doubtful)}: {_IN_DOUBT}" if doubtful else sentence


def without_requests(reason: str) -> str:
    """Return the recorded reason why an operation stopped, without the requests: for a place that names them itself. An
    older version may have recorded it, in other words for the steps.
    """
    return _REQUESTS.sub("", reason)


def _request(operation: Operation, step: StepRecord) -> str:
    unknown = step.name is StepName.UNREADABLE
    return "the request of an unknown step" if unknown else f"its request to {_name(operation, step)}"


def _name(operation: Operation, step: StepRecord) -> str:
    """Return what a request asks for, as a verb and in the words of the steps."""
    return _ASKED.get(operation.action, operation.action.value) if step.name is StepName.ASK else step.name.words


def _end(operation: Operation, step: StepRecord) -> str:
    if step.end_is_unclear and not _is_proved(operation, step):
        return str(step.detail.get("why") or END_NOT_KNOWN)
    if _is_queued(operation, step):
        return "HA took the request"
    if not step.may_have_run and step.outcome in _ENDS:
        return _WAS_DONE if _failed_afterwards(step) else _ENDS[step.outcome]
    # A second request failed in its task; of the first there is no answer.
    is_first = step.outcome is StepOutcome.FAILED or not step.task
    known = "no answer is known" if is_first else f"task {step.task}, its end is not known"
    return f"{known}: {_IN_DOUBT}"


def _failed_afterwards(step: StepRecord) -> bool:
    """Return whether a step failed although its own task ended well: what was seen afterwards was not as wanted."""
    known = step.detail.get("exitstatus")
    return step.outcome is StepOutcome.FAILED and known is not None and ended_well(known)


def _is_queued(operation: Operation, step: StepRecord) -> bool:
    """Return whether HA took the request of a step, and no step shows yet that it was carried out."""
    if step.outcome is not StepOutcome.DONE or not step.is_left_to_ha or step.name in _OBSERVED:
        return False
    proof = StepName.STOP if step.name is StepName.SHUTDOWN else _PROOFS.get(step.name)
    shown = (one.outcome for one in operation.steps if one.name is proof and one.seq > step.seq)
    return not any(outcome in (StepOutcome.DONE, StepOutcome.SKIPPED) for outcome in shown)


def _is_proved(operation: Operation, step: StepRecord) -> bool:
    """Return whether a step that is done was seen to be carried out, by itself or by a later step."""
    shown = (one for one in operation.steps if one.name is _PROOFS.get(step.name) and one.seq > step.seq)
    return step.name in _OBSERVED or any(one.outcome is StepOutcome.DONE for one in shown)
