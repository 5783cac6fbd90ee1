"""The executor: it takes an operation from its first open step to its end, and records every ending truthfully.

A definite failure sets the record back to what is observed. An unknown outcome suspends the operation: it can be
resumed. While it works, a heartbeat tells every process that shares the database.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.text import UNEXPECTED, describe, plain
from proximity_tui.core.doctrine.actions import deletion
from proximity_tui.core.doctrine.actions.sent_requests import is_unanswered, with_requests
from proximity_tui.core.doctrine.actions.state_after_failure import is_gone, is_untouched, state_after_failure
from proximity_tui.core.engine.operations.actions.handlers import HANDLERS
from proximity_tui.core.engine.operations.ending import inspect_after_failure, set_state, settle_to_observed
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
    RefusalCode,
    StepOutcome,
    StepRecord,
)
from proximity_tui.core.model.actions.step_record import STILL_UNANSWERED
from proximity_tui.core.model.lifecycle import state_for
from proximity_tui.core.proxmox.errors import InvalidName, ProxmoxError
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import operations, records

log = logging.getLogger(__name__)


def execute(context: StepContext) -> Outcome:
    """Execute `context.operation` from its first step that has no end. Never raises for a failure of Proxmox or the
    database: an ending that could not be written leaves an interrupted operation that can be resumed. Return the
    outcome.
    """
    if context.operation.action is Action.HARD_DELETE:
        log.info("%s: %s", deletion.HARD_PHRASE, context.container.label)
    with beating(context.operation.id, context.owner, context.settings.heartbeat):
        try:
            return _execute_to_the_end(context)
        except StoreError as error:
            log.warning("%s of %s stopped: %s", context.operation.action, context.operation.name, error)
            return _outcome_in_journal(context, error)


def _outcome_in_journal(context: StepContext, error: StoreError) -> Outcome:
    """Return the outcome where the journal could not be written: the end that it has all the same, by a commit that was
    not answered or by another process, which nobody can resume; else that it is interrupted.
    """
    try:
        now = operations.get(context.operation.id)
        container = _record_of(now)
    except StoreError:
        reason = _with_what_was_sent(context, context.operation, error)
        return Resumable(reason, plan=context.operation.plan, operation=context.operation)
    reason = _with_what_was_sent(context, now, error)
    if now.status is OperationStatus.DONE:
        return Done(plan=now.plan, container=container, operation=now)
    if now.status in (OperationStatus.FAILED, OperationStatus.ABANDONED):
        # Whoever ended it in our place did not know what we were sending.
        told = now.error if now.owner == context.owner else None
        return Failed(told or reason, plan=now.plan, container=container, operation=now)
    return Resumable(reason, plan=now.plan, container=container, operation=now)


def _with_what_was_sent(context: StepContext, known: Operation, error: StoreError) -> str:
    """Return why the journal could not be written, and the step whose request may have been carried out, by what is
    `known` of the operation and by what this process sent: a journal that was put back to an earlier copy lacks that.
    """
    sent = [
        step.name.words
        for step in known.steps
        if step.may_have_run or (step.seq == context.sent and step.outcome is StepOutcome.PENDING)
    ]
    return f"{error}; its step {describe(sent)} may have been sent and carried out" if sent else str(error)


def _execute_to_the_end(context: StepContext) -> Outcome:
    try:
        _execute_steps(context)
    except StepFailed as failed:
        return _fail(context, failed)
    except Interrupted as interrupted:
        return _suspend(context, interrupted.reason, names_request=interrupted.names_request)
    except InvalidName as error:
        return _stop_at_invalid_name(context, error)
    except ProxmoxError as error:
        # A read between two writes that got no answer: nothing is known to have failed.
        return _suspend(context, error.sentence)
    except StoreError:
        raise
    except Exception as error:
        return _stop_unexpectedly(context, error)
    ended = operations.get(context.operation.id)
    return Done(plan=ended.plan, container=_record_of(ended), operation=ended)


def _stop_at_invalid_name(context: StepContext, error: InvalidName) -> Outcome:
    """Return the result where a name cannot be asked about: failed if nothing was sent to Proxmox yet, because no later
    try would do better; else interrupted.
    """
    context.operation = operations.get(context.operation.id)
    if context.operation.nothing_ran:
        return _fail(context, StepFailed(error.sentence, RefusalCode.INVALID))
    return _suspend(context, error.sentence)


def _stop_unexpectedly(context: StepContext, error: Exception) -> Outcome:
    """Return the result after a bug of ours: failed if nothing was sent to Proxmox yet, else interrupted."""
    log.exception("unexpected error during %s of %s", context.operation.action, context.operation.name)
    reason = f"{UNEXPECTED}: {type(error).__name__}: {plain(redact(str(error)), limit=300)}"
    context.operation = operations.get(context.operation.id)
    return _fail(context, StepFailed(reason)) if context.operation.nothing_ran else _suspend(context, reason)


def _execute_steps(context: StepContext) -> None:
    while (step := context.operation.current) is not None:
        fact = _execute(context, step)
        context.operation = operations.get(context.operation.id)
        if context.operation.status is OperationStatus.DONE:
            return
        _record(context, step, fact.outcome, fact.detail)
        context.operation = operations.get(context.operation.id)
    _give_back(context)


def _record(context: StepContext, step: StepRecord, outcome: StepOutcome, detail: Mapping[str, Any]) -> None:
    number = context.operation.id
    operations.fact(number, step.seq, outcome, detail, owner=context.owner, warnings=context.warnings)


def _execute(context: StepContext, step: StepRecord) -> Fact:
    handler = HANDLERS.get(context.operation.action, {}).get(step.name)
    if handler is None:
        raise Interrupted(f"step {step.seq} is of another version of proximity-tui: resume it with that version")
    context.warnings, context.exitstatus = (), None
    try:
        return handler(context, step)
    except NotNeeded as so:
        return Fact(StepOutcome.SKIPPED, {"why": so.why})


def _give_back(context: StepContext) -> None:
    """End an operation whose steps are all done: its record leaves the state that held it for what is observed.

    An action whose last step settles its record itself (create, release) ended its operation there.
    """
    seen = context.guest.last_noted or _noted(context)
    state = state_for(seen.status)
    if state is None:
        raise Interrupted(f"everything was done, but the status of CT {seen.vmid} is not known: wait and resume")
    message = f"{context.operation.action}: {context.container.label} is {state}"
    with context.writing():
        set_state(context, state, message, {"operation": context.operation.id}, last_error=None)
        operations.finish(context.operation.id, OperationStatus.DONE, owner=context.owner)
    context.operation = operations.get(context.operation.id)


def _noted(context: StepContext) -> GuestDetail:
    seen = context.guest.observe()
    context.guest.note_ours(seen)
    return seen


def _fail(context: StepContext, failed: StepFailed) -> Outcome:
    """End the operation with a failed step: set the record back to what is observed, with the reason. Return the
    outcome.
    """
    step = context.operation.current
    with context.writing():
        if step is not None:
            # A step may fail after its task ended well: then it was carried out, and is not as it was wanted.
            end = {} if context.exitstatus is None else {"exitstatus": context.exitstatus}
            told = {"error": failed.reason, STILL_UNANSWERED: _is_first_unanswered(context, step)}
            detail = {**end, **failed.detail, **told}
            _record(context, step, StepOutcome.FAILED, detail)
    lookup = inspect_after_failure(context)
    reason = _with_state_afterwards(context, failed, lookup)
    settle_to_observed(context, reason, OperationStatus.FAILED, lookup)
    log.warning("%s of %s failed: %s", context.operation.action, context.operation.name, reason)
    ended = operations.get(context.operation.id)
    container = _record_of(ended)
    refused = ended.nothing_ran or is_untouched(ended, container, lookup)
    return Failed(reason, failed.code if refused else None, plan=ended.plan, container=container, operation=ended)


def _with_state_afterwards(context: StepContext, failed: StepFailed, lookup: GuestLookup) -> str:
    """Return the reason of a failure, what was sent by then, and in which state the container is seen now."""
    operation = operations.get(context.operation.id)
    reason = with_requests(failed.reason, operation, only_recorded=is_gone(operation, context.container, lookup))
    refused = failed.code is not None and operation.nothing_ran
    state = None if refused else state_after_failure(operation, context.container, lookup)
    return f"{reason}; {state}" if state else reason


def _is_first_unanswered(context: StepContext, step: StepRecord) -> bool:
    """Return whether an earlier attempt sent the step without an answer, and no task of it was found: how this attempt
    failed tells nothing about the first, whether it sent the step once more or not. `step` is as it was when this
    attempt began.
    """
    if not is_unanswered(step):
        return False
    now = next(one for one in operations.get(context.operation.id).steps if one.seq == step.seq)
    return now.task is None or now.intent_at != step.intent_at


def _suspend(context: StepContext, reason: str, *, names_request: bool = False) -> Outcome:
    """Suspend the operation: the outcome of the step is unknown, so everything stays as it is and can be resumed.
    Return the outcome.
    """
    now, only_recorded = operations.get(context.operation.id), context.is_resumed
    reason = with_requests(reason, now, names_request=names_request, only_recorded=only_recorded)
    with context.writing():
        operations.finish(context.operation.id, OperationStatus.INTERRUPTED, reason, owner=context.owner)
        if context.operation.container is not None:
            records.set_last_error(context.operation.container, reason)
    log.warning(
        "%s of %s is interrupted and can be resumed: %s", context.operation.action, context.operation.name, reason
    )
    ended = operations.get(context.operation.id)
    return Resumable(reason, plan=ended.plan, container=_record_of(ended), operation=ended)


def _record_of(operation: Operation) -> Container | None:
    return None if operation.container is None else records.get(operation.container)
