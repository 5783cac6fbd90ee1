"""The rules for accepting drift: the present config becomes the baseline. Nothing is changed at Proxmox.

What is accepted is what was shown, of the guest that was judged to be the recorded one (law 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proximity_tui.core.base.text import describe
from proximity_tui.core.doctrine.actions.guest_plan import guest_to_act_on, plan_for_guest
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.observation.config_fields import field_changes
from proximity_tui.core.doctrine.observation.identity import UNSETTLED_LOCKS, identify, unsettled
from proximity_tui.core.doctrine.observation.judge import judge
from proximity_tui.core.model import (
    Action,
    Container,
    GuestDetail,
    GuestLookup,
    IdentityCause,
    Match,
    Plan,
    Refusal,
    RefusalCode,
    Step,
    StepName,
)

_MOST_NAMED = 6
"""How many changes a summary names; the rest is a number."""


def plan_acceptance(container: Container, lookup: GuestLookup, recorded: Mapping[str, Any] | None) -> Plan | Refusal:
    """Return the plan for making the present config the baseline of a container, or the refusal. `recorded` is the
    config of the present baseline, None where there is none.
    """
    seen = guest_to_act_on(container, lookup)
    if isinstance(seen, Refusal):
        return seen
    by_marker = is_ours_by_marker(container, seen)
    refused = None if by_marker else check_ours(container, seen)
    if refused:
        return refused
    labels = [change.label for change in field_changes(recorded, seen.config)]
    if recorded is not None and not labels and not by_marker:
        return no_drift(container)
    accepted = f"accept {_named(labels)}" if recorded is not None else "keep its config"
    return plan_for_guest(
        container,
        seen,
        Action.ACCEPT_DRIFT,
        steps=(
            Step(StepName.CAPTURE, "read everything again; the config must be the one that was shown"),
            Step(StepName.RECORD, "make it the baseline, with your note, in one transaction with the event"),
        ),
        summary=f"{accepted} as the baseline of {container.label}: nothing is changed at Proxmox",
        warnings=(_never_recorded(container, seen),) if by_marker else (),
    )


def is_ours_by_marker(container: Container, seen: GuestDetail) -> bool:
    """Return whether a guest whose fingerprint was never recorded has the marker that we gave it: by that, and the word
    of a person who sees the rest, it is recorded. Clones copy markers, so nothing less will do.
    """
    return identify(container, seen.fingerprint, seen.lock).cause is IdentityCause.ONLY_MARKER


def _never_recorded(container: Container, seen: GuestDetail) -> str:
    found = seen.fingerprint
    addresses = describe(sorted(found.hwaddrs)) if found is not None and found.hwaddrs else "no hardware address"
    rootfs = found.rootfs if found is not None else None
    return (
        f"the fingerprint of {container.name} was never recorded, and is from now on what is seen: our marker,"
        f" {addresses}, {rootfs}. Only go on if this is the container that we made"
    )


def check_ours(container: Container, seen: GuestDetail) -> Refusal | None:
    """Return a refusal unless the config of a settled guest was read that is the recorded one, else None."""
    if seen.lock in UNSETTLED_LOCKS:
        return Refusal(RefusalCode.LOCKED, unsettled(seen.lock or ""))
    if seen.config is None:
        return refusals.config_unread(seen)
    identity = judge(container, seen, seen.fingerprint_at)
    if identity.match is Match.DIFFERENT:
        return refusals.another_guest(seen, identity)
    if identity.match is not Match.SAME:
        reason = f"it is not certain that CT {seen.vmid} is {container.name}: {identity.sentence}"
        return Refusal(RefusalCode.IDENTITY_UNSURE, reason)
    return None


def no_drift(container: Container) -> Refusal:
    """Return the refusal for a container of which no setting differs from the baseline."""
    return Refusal(RefusalCode.NO_DRIFT, f"{container.name} has no drift: no setting differs from the baseline")


def _named(labels: list[str]) -> str:
    names = list(dict.fromkeys(labels))
    rest = len(names) - _MOST_NAMED
    return describe([*names[:_MOST_NAMED], f"{rest} more"] if rest > 0 else names)
