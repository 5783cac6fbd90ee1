"""A guest is read back after a change of ours, and our record follows it: nothing that we did ourselves is a drift."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from proximity_tui.core.base.clock import attempts
from proximity_tui.core.doctrine.actions.changing.stored_changes import followed, followed_fingerprint
from proximity_tui.core.doctrine.observation.config_drift import drift
from proximity_tui.core.doctrine.observation.identity import compare, fingerprint_of, unsettled_identity
from proximity_tui.core.engine.observe.drift_check import keep_config
from proximity_tui.core.engine.observe.status_update import config_seen
from proximity_tui.core.engine.operations.outcome import Fact, Interrupted, StepFailed
from proximity_tui.core.engine.operations.step_context import StepContext
from proximity_tui.core.model import ClinicalRecord, GuestDetail, Identity, Match
from proximity_tui.core.model.config_revision import Attribution, RevisionCause
from proximity_tui.core.proxmox.errors import GuestNotFound, ProxmoxError
from proximity_tui.core.store.records import clinical_records, records
from proximity_tui.core.store.revisions import revisions

READINGS = 3
"""How often a guest is read back that somebody changes or moves between two requests."""


def read_back(context: StepContext, taken: str = "") -> tuple[GuestDetail, Mapping[str, Any]]:
    """Return the guest as it is now, and its config with what is pending, which is of that very guest (law 3). Raises
    Interrupted when it cannot be read, StepFailed when it is gone or another one; `taken` is what Proxmox took before,
    which that failure tells, too.
    """
    try:
        return _read_back(context)
    except StepFailed as failed:
        if not taken:
            raise
        raise StepFailed(f"Proxmox took {taken}, but {failed.reason}") from failed


def _read_back(context: StepContext) -> tuple[GuestDetail, Mapping[str, Any]]:
    for _ in range(READINGS):
        seen = context.guest.observe()
        context.guest.refuse_another_guest(seen)
        try:
            coming = context.client.config_to_come(seen.vmid, seen.node)
        except GuestNotFound:
            # It moved meanwhile, or went away: the next look says which.
            continue
        except ProxmoxError as error:
            raise Interrupted(f"what was stored of CT {seen.vmid} cannot be read: {error.sentence}") from error
        if seen.config is None:
            raise Interrupted(f"what was stored of CT {seen.vmid} cannot be read")
        if coming.get("digest") == seen.digest:
            return seen, coming
    raise changed_meanwhile(seen)


def see_whole(context: StepContext, look: Callable[[], GuestDetail]) -> tuple[GuestDetail, ClinicalRecord]:
    """Return the guest as `look` sees and judges it, and its clinical record, which is of that very guest (law 3).
    Where it moved or changed between the two it is looked at again. Raises Interrupted where that does not end, and as
    `look` does.
    """
    for _ in range(READINGS):
        seen = look()
        try:
            captured = context.client.clinical(seen.node, seen.vmid)
        except GuestNotFound:
            continue
        if captured.config is None or fingerprint_of(captured.config) == seen.fingerprint:
            return seen, captured
    raise changed_meanwhile(seen)


def require_settled(seen: GuestDetail) -> None:
    """Raise Interrupted for a guest whose config is not whole: it is being written, or is what a destroy left of it.
    What it lacks proves nothing, and nothing of it is recorded (law 2).
    """
    doubt = None if seen.fingerprint is None else unsettled_identity(seen.fingerprint, seen.lock)
    if doubt is not None:
        raise unrecognised(seen, doubt)


def unrecognised(seen: GuestDetail, doubt: Identity) -> Interrupted:
    """Return the interruption of a step whose guest may be the one of the record, or not."""
    return Interrupted(f"CT {seen.vmid} cannot be recognised: {doubt.sentence}; look at it, then resume")


def changed_meanwhile(seen: GuestDetail) -> Interrupted:
    """Return the interruption of a step that never read a guest twice as the same."""
    return Interrupted(f"CT {seen.vmid} changed while it was read back; nothing of it was recorded: resume")


def await_answer_in_config(
    context: StepContext, look_up: Callable[[], Fact | None], error: ProxmoxError, unchanged: str
) -> Fact:
    """Return the fact of a write whose answer was lost, once `look_up` finds it in the config. It is not sent again: it
    may still wait for the lock of the config. Raises Interrupted where it does not show; `unchanged` names what is as
    it was. What `look_up` raises beside Interrupted goes through.
    """
    for _ in attempts(context.clock, context.settings.lost_answer):
        with suppress(Interrupted):
            found = look_up()
            if found is not None:
                return found
    reason = f"{error.happened}; it may still be done, but {unchanged} is unchanged so far"
    raise Interrupted(reason, names_request=True) from error


def record_our_change(context: StepContext, seen: GuestDetail, coming: Mapping[str, Any], keys: Sequence[str]) -> None:
    """Let the record follow what we changed ourselves: its timeline, its fingerprint, and its clinical record, whose
    other settings stay as they were recorded; and what a list shows. Raises StepFailed for another guest, Interrupted
    where its config is not whole.
    """
    context.guest.refuse_another_guest(seen)
    require_settled(seen)
    if keys:
        with context.writing():
            _record_settings(context, seen, coming, keys)
    context.guest.note(seen)
    keep_config(context.container, seen)


def _record_settings(context: StepContext, seen: GuestDetail, coming: Mapping[str, Any], keys: Sequence[str]) -> None:
    container, actor, reason = context.container, context.operation.actor, f"changed: {', '.join(keys)}"
    new = followed_fingerprint(container.fingerprint, context.operation.plan.fingerprint, seen.fingerprint, keys)
    if new is not None:
        message = f"fingerprint of {container.label} follows our change"
        records.set_fingerprint(container, new, actor=actor, message=message)
    config, latest = config_seen(seen), clinical_records.latest(container.id)
    if config is not None and compare(new or container.fingerprint, seen.fingerprint, seen.lock).match is Match.SAME:
        attribution = Attribution(RevisionCause.OPERATION, actor, f"operation {context.operation.id}: {reason}")
        revisions.keep(container.id, config, attribution)
    if latest is None or latest.record.config is None:
        return
    now = followed(latest.record.config, coming, keys)
    # A resume may find that it has followed already.
    if drift(latest.record.config, now):
        record = replace(latest.record, captured_at=seen.taken_at, config=now, digest=seen.digest)
        clinical_records.add_revision(container.id, record, reason)
