"""The conditions that must still be true of a confirmed plan when it is executed; else the plan is void.

A plan is only as good as the observation that it was made from (laws 3 and 5): after any change a person confirms
again.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.actions.deletion import HardOptions, check_destroy, why_not_hard
from proximity_tui.core.doctrine.observation.identity import compare
from proximity_tui.core.model import Container, Fingerprint, GuestDetail, Match, Plan, Refusal


def still_true(plan: Plan, seen: GuestDetail) -> Refusal | None:
    """Return None while config, node and status are as they were when the plan was made: nothing was done yet."""
    other = still_the_one(plan, seen)
    if other is not None:
        return other
    before = plan.bound_to.get("status")
    if before != seen.status:
        return Refusal("changed", f"{plan.name} was {before} and is {seen.status} now: make the plan again")
    return still_holds(plan, seen)


def still_holds(plan: Plan, seen: GuestDetail) -> Refusal | None:
    """Return None while config and node are as they were when the plan was made; the operation itself changes the
    status.
    """
    bound = plan.bound_to
    if bound.get("digest") != seen.digest:
        return _config_changed(plan)
    if bound.get("node") != seen.node:
        return Refusal("changed", f"{plan.name} moved from {bound.get('node')} to {seen.node} since the plan was made")
    return None


def still_the_one(plan: Plan, seen: GuestDetail) -> Refusal | None:
    """Return None unless another guest is seen than the plan was made for."""
    shown = plan.bound_to.get("fingerprint")
    if not isinstance(shown, Fingerprint):
        return None
    identity = compare(shown, seen.fingerprint, seen.lock)
    if identity.match is not Match.DIFFERENT:
        return None
    return Refusal("changed", f"CT {seen.vmid} is another guest than the plan was made of: {identity.sentence}")


def source_still_true(plan: Plan, seen: GuestDetail) -> Refusal | None:
    """Return None while the source of a clone is as it was when the plan was made."""
    other = still_the_one(plan, seen)
    if other is not None:
        return other
    source, node = f"the source CT {seen.vmid}", plan.options.get("source_node")
    if node != seen.node:
        return Refusal("changed", f"{source} moved from {node} to {seen.node}: make the plan again")
    if plan.bound_to.get("digest") != seen.digest:
        return Refusal("changed", f"the config of {source} changed since the plan was made: make the plan again")
    return None


def still_as_shown(plan: Plan, seen: GuestDetail, digest: str | None) -> Refusal | None:
    """Return None while an adoption would take what was shown: the same guest with the same config `digest`. A config
    that could not be read then and can be read now was not shown, either.
    """
    other = still_the_one(plan, seen)
    if other is not None or plan.bound_to.get("digest") == digest:
        return other
    return _config_changed(plan)


def _config_changed(plan: Plan) -> Refusal:
    return Refusal("changed", f"the config of {plan.name} changed since the plan was made: make the plan again")


def recheck(container: Container, seen: GuestDetail, options: HardOptions) -> Refusal | None:
    """Return None while the record is still ours and open, and the guest passes every guard that
    the plan had to pass.
    """
    return why_not_hard(container) or _guard_open(container) or check_destroy(container, seen, options)


def _guard_open(container: Container) -> Refusal | None:
    """Return a refusal for a record that was closed meanwhile, else None: a closed record means that the guest is to be
    left alone.
    """
    if container.is_tombstone:
        return Refusal("closed", f"{container.name} is closed: what we no longer look after is not ours to destroy")
    return None
