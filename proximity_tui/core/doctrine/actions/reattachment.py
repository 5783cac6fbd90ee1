"""The rules for a container that came back: when a tombstone may be followed by a new record of the same kind.

A container that vanished and is listed again is offered, never taken automatically: a person confirms, and the
fingerprint must match. A native one must still carry our marker; any other can only be adopted, so it can never be
destroyed by us.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.actions import refusals
from proximity_tui.core.doctrine.observation.judge import judge
from proximity_tui.core.model import Container, GuestLookup, GuestNotSeen, Kind, Match, Refusal, RefusalCode


def may_reattach(tombstone: Container, existing: Container | None, lookup: GuestLookup | None) -> Refusal | None:
    """Return None when the guest that is seen may be managed again as what it was, else the refusal."""
    if not tombstone.is_tombstone:
        return Refusal(RefusalCode.MANAGED, f"{tombstone.label} was never closed: there is nothing to re-attach")
    if existing is not None:
        return refusals.managed(existing)
    if tombstone.kind is Kind.UNKNOWN:
        return Refusal(
            RefusalCode.KIND_UNKNOWN, "its kind cannot be read: adopt the guest instead, then it is never destroyed"
        )
    if lookup is None:
        return refusals.no_guest_to_ask(tombstone)
    if isinstance(lookup, GuestNotSeen):
        return Refusal(RefusalCode.UNKNOWN_STATUS, f"CT {tombstone.vmid} is not seen: {lookup.reason}")
    identity = judge(tombstone, lookup, lookup.taken_at)
    if identity.match is not Match.SAME:
        return Refusal(
            RefusalCode.IDENTITY_UNSURE,
            f"the guest at CT {tombstone.vmid} may not be {tombstone.name}: {identity.sentence}; adopt it instead",
        )
    return None
