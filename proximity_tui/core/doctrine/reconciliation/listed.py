"""The rung of what is listed: whose it is by its row, whether it is settled, and whether its destroy failed half-way.

What is missing goes on to the next rungs; see `ladder`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from proximity_tui.core.base.text import quoted
from proximity_tui.core.doctrine.observation.identity import UNSETTLED_LOCKS, half_destroyed, unsettled
from proximity_tui.core.doctrine.reconciliation.rungs import LadderFacts
from proximity_tui.core.doctrine.reconciliation.verdict import Limits, Verdict, VerdictReason, unknown
from proximity_tui.core.model import Container, Guest, Inventory, Match, NodeStatus, Presence


def judge_listed(facts: LadderFacts) -> Verdict | None:
    """Return the verdict for a container whose VMID is listed, or that has none; None where it is not listed."""
    if facts.container.vmid is None:
        return unknown(facts.container, VerdictReason.NO_VMID, "it has no VMID yet")
    guest = facts.inventory.guests.get(facts.container.vmid)
    if guest is None:
        return None
    verdicts = (check(facts, guest) for check in _CHECKS)
    return next((verdict for verdict in verdicts if verdict is not None), _present(facts, guest))


def _check_type(facts: LadderFacts, guest: Guest) -> Verdict | None:
    if guest.is_container:
        return None
    why = f"VMID {guest.vmid} is now the virtual machine {quoted(guest.display_name)} on {guest.node}"
    return Verdict(facts.container, Presence.REPLACED, VerdictReason.REPLACED, why)


def _check_fingerprint(facts: LadderFacts, guest: Guest) -> Verdict | None:
    """Return the verdict where the config was read and is another guest's."""
    why = facts.snapshot.replaced.get(guest.vmid)
    return None if why is None else Verdict(facts.container, Presence.REPLACED, VerdictReason.REPLACED, why)


def _check_remains(facts: LadderFacts, guest: Guest) -> Verdict | None:
    """Return the verdict for what a destroy left that is not an operation of ours."""
    container, snapshot = facts.container, facts.snapshot
    remains = half_destroyed(container.fingerprint, guest.lock) or snapshot.remains.get(guest.vmid)
    if remains is None or container.id in snapshot.busy:
        return None
    return _judge_remains(container, guest, facts.inventory, facts.limits, remains)


def _check_lock(facts: LadderFacts, guest: Guest) -> Verdict | None:
    if guest.lock not in UNSETTLED_LOCKS:
        return None
    return unknown(facts.container, VerdictReason.SETTLING, unsettled(guest.lock or ""))


def _check_whole_again(facts: LadderFacts, guest: Guest) -> Verdict | None:
    """Return the doubt where remains were seen before, and no config was read that would show whether it is whole."""
    container = facts.container
    if container.half_destroyed_since is None or guest.vmid not in facts.snapshot.unread:
        return None
    return unknown(container, VerdictReason.SETTLING, container.presence_reason or "its config could not be read")


def _check_node(facts: LadderFacts, guest: Guest) -> Verdict | None:
    if facts.inventory.node_status(guest.node) != NodeStatus.OFFLINE:
        return None
    return unknown(facts.container, VerdictReason.NODE_OFFLINE, facts.inventory.why_offline(guest.node))


def _check_placeholder(facts: LadderFacts, guest: Guest) -> Verdict | None:
    """Return the doubt where the config that was read does not say yet who is there."""
    seen = facts.snapshot.seen.get(facts.container.id)
    if seen is None or seen.read is None or seen.match is not Match.PLACEHOLDER:
        return None
    return unknown(facts.container, VerdictReason.SETTLING, seen.reason or "it is not settled")


def _present(facts: LadderFacts, guest: Guest) -> Verdict:
    seen = facts.snapshot.seen.get(facts.container.id)
    confirmed = seen is None or seen.confirmed
    why = f"listed on {guest.node}"
    return Verdict(facts.container, Presence.PRESENT, VerdictReason.PRESENT, why, confirmed=confirmed)


_CHECKS: tuple[Callable[[LadderFacts, Guest], Verdict | None], ...] = (
    _check_type,
    _check_fingerprint,
    _check_remains,
    _check_lock,
    _check_whole_again,
    _check_node,
    _check_placeholder,
)
"""What is asked of a row that is listed, in this order: the first verdict ends it. A row without one is present."""


def _judge_remains(container: Container, guest: Guest, inventory: Inventory, limits: Limits, remains: str) -> Verdict:
    """Return the verdict for the remains of a destroy: wait. Remains that are still there in a second list, long enough
    after the first, mean that the destroy failed half-way.
    """
    first = _remains_first_seen(container, inventory)
    since = first or inventory.taken_at
    lasted = first is not None and inventory.taken_at - first >= limits.confirm_after
    reason = unsettled(guest.lock) if guest.lock in UNSETTLED_LOCKS else f"half destroyed? {remains}"
    return replace(
        unknown(container, VerdictReason.SETTLING, reason),
        confirm_at=None if lasted else since + limits.confirm_after,
        remains=remains,
        half_destroyed_since=since,
    )


def _remains_first_seen(container: Container, inventory: Inventory) -> datetime | None:
    """Return the time of the first list with the remains; None when this is the first, or the clock went back."""
    first = container.half_destroyed_since
    return None if first is None or first > inventory.taken_at else first
