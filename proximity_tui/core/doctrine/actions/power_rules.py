"""The rules for power actions, each requested by name; deletion never uses them for an adopted container.

Knows when start, shut down, stop and reboot would do harm. Reboot is refused where Proxmox would stop the container and
then could not start it again.
"""

from __future__ import annotations

from dataclasses import replace

from proximity_tui.core.doctrine.actions.guest_plan import (
    guest_to_act_on,
    identity_doubts,
    plan_for_guest,
    tasks_listed,
)
from proximity_tui.core.doctrine.guards import checks
from proximity_tui.core.model import (
    Action,
    Container,
    GuestDetail,
    GuestLookup,
    Lock,
    Plan,
    Refusal,
    RefusalCode,
    Status,
    Step,
    StepName,
)
from proximity_tui.core.model.actions.plan_options import PowerOptions

REBOOT = "vzreboot"
"""The type of the task that Proxmox lists of a reboot."""

_MOUNTED = frozenset({Lock.MOUNTED})
_LOCKS_ALLOWED = {
    Action.START: _MOUNTED,
    Action.STOP: _MOUNTED,
    Action.SHUTDOWN: frozenset[str](),
    Action.REBOOT: frozenset[str](),
}
_ENDS_AS = {
    Action.START: Status.RUNNING,
    Action.REBOOT: Status.RUNNING,
    Action.SHUTDOWN: Status.STOPPED,
    Action.STOP: Status.STOPPED,
}
_DONE = {Action.START: "started", Action.SHUTDOWN: "shut down", Action.STOP: "stopped"}
_UNDONE_BY = {Status.RUNNING: "stopped", Status.STOPPED: "started"}
POINTLESS = frozenset({RefusalCode.ALREADY_RUNNING, RefusalCode.ALREADY_STOPPED})
"""Codes of the refusals that say: it is as it was asked to be."""
WORDS = {
    Action.START: "start",
    Action.SHUTDOWN: "shut down",
    Action.STOP: "stop immediately, without a clean shutdown,",
    Action.REBOOT: "reboot",
}


def pointless_of(action: Action) -> frozenset[RefusalCode]:
    """Return the codes that say of an action: it is as it was asked to be. What does not run is not rebooted."""
    return POINTLESS - {RefusalCode.ALREADY_STOPPED} if action is Action.REBOOT else POINTLESS


def plan_power(container: Container, action: Action, lookup: GuestLookup) -> Plan | Refusal:
    """Return the plan for one power action on `container`, or the refusal."""
    seen = guest_to_act_on(container, lookup)
    if isinstance(seen, Refusal):
        return seen
    return check_power(container, action, seen) or _plan(container, action, seen)


def check_power(container: Container, action: Action, seen: GuestDetail) -> Refusal | None:
    """Return the refusal of the guards for a power action, also right before it is sent; else None."""
    return (
        checks.check_known(container, seen)
        or _check_template(action, seen)
        or checks.check_lock(seen, _LOCKS_ALLOWED[action])
        or _check_quorum(action, seen)
        or _check_needed(action, seen)
        or checks.check_tasks(seen)
    )


def expected_status(action: Action) -> Status:
    """Return the status that must be seen after a power action; the task's OK alone is no proof (HA only queues)."""
    return _ENDS_AS[action]


def why_perhaps_done(action: Action, seen: GuestDetail) -> str:
    """Return what is not known of an action whose end is not known, with the guest that is seen."""
    now = f"CT {seen.vmid} is {seen.status}"
    if action is Action.REBOOT:
        return f"{now}, and whether it was rebooted is not known"
    undone = _UNDONE_BY[expected_status(action)]
    return f"{now}, and whether it was {_DONE[action]}, and {undone} since, is not known"


def _check_template(action: Action, seen: GuestDetail) -> Refusal | None:
    if seen.template and action in (Action.START, Action.REBOOT):
        return Refusal(RefusalCode.TEMPLATE, "you can't start a CT if it's a template")
    return None


def _check_quorum(action: Action, seen: GuestDetail) -> Refusal | None:
    if action is Action.REBOOT:
        refused = checks.check_quorum(seen)
        return refused and replace(refused, reason=f"{refused.reason}; a reboot would stop it and not start it again")
    return checks.check_part_of_quorum(seen) if action is Action.START else checks.check_server(seen.quorum)


def _check_needed(action: Action, seen: GuestDetail) -> Refusal | None:
    if action is Action.START and seen.status is Status.RUNNING:
        return Refusal(RefusalCode.ALREADY_RUNNING, f"CT {seen.vmid} already running")
    if action is not Action.START and seen.status is Status.STOPPED:
        return Refusal(RefusalCode.ALREADY_STOPPED, f"CT {seen.vmid} not running")
    return None


def _plan(container: Container, action: Action, seen: GuestDetail) -> Plan:
    words = WORDS[action]
    end = _ENDS_AS[action]
    warnings = [*identity_doubts(container, seen)]
    if seen.is_run_by_ha:
        warnings.append("managed by HA: Proxmox queues the request and may execute it on another node")
    return plan_for_guest(
        container,
        seen,
        action,
        steps=(
            Step(StepName.ASK, f"{words} CT {seen.vmid} on {seen.node}"),
            Step(StepName.AWAIT_STATUS, f"verify that it is {end}"),
        ),
        summary=f"{words} {container.label}",
        options=PowerOptions(
            ha=seen.is_run_by_ha, done_before=tasks_listed(seen, REBOOT) if action is Action.REBOOT else None
        ),
        warnings=tuple(warnings),
    )
