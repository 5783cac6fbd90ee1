"""The executor: it takes an operation from its first open step to its end, and records every ending truthfully.

A definite failure sets the record back to what is observed. An unknown outcome suspends the operation: it can be
resumed. While it works, a heartbeat tells every process that shares the database.
"""

from __future__ import annotations

import logging

from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.text import UNEXPECTED, plain
from proximity_tui.core.doctrine.actions import deletion
from proximity_tui.core.doctrine.actions.sent_requests import is_unanswered, with_requests
from proximity_tui.core.doctrine.actions.state_after_failure import is_untouched, state_after_failure
from proximity_tui.core.engine.operations.actions.handlers import HANDLERS
from proximity_tui.core.engine.operations.ending import set_state, settle_to_observed
from proximity_tui.core.engine.operations.heartbeat import beating
from proximity_tui.core.engine.operations.outcome import (
    Done,
    Fact,
    Failed,
    Interrupted,
    NotNeeded,
    Outcome,
    Resumable,
    StepFailed,
)
from proximity_tui.core.engine.operations.step_context import StepContext
from proximity_tui.core.model import (
    Action,
    Container,
    GuestDetail,
    GuestLookup,
    Operation,
    OperationStatus,
    StepOutcome,
    StepRecord,
)
from proximity_tui.core.model.actions.operation import STILL_UNANSWERED
from proximity_tui.core.model.lifecycle import state_for
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import operations, records

log = logging.getLogger(__name__)


def execute(run: StepContext) -> Outcome:
    """Execute `run.operation` from its first step that has no end. Never raises for a failure of Proxmox or the
    database: an ending that could not be written leaves an interrupted operation that can be resumed.
    """
    if run.operation.action is Action.HARD_DELETE:
        log.info("%s: %s", deletion.HARD_PHRASE, run.container.label)
    with beating(run.operation.id, run.owner, run.settings.heartbeat):
        try:
            return _execute_to_the_end(run)
        except StoreError as error:
            log.warning("%s of %s stopped: %s", run.operation.action, run.operation.name, error)
            # The journal cannot be read any more: whether the open step was sent is not known here.
            open_step = run.operation.current
            doubt = f"; its step {open_step.name} may have been sent and carried out" if open_step is not None else ""
            return Resumable(f"{error}{doubt}", plan=run.operation.plan, operation=run.operation)


def _execute_to_the_end(run: StepContext) -> Outcome:
    try:
        _execute_steps(run)
    except StepFailed as failed:
        return _fail(run, failed)
    except Interrupted as interrupted:
        return _suspend(run, interrupted.reason, names_request=interrupted.names_request)
    except ProxmoxError as error:
        # A read between two writes that got no answer: nothing is known to have failed.
        return _suspend(run, error.sentence)
    except StoreError:
        raise
    except Exception as error:
        return _stop_unexpectedly(run, error)
    ended = operations.get(run.operation.id)
    return Done(plan=ended.plan, container=_record_of(ended), operation=ended)


def _stop_unexpectedly(run: StepContext, error: Exception) -> Outcome:
    """Return the result after a bug of ours: failed if nothing was sent to Proxmox yet, else interrupted."""
    log.exception("unexpected error during %s of %s", run.operation.action, run.operation.name)
    reason = f"{UNEXPECTED}: {type(error).__name__}: {plain(redact(str(error)), limit=300)}"
    run.operation = operations.get(run.operation.id)
    return _fail(run, StepFailed(reason)) if run.operation.nothing_ran else _suspend(run, reason)


def _execute_steps(run: StepContext) -> None:
    while (step := run.operation.current) is not None:
        fact = _execute(run, step)
        run.operation = operations.get(run.operation.id)
        if run.operation.status is OperationStatus.DONE:
            return
        operations.fact(run.operation.id, step.seq, fact.outcome, fact.detail, owner=run.owner, warnings=run.warnings)
        run.operation = operations.get(run.operation.id)
    _give_back(run)


def _execute(run: StepContext, step: StepRecord) -> Fact:
    handler = HANDLERS[run.operation.action].get(step.name)
    if handler is None:
        raise Interrupted(f"step {step.seq} is of another version of proximity-tui: resume it with that version")
    run.warnings = ()
    try:
        return handler(run, step)
    except NotNeeded as so:
        return Fact(StepOutcome.SKIPPED, {"why": so.why})


def _give_back(run: StepContext) -> None:
    """End an operation whose steps are all done: its record leaves the state that held it for what is observed.

    An action whose last step settles its record itself (create, release) ended its operation there.
    """
    seen = run.last_noted or _noted(run)
    state = state_for(seen.status)
    if state is None:
        raise Interrupted(f"everything was done, but the status of CT {seen.vmid} is not known: wait and resume")
    message = f"{run.operation.action}: {run.container.label} is {state}"
    with run.writing():
        set_state(run, state, message, {"operation": run.operation.id}, last_error=None)
        operations.finish(run.operation.id, OperationStatus.DONE, owner=run.owner)
    run.operation = operations.get(run.operation.id)


def _noted(run: StepContext) -> GuestDetail:
    seen = run.observe()
    run.note_ours(seen)
    return seen


def _fail(run: StepContext, failed: StepFailed) -> Outcome:
    """End the operation with a failed step: set the record back to what is observed, with the reason."""
    step = run.operation.current
    with run.writing():
        if step is not None:
            detail = {**failed.detail, "error": failed.reason, STILL_UNANSWERED: _sent_nothing_more(run, step)}
            operations.fact(
                run.operation.id, step.seq, StepOutcome.FAILED, detail, owner=run.owner, warnings=run.warnings
            )
    lookup = run.inspect_when_quiet()
    reason = _with_state_afterwards(run, failed, lookup)
    settle_to_observed(run, reason, OperationStatus.FAILED, lookup)
    log.warning("%s of %s failed: %s", run.operation.action, run.operation.name, reason)
    ended = operations.get(run.operation.id)
    container = _record_of(ended)
    refused = ended.nothing_ran or is_untouched(ended, container, lookup)
    return Failed(reason, failed.code if refused else None, plan=ended.plan, container=container, operation=ended)


def _with_state_afterwards(run: StepContext, failed: StepFailed, lookup: GuestLookup) -> str:
    """Return the reason of a failure, what was sent by then, and in which state the container is seen now."""
    operation = operations.get(run.operation.id)
    reason = with_requests(failed.reason, operation)
    refused = failed.code is not None and operation.nothing_ran
    state = None if refused else state_after_failure(operation, run.container, lookup)
    return f"{reason}; {state}" if state else reason


def _sent_nothing_more(run: StepContext, step: StepRecord) -> bool:
    """Return whether an earlier attempt sent the step without an answer, and this one sent nothing: the failure of this
    attempt tells nothing about the first. `step` is as it was when this attempt began.
    """
    if not is_unanswered(step):
        return False
    now = next(one for one in operations.get(run.operation.id).steps if one.seq == step.seq)
    return now.task is None and now.intent_at == step.intent_at


def _suspend(run: StepContext, reason: str, *, names_request: bool = False) -> Outcome:
    """Suspend the operation: the outcome of the step is unknown, so everything stays as it is and can be resumed."""
    reason = with_requests(reason, operations.get(run.operation.id), names_request=names_request)
    with run.writing():
        operations.finish(run.operation.id, OperationStatus.INTERRUPTED, reason, owner=run.owner)
        if run.operation.container is not None:
            records.set_last_error(run.operation.container, reason)
    log.warning("%s of %s is interrupted and can be resumed: %s", run.operation.action, run.operation.name, reason)
    ended = operations.get(run.operation.id)
    return Resumable(reason, plan=ended.plan, container=_record_of(ended), operation=ended)


def _record_of(operation: Operation) -> Container | None:
    return None if operation.container is None else records.get(operation.container)
