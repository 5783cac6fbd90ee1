"""The state in which an action that failed left its container, as it was seen afterwards, and what to do about it.

An action may stop a container before it does what was asked for: whoever reads of its failure must learn that.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.observation.expected_fingerprint import recognise
from proximity_tui.core.model import (
    Action,
    Container,
    GuestDetail,
    GuestLookup,
    GuestNotSeen,
    Match,
    Operation,
    Presence,
    Status,
    StepName,
    StepOutcome,
)
from proximity_tui.core.model.actions.plan import GuestBound

_ENDS_STOPPED = frozenset({Action.SHUTDOWN, Action.STOP})


def state_after_failure(operation: Operation, container: Container, lookup: GuestLookup) -> str | None:
    """Return what is seen of the container of a failed action, as a sentence; None where another guest than the
    recorded one is seen (law 3), and for an action that had no container before, such as a creation, unless it only
    failed to start it.
    """
    bound = operation.plan.bound_to
    if not isinstance(bound, GuestBound):
        return _not_started(operation, container, lookup)
    if isinstance(lookup, GuestNotSeen):
        if lookup.presence is Presence.ABSENT:
            return f"CT {lookup.vmid} is not there any more: {lookup.reason}"
        return f"the state of CT {lookup.vmid} is not known: {lookup.reason}"
    if recognise(container, lookup.fingerprint, lookup.lock).match is Match.DIFFERENT:
        return None
    where = _where(lookup)
    if _was_taken_down(operation, bound, lookup):
        return f"CT {lookup.vmid} ran before and is {where} now{_start(operation, lookup)}"
    if (bound.status, bound.node, bound.digest) == (lookup.status, lookup.node, lookup.digest):
        return f"CT {lookup.vmid} is as it was, {where}: remove the cause, then try again"
    return f"CT {lookup.vmid} is {where} now"


def is_gone(operation: Operation, container: Container | None, lookup: GuestLookup | None) -> bool:
    """Return whether the guest that an action was planned for is seen not to be there any more: its VMID is free, or
    another guest has it.
    """
    if container is None or lookup is None or not isinstance(operation.plan.bound_to, GuestBound):
        return False
    if isinstance(lookup, GuestNotSeen):
        return lookup.presence in (Presence.ABSENT, Presence.REPLACED)
    return recognise(container, lookup.fingerprint, lookup.lock).match is Match.DIFFERENT


def is_untouched(operation: Operation, container: Container | None, lookup: GuestLookup) -> bool:
    """Return whether the container of a failed action is seen to run, or not, as it did before; of a creation, that
    there is none. A lock of somebody else, or another node, does not count.
    """
    bound = operation.plan.bound_to
    if not isinstance(bound, GuestBound):
        return isinstance(lookup, GuestNotSeen) and lookup.presence is Presence.ABSENT
    if container is None or not isinstance(lookup, GuestDetail):
        return False
    same = recognise(container, lookup.fingerprint, lookup.lock).match is not Match.DIFFERENT
    return same and bound.status is lookup.status


def _not_started(operation: Operation, container: Container, lookup: GuestLookup) -> str | None:
    failed = any(step.name is StepName.START and step.outcome is StepOutcome.FAILED for step in operation.steps)
    if not failed or not isinstance(lookup, GuestDetail) or lookup.status is not Status.STOPPED:
        return None
    if recognise(container, lookup.fingerprint, lookup.lock).match is Match.DIFFERENT:
        return None
    return f"CT {lookup.vmid} is {_where(lookup)} now{_start(operation, lookup)}"


def _where(seen: GuestDetail) -> str:
    return f"{seen.status} on {seen.node}{f', locked ({seen.lock})' if seen.lock else ''}"


def _start(operation: Operation, seen: GuestDetail) -> str:
    """Return the advice for a container that is stopped; nothing for one that is locked."""
    return "" if seen.lock else f"; `proximity-tui start {operation.name}` starts it"


def _was_taken_down(operation: Operation, bound: GuestBound, seen: GuestDetail) -> bool:
    """Return whether a container that ran is stopped now, although that was not what was asked for."""
    stopped = bound.status is Status.RUNNING and seen.status is Status.STOPPED
    return stopped and operation.action not in _ENDS_STOPPED
