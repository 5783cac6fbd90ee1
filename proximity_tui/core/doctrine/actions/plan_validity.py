"""The conditions that must still be true of a confirmed plan when it is executed; else the plan is void.

A plan is only as good as the observation that it was made from (laws 3 and 5): after any change a person confirms
again.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.actions.deletion import HardOptions, check_destroy
from proximity_tui.core.doctrine.actions.guest_plan import tasks_listed
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.guards.checks import check_native, check_open
from proximity_tui.core.doctrine.observation.expected_fingerprint import is_our_doing, recognise
from proximity_tui.core.doctrine.observation.identity import compare
from proximity_tui.core.model import Container, GuestDetail, Match, Plan, Refusal, RefusalCode
from proximity_tui.core.model.actions.plan import GuestBound, SourceBound
from proximity_tui.core.model.actions.plan_options import CloneOptions


def check_unchanged(plan: Plan, seen: GuestDetail) -> Refusal | None:
    """Return None while config, node and status are as they were when the plan was made: nothing was done yet."""
    other = check_same_guest(plan, seen)
    if other is not None:
        return other
    bound = plan.bound_to
    if isinstance(bound, GuestBound) and bound.status is not seen.status:
        message = f"{plan.name} was {bound.status} and is {seen.status} now: make the plan again"
        return Refusal(RefusalCode.CHANGED, message)
    return check_config_and_node(plan, seen)


def check_config_and_node(plan: Plan, seen: GuestDetail) -> Refusal | None:
    """Return None while config and node are as they were when the plan was made; the operation itself changes the
    status.
    """
    bound = plan.bound_to
    if not isinstance(bound, GuestBound):
        return refusals.config_changed(plan.name)
    other = _check_digest(plan, plan.name, seen, seen.digest)
    if other is not None:
        return other
    return refusals.moved(plan.name, bound.node, seen.node) if bound.node != seen.node else None


def check_not_done_since(known: tuple[str, ...] | None, task_type: str, done: str, seen: GuestDetail) -> Refusal | None:
    """Return None unless Proxmox lists a task of this type that it did not list when the plan was made. Our journal may
    lack that it was sent: a database server that took over may not have the last writes of the one before.
    """
    listed = tasks_listed(seen, task_type) or ()
    new = None if known is None else next((upid for upid in listed if upid not in known), None)
    return None if new is None else refusals.changed(f"CT {seen.vmid} was {done} (task {new})")


def check_same_guest(plan: Plan, seen: GuestDetail) -> Refusal | None:
    """Return None unless another guest is seen than the plan was made for."""
    if plan.fingerprint is None:
        return None
    identity = compare(plan.fingerprint, seen.fingerprint, seen.lock)
    if identity.match is not Match.DIFFERENT:
        return None
    return Refusal(RefusalCode.CHANGED, f"CT {seen.vmid} is another guest than in the plan: {identity.sentence}")


def check_no_new_doubt(plan: Plan, container: Container, seen: GuestDetail) -> Refusal | None:
    """Return None unless it is doubtful whether the guest that is seen is that of the record, and this very guest was
    not shown in the plan (law 3). A guest that its own operation changed is not in doubt.
    """
    identity = recognise(container, seen.fingerprint, seen.lock)
    if identity.match is not Match.UNSURE or is_our_doing(identity) or _was_shown(plan, seen):
        return None
    told = f"identity of CT {seen.vmid} is not certain, and the plan did not show that: {identity.sentence}"
    return Refusal(RefusalCode.IDENTITY_UNSURE, f"{told}; nothing was sent for this step: make the plan again")


def _was_shown(plan: Plan, seen: GuestDetail) -> bool:
    """Return whether a plan was made from the guest that is seen. Of one whose config cannot be read, then or now,
    nothing else is known than its VMID.
    """
    bound = plan.bound_to
    if not isinstance(bound, GuestBound | SourceBound):
        return False
    vmid = bound.source if isinstance(bound, SourceBound) else plan.vmid
    shown, now = bound.fingerprint, seen.fingerprint
    return vmid == seen.vmid and (shown == now or compare(shown, now, seen.lock).match is Match.SAME)


def check_same_source(plan: Plan, seen: GuestDetail) -> Refusal | None:
    """Return None while the source of a clone is as it was when the plan was made."""
    other = check_same_guest(plan, seen)
    if other is not None:
        return other
    source, node = f"the source CT {seen.vmid}", plan.carries(CloneOptions).source_node
    if node != seen.node:
        return refusals.moved(source, node, seen.node)
    return _check_digest(plan, source, seen, seen.digest)


def check_as_shown(plan: Plan, seen: GuestDetail, digest: str | None) -> Refusal | None:
    """Return None while an adoption would take what was shown: the same guest with the same config `digest`. A config
    that could not be read then and can be read now was not shown, either.
    """
    return check_same_guest(plan, seen) or _check_digest(plan, plan.name, seen, digest)


def _check_digest(plan: Plan, what: str, seen: GuestDetail, digest: str | None) -> Refusal | None:
    """Return the refusal of `what` where its config has another digest now than in the plan, or cannot be read: that is
    no change. Else None.
    """
    if plan.digest == digest:
        return None
    return refusals.config_unread(seen) if digest is None else refusals.config_changed(what)


def check_deletion(container: Container, seen: GuestDetail, options: HardOptions) -> Refusal | None:
    """Return None while the record is still ours and open, and the guest passes every guard that
    the plan had to pass.
    """
    return check_native(container) or check_open(container) or check_destroy(container, seen, options)
