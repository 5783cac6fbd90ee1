"""What creation, clone and restore do alike once the guest is made: see it unlocked, record who it is, settle its
record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.identity import fingerprint_of
from proximity_tui.core.engine.operations.outcome import Fact, Interrupted, StepFailed
from proximity_tui.core.engine.operations.step_context import StepContext
from proximity_tui.core.model import ClinicalRecord, Container, Fingerprint, GuestDetail, StepRecord, Unread
from proximity_tui.core.model.lifecycle import state_for
from proximity_tui.core.proxmox.errors import GuestNotFound
from proximity_tui.core.store.records import clinical_records, records

READINGS = 3
"""How often a guest is read back that somebody changes or moves between two requests."""


@value_object
class Ending:
    """How a container that was made ends: the message and the evidence of its event, and what it lacks, if anything."""

    message: str
    evidence: Mapping[str, Any]
    lacking: str | None = None


def see_made(run: StepContext) -> GuestDetail:
    """Return the guest that was made. Raises Interrupted while it is locked for its creation."""
    seen = run.observe(run.settings.settle_timeout)
    if seen.lock == "create":
        raise Interrupted(
            f"CT {seen.vmid} is locked (create) although our task ended: find out who holds it, then resume"
        )
    return seen


def unread(seen: GuestDetail) -> Interrupted:
    """Return the interruption where the config of a guest that was made could not be read."""
    gap = seen.gap(Unread.CONFIG)
    why = f" ({gap.why})" if gap is not None else ""
    return Interrupted(f"the config of CT {seen.vmid} could not be read{why}: resume to look again")


def see_whole(run: StepContext, look: Callable[[], GuestDetail]) -> tuple[GuestDetail, ClinicalRecord]:
    """Return the guest as `look` sees and judges it, and its clinical record, which is of that very guest (law 3).
    Where it moved or changed between the two it is looked at again. Raises Interrupted where that does not end, and as
    `look` does.
    """
    for _ in range(READINGS):
        seen = look()
        try:
            captured = run.client.clinical(seen.node, seen.vmid)
        except GuestNotFound:
            continue
        if captured.config is None or fingerprint_of(captured.config) == seen.fingerprint:
            return seen, captured
    raise changed_meanwhile(seen)


def changed_meanwhile(seen: GuestDetail) -> Interrupted:
    """Return the interruption of a step that never read a guest twice as the same."""
    return Interrupted(f"CT {seen.vmid} changed while it was read back; nothing of it was recorded: resume")


def record_identity(
    run: StepContext, container: Container, fingerprint: Fingerprint, captured: ClinicalRecord, reason: str
) -> None:
    """Record the fingerprint of a guest that was made, and its clinical record, in an open `run.writing()`."""
    message = f"fingerprint of {container.label} recorded"
    records.set_fingerprint(container, fingerprint, actor=run.operation.actor, message=message)
    clinical_records.add_revision(container.id, captured, reason)


def settle(run: StepContext, step: StepRecord, ending_of: Callable[[Container, GuestDetail], Ending]) -> Fact:
    """Set the record to what is observed, and end the operation, in one transaction, with what `ending_of` records in
    it.
    """
    seen = run.observe()
    state = state_for(seen.status)
    if state is None:
        raise StepFailed(f"CT {run.vmid} is there, but its status is not known")
    container = run.container
    run.note_ours(seen)
    with run.writing():
        ending = ending_of(container, seen)
        records.transition(
            container,
            state,
            actor=run.operation.actor,
            action=run.operation.action,
            message=ending.message,
            evidence={"operation": run.operation.id, **ending.evidence},
            last_error=ending.lacking,
        )
        run.settle(step)
    return Fact()
