"""The new guest of a creation, a clone or a restore, once its task ended: it is seen unlocked, its identity is
recorded, its record is settled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.engine.operations.outcome import Fact, Interrupted
from proximity_tui.core.engine.operations.step_context import StepContext
from proximity_tui.core.model import ClinicalRecord, Container, Fingerprint, GuestDetail, Lock, StepRecord, Unread
from proximity_tui.core.model.lifecycle import state_for
from proximity_tui.core.store.records import clinical_records, records


@value_object
class FinalEvent:
    """The event that ends the making of a container: its message and evidence, and what the container lacks, if
    anything.
    """

    message: str
    evidence: Mapping[str, Any]
    lacking: str | None = None


def see_unlocked(context: StepContext) -> GuestDetail:
    """Return the guest that was made. Raises Interrupted while it is locked for its creation."""
    seen = context.guest.observe(context.settings.settle_timeout)
    if seen.lock == Lock.CREATE:
        raise Interrupted(
            f"CT {seen.vmid} is locked (create) although our task ended: find out who holds it, then resume"
        )
    return seen


def unread(seen: GuestDetail) -> Interrupted:
    """Return the interruption where the config of a guest that was made, or moved, could not be read."""
    gap = seen.gap(Unread.CONFIG)
    why = f" ({gap.why})" if gap is not None else ""
    return Interrupted(f"the config of CT {seen.vmid} could not be read{why}: resume to read it again")


def record_identity(
    context: StepContext, container: Container, fingerprint: Fingerprint, captured: ClinicalRecord, reason: str
) -> None:
    """Record the fingerprint of a guest that was made, and its clinical record, in an open `context.writing()`."""
    message = f"fingerprint of {container.label} recorded"
    records.set_fingerprint(container, fingerprint, actor=context.operation.actor, message=message)
    clinical_records.add_revision(container.id, captured, reason)


def finish_new_guest(
    context: StepContext, step: StepRecord, event_of: Callable[[Container, GuestDetail], FinalEvent]
) -> Fact:
    """Set the record to what is observed, and end the operation, in one transaction, with what `event_of` records in
    it; return the fact. Raises Interrupted where the status is not known, StepFailed where another guest is there.
    """
    seen = context.guest.observe()
    state = state_for(seen.status)
    if state is None:
        raise Interrupted(f"CT {context.vmid} is there, but its status is not known: wait and resume")
    container = context.container
    context.guest.note_ours(seen)
    with context.writing():
        final = event_of(container, seen)
        records.transition(
            container,
            state,
            actor=context.operation.actor,
            action=context.operation.action,
            message=final.message,
            evidence={"operation": context.operation.id, **final.evidence},
            last_error=final.lacking,
        )
        context.finish(step)
    return Fact()
