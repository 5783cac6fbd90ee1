"""What all plans for a guest of ours share: when one may be made at all, what it is bound to, and the doubt about who
the guest is.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.guards import checks, refusals
from proximity_tui.core.doctrine.observation.identity import identify, weakened
from proximity_tui.core.model import (
    Action,
    Container,
    GuestDetail,
    GuestLookup,
    GuestNotSeen,
    Match,
    Plan,
    Refusal,
    Step,
    StepName,
)
from proximity_tui.core.model.actions.plan import GuestBound
from proximity_tui.core.model.actions.plan_options import NO_OPTIONS, Options

START_MADE = Step(StepName.START, "start it and verify that it runs")
"""The start of a container that the plan makes."""


def settle_made(published: str) -> Step:
    """Return the last step of a plan that makes a container; `published` are its public ports, as the text goes on."""
    return Step(StepName.SETTLE, f"set the record to what is observed{published}")


def guest_to_act_on(container: Container, lookup: GuestLookup) -> GuestDetail | Refusal:
    """Return the guest of a record as it was seen, or the refusal: the record is closed or busy, or the guest was not
    seen (law 2).
    """
    busy = checks.check_free(container)
    if busy:
        return busy
    return refusals.not_seen(container, lookup) if isinstance(lookup, GuestNotSeen) else lookup


def plan_for_guest(
    container: Container,
    seen: GuestDetail,
    action: Action,
    *,
    summary: str,
    steps: tuple[Step, ...],
    options: Options = NO_OPTIONS,
    warnings: tuple[str, ...] = (),
) -> Plan:
    """Return the plan of an action on a guest, bound to the guest as it was seen: it is void once that changed."""
    return Plan(
        action=action,
        cluster=container.cluster,
        vmid=container.vmid,
        node=seen.node,
        name=container.name,
        steps=steps,
        summary=summary,
        bound_to=GuestBound(container.version, seen.status, seen.node, seen.digest, seen.fingerprint),
        options=options,
        warnings=warnings,
    )


def identity_doubts(container: Container, seen: GuestDetail) -> tuple[str, ...]:
    """Return the warning about a guest whose identity is not certain, if it is not."""
    identity = identify(container, seen.fingerprint, seen.lock)
    return (weakened(identity),) if identity.match is Match.UNSURE else ()


def tasks_listed(seen: GuestDetail, task_type: str) -> tuple[str, ...] | None:
    """Return the ids of the tasks of one type that Proxmox lists of a guest, None where they could not be read."""
    return None if seen.tasks is None else tuple(task.upid for task in seen.tasks if task.type == task_type)
