"""The rung of what is listed: whose it is by its row, whether it is settled, and whether its destroy failed half-way.

What is missing goes on to the next rungs; see `ladder`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from proximity_tui.core.doctrine.observation.identity import UNSETTLED_LOCKS, half_destroyed, unsettled
from proximity_tui.core.doctrine.reconciliation.rungs import LadderFacts
from proximity_tui.core.doctrine.reconciliation.verdict import Limits, Verdict, VerdictReason, unknown
from proximity_tui.core.model import Container, Guest, Inventory, Match, NodeStatus, Presence


def judge_listed(facts: LadderFacts) -> Verdict | None:
    """Return the verdict for a container whose VMID is listed, or that has none; None where it is not listed."""
    container, snapshot, inventory = facts.container, facts.snapshot, facts.inventory
    if container.vmid is None:
        return unknown(container, VerdictReason.NO_VMID, "it has no VMID yet")
    guest = inventory.guests.get(container.vmid)
    if guest is None:
        return None
    if not guest.is_container:
        return Verdict(
            container,
            Presence.REPLACED,
            VerdictReason.REPLACED,
            f"VMID {guest.vmid} is now the virtual machine {guest.display_name} on {guest.node}",
        )
    if guest.vmid in snapshot.replaced:
        return Verdict(container, Presence.REPLACED, VerdictReason.REPLACED, snapshot.replaced[guest.vmid])
    remains = half_destroyed(container.fingerprint, guest.lock) or snapshot.remains.get(guest.vmid)
    if remains is not None and container.id not in snapshot.busy:
        return _judge_remains(container, guest, inventory, facts.limits, remains)
    if guest.lock in UNSETTLED_LOCKS:
        return unknown(container, VerdictReason.SETTLING, unsettled(guest.lock or ""))
    if container.half_destroyed_since is not None and guest.vmid in snapshot.unread:
        return unknown(container, VerdictReason.SETTLING, container.presence_reason or "its config could not be read")
    if inventory.node_status(guest.node) == NodeStatus.OFFLINE:
        return unknown(container, VerdictReason.NODE_OFFLINE, inventory.why_offline(guest.node))
    seen = snapshot.seen.get(container.id)
    if seen is not None and seen.read is not None and seen.match is Match.PLACEHOLDER:
        return unknown(container, VerdictReason.SETTLING, seen.reason or "it is not settled")
    confirmed = seen is None or seen.confirmed
    return Verdict(container, Presence.PRESENT, VerdictReason.PRESENT, f"listed on {guest.node}", confirmed=confirmed)


def _judge_remains(container: Container, guest: Guest, inventory: Inventory, limits: Limits, remains: str) -> Verdict:
    """Return the verdict for the remains of a destroy: wait. Remains that are still there at a second look, long enough
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
    """Return the time of the first look at the remains; None when this is the first, or the clock went back."""
    first = container.half_destroyed_since
    return None if first is None or first > inventory.taken_at else first
