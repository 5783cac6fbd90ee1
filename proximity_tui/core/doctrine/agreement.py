"""What must still be true of an agreed hard delete, right before each of its writes; else the plan is void.

A plan is only as good as the look that it was made from (law 3): whatever changed since, a person agrees anew.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.deletion import HardOptions, guard_destroy, why_not_hard
from proximity_tui.core.model import Container, Observation, Plan, Refusal


def still_true(plan: Plan, seen: Observation) -> Refusal | None:
    """None while the world is as it was when the plan was made, the status included: nothing was done yet."""
    before = plan.bound_to.get("status")
    if before != seen.status:
        return Refusal("changed", f"{plan.name} was {before} and is {seen.status} now: make the plan again")
    return still_holds(plan, seen)


def still_holds(plan: Plan, seen: Observation) -> Refusal | None:
    """None while config and node are as they were when the plan was made; the status is ours to change meanwhile."""
    bound = plan.bound_to
    if bound.get("digest") != seen.digest:
        return Refusal("changed", f"the config of {plan.name} changed since the plan was made: make the plan again")
    if bound.get("node") != seen.node:
        return Refusal("changed", f"{plan.name} moved from {bound.get('node')} to {seen.node} since the plan was made")
    return None


def recheck(container: Container, seen: Observation, options: HardOptions) -> Refusal | None:
    """None while the record is still ours and open, and the guest passes every guard that the plan had to pass."""
    return why_not_hard(container) or _guard_open(container) or guard_destroy(container, seen, options)


def _guard_open(container: Container) -> Refusal | None:
    """Refuses a record that was closed meanwhile: whoever forgot it wants its guest left alone."""
    if container.is_tombstone:
        return Refusal("closed", f"{container.name} is closed: what we no longer look after is not ours to destroy")
    return None
