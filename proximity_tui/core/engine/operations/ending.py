"""The end of an operation in our record: it becomes what is observed, whatever the operation was to make of it."""

from __future__ import annotations

from collections.abc import Mapping

from proximity_tui.core.doctrine.actions.create.creation import never_made
from proximity_tui.core.doctrine.actions.create.made_guest import is_as_planned
from proximity_tui.core.doctrine.actions.sent_requests import is_unanswered
from proximity_tui.core.doctrine.observation.expected_fingerprint import became_as_expected
from proximity_tui.core.doctrine.observation.identity import UNSETTLED_LOCKS, unsettled
from proximity_tui.core.engine.operations.step_context import StepContext
from proximity_tui.core.model import (
    Action,
    ClosedReason,
    Container,
    GuestDetail,
    GuestLookup,
    GuestNotSeen,
    Identity,
    Lock,
    Match,
    Operation,
    OperationStatus,
    Presence,
    State,
)
from proximity_tui.core.model.lifecycle import state_for
from proximity_tui.core.store import events
from proximity_tui.core.store.records import operations, records


def inspect_after_failure(context: StepContext) -> GuestLookup:
    """Return what is seen of the guest of an operation that failed. One that may be made yet is missed twice, apart,
    before it is called absent (law 2).
    """
    lookup = context.guest.inspect_when_quiet()
    if may_still_come(operations.get(context.operation.id), lookup):
        context.clock.sleep(context.settings.confirm_after.total_seconds())
        lookup = context.guest.inspect_when_quiet()
    return lookup


def may_still_come(operation: Operation, lookup: GuestLookup) -> bool:
    """Return whether a guest that is not there may be made yet: nothing is known of the request to make it."""
    making = operation.action in (Action.CREATE, Action.CLONE, Action.RESTORE)
    gone = isinstance(lookup, GuestNotSeen) and lookup.presence is Presence.ABSENT
    return making and gone and is_unanswered(operation.steps[0])


def settle_to_observed(
    context: StepContext, reason: str, status: OperationStatus, lookup: GuestLookup | None = None
) -> None:
    """End the operation and set the record to what is seen now (or in `lookup`, if that was just read): running,
    stopped, or `error` where nothing is known.

    The record of a container that we failed to create and that is proved absent is closed.
    """
    lookup = lookup or context.guest.inspect_when_quiet()
    if isinstance(lookup, GuestDetail):
        _keep_fingerprint(context, lookup)
    identity = context.guest.note(lookup) if isinstance(lookup, GuestDetail) else None
    container = context.container
    action = context.operation.action
    evidence = {"operation": context.operation.id, "seen": lookup}
    with context.writing():
        if never_made(operations.get(context.operation.id), lookup):
            records.close(
                container,
                reason=ClosedReason.NEVER_CREATED,
                actor=context.operation.actor,
                action=action,
                message=f"{container.label} {_not_made(context)}: {reason}",
                evidence=evidence,
            )
        else:
            _put_back(context, container, lookup, identity, reason)
        operations.finish(context.operation.id, status, reason, owner=context.owner)


def _not_made(context: StepContext) -> str:
    """Return what became of the guest that an operation was to make: one whose task ended well was made (law 7)."""
    operation = operations.get(context.operation.id)
    made = "restored" if operation.action is Action.RESTORE else "created"
    return f"was {made}, and is not there any more" if operation.steps[0].ended_well else f"was not {made}"


def _keep_fingerprint(context: StepContext, seen: GuestDetail) -> None:
    """Record the fingerprint of a guest that the operation made, or made another one of, before it ended without its
    own step for that: once the operation is over nothing else explains it.
    """
    container = context.container
    was_made = container.fingerprint is None and is_as_planned(context.operation.plan, seen)
    if seen.fingerprint is None or not (was_made or became_as_expected(container, seen.fingerprint)):
        return
    with context.writing():
        records.set_fingerprint(
            container,
            seen.fingerprint,
            actor=context.operation.actor,
            message=f"fingerprint of {container.label} recorded after its {context.operation.action}",
            evidence={"operation": context.operation.id},
            seen_at=seen.taken_at,
        )


def _put_back(
    context: StepContext, container: Container, lookup: GuestLookup, identity: Identity | None, reason: str
) -> None:
    state, seen = _what_is_there(lookup, identity)
    message = f"{context.operation.action} of {container.label} ended: {reason} ({seen})"
    set_state(context, state, message, {"operation": context.operation.id, "seen": lookup}, last_error=reason)


def set_state(
    context: StepContext, state: State, message: str, evidence: Mapping[str, object], *, last_error: str | None
) -> None:
    """Move the record of the operation to `state`, with its event. It may be there already: where the janitor was
    first, or where the action left the state of the record alone.
    """
    container, actor, action = context.container, context.operation.actor, context.operation.action
    if state is not container.state:
        records.transition(
            container, state, actor=actor, action=action, message=message, evidence=evidence, last_error=last_error
        )
        return
    records.set_last_error(container.id, last_error)
    events.note(container, actor, action, message, evidence)


def _what_is_there(lookup: GuestLookup, identity: Identity | None) -> tuple[State, str]:
    """Return the state that a record goes back to, and why. The status of another guest, or of one that is being
    created at its VMID, does not count (law 3).
    """
    if not isinstance(lookup, GuestDetail):
        return State.ERROR, lookup.reason
    if identity is not None and identity.match is Match.DIFFERENT:
        return State.ERROR, f"CT {lookup.vmid} is another guest now"
    if lookup.lock in UNSETTLED_LOCKS - {Lock.DESTROYED}:
        return State.ERROR, unsettled(lookup.lock or "")
    return state_for(lookup.status) or State.ERROR, f"seen {lookup.status}"
