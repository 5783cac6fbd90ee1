"""The match of a row with a record, and the changes that follow for the record.

Status, figures and lock of a row may be shown as they are: seen at this VMID. Name, node, tags and template of a record
follow only a config that was judged to be the same guest's (law 3, `judge`).
"""

from __future__ import annotations

from dataclasses import replace

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.identity import UNSETTLED_LOCKS, half_destroyed, unsettled, weakened
from proximity_tui.core.doctrine.observation.judge import (
    AHEAD,
    LIST_AGE,
    NO_DATA,
    GuestDescription,
    Read,
    description_of,
    judge,
    oddness,
    was_set_back,
    who_is_there,
)
from proximity_tui.core.model import Container, Guest, Identity, Inventory, Match, NodeStatus, Presence, Status

_LIST_IS_OLDER = Identity(Match.OLDER, ("the list was read before the guest was last seen",))


@value_object
class Seen:
    """The result of one inventory, and of a config if it was read, for one container."""

    container: Container
    guest: Guest | None
    """The row at its VMID; None where the list has none."""
    presence: Presence
    status: Status
    reason: str | None = None
    """What the record says of its presence; None where it is present, and nothing is to be said."""
    identity: Identity | None = None
    """Who is there; None where the container was not listed, or not looked for."""
    read: Read | None = None
    """The config that the identity was judged by; without one only the list was."""
    suspicious: str | None = None
    """Why the config should be read at once; None when it was, or when there is no reason."""
    remains: str | None = None
    """What shows that a destroy left only this of it."""
    confirmed: bool = True
    """Whether it counts as seen: what is older, a placeholder, or says otherwise than our record does not."""
    doubted: bool = False
    """Whether the fingerprint is due from now on, until somebody has read it."""

    @property
    def match(self) -> Match | None:
        """The identity of the guest that is there, in one word; None where none is known."""
        return None if self.identity is None else self.identity.match

    @property
    def description(self) -> GuestDescription | None:
        """The values that the record may take over; None unless a config was compared and is the same guest's."""
        return description_of(self.read) if self.read is not None and self.match is Match.SAME else None


def follow(container: Container, inventory: Inventory, read: Read | None = None, *, unchanged: bool = False) -> Seen:
    """Return the meaning of `inventory`, and of the config if that was `read`, for `container`. A miss is only
    `unknown` here: only the reconciler proves absence. The config of an `unchanged` row was read before, and the
    row did not change since.
    """
    if container.vmid is None:
        return Seen(container, None, Presence.UNKNOWN, Status.UNKNOWN, "it has no VMID yet")
    guest = inventory.guests.get(container.vmid)
    is_older = _is_older(container, inventory)
    if is_older and (guest is None or read is None):
        return _kept(container, guest, _LIST_IS_OLDER)
    if guest is None and container.presence is Presence.HIDDEN:
        # A miss does not undo a verdict: only being seen does, or the reconciler.
        return Seen(container, None, Presence.HIDDEN, Status.UNKNOWN, container.presence_reason)
    if guest is None:
        return Seen(container, None, Presence.UNKNOWN, Status.UNKNOWN, _why_missing(container, inventory))
    if not is_older and guest.is_container and inventory.node_status(guest.node) == NodeStatus.OFFLINE:
        return _on_offline_node(container, guest, inventory)
    identity = judge(container, guest if read is None else read, inventory.taken_at if read is None else read.taken_at)
    if identity.match is Match.DIFFERENT:
        reason = who_is_there(identity, read)
        return Seen(container, guest, Presence.REPLACED, Status.UNKNOWN, reason, identity, read)
    if read is not None:
        # A config says who is there all the same: the clock of whoever saw the guest last may be ahead of ours.
        return _follow_config(container, guest, inventory, identity, read)
    return _follow_row(container, guest, inventory, identity, unchanged=unchanged)


def _on_offline_node(container: Container, guest: Guest, inventory: Inventory) -> Seen:
    """Return the match for a row of a node that is offline. That another guest has the VMID stays known: else the row
    would be taken for ours once the node is back.
    """
    if container.presence is Presence.REPLACED:
        return Seen(container, guest, Presence.REPLACED, Status.UNKNOWN, container.presence_reason)
    return Seen(container, guest, Presence.UNKNOWN, Status.UNKNOWN, inventory.why_offline(guest.node))


def list_is_older(container: Container, inventory: Inventory) -> bool:
    """Return whether our own inspection is younger than the status in the list. Proxmox renews that status every 10 s
    and caches it for 4 more, so right after an operation the list still shows the status before it.
    """
    at, since = inventory.taken_at, container.state_since
    return at - since < LIST_AGE and not was_set_back(since, at)


def _follow_config(container: Container, guest: Guest, inventory: Inventory, identity: Identity, read: Read) -> Seen:
    """Return the match for a config that was read and is not known to be another guest's."""
    remains = half_destroyed(container.fingerprint, read.lock, read.fingerprint)
    if identity.match is Match.OLDER:
        return _kept(container, guest, identity)
    if remains is not None or identity.match is Match.PLACEHOLDER:
        settling = unsettled(read.lock or "") if read.lock in UNSETTLED_LOCKS else f"half destroyed? {remains}"
        return Seen(
            container, guest, Presence.UNKNOWN, Status.UNKNOWN, settling, identity, read,
            remains=remains, confirmed=False,
        )  # fmt: skip
    keeps_status = _is_older(container, inventory) or list_is_older(container, inventory)
    status = container.status if keeps_status else guest.status
    reason = weakened(identity) if identity.match is Match.UNSURE else _news(status)
    return Seen(container, guest, Presence.PRESENT, status, reason, identity, read)


def _follow_row(
    container: Container, guest: Guest, inventory: Inventory, identity: Identity, *, unchanged: bool
) -> Seen:
    """Return the match where only the list was read: it may confirm what is known, and never add anything new."""
    if container.presence is Presence.REPLACED:
        return _kept(container, guest, identity, "it was replaced")
    if guest.lock in UNSETTLED_LOCKS:
        return Seen(
            container, guest, Presence.UNKNOWN, Status.UNKNOWN, unsettled(guest.lock or ""), identity,
            confirmed=False, doubted=container.fingerprint is not None,
        )  # fmt: skip
    if container.half_destroyed_since is not None:
        # Whether it is whole again shows its config, which the reconciler reads.
        return _kept(container, guest, identity, "it was half destroyed")
    status = container.status if list_is_older(container, inventory) else guest.status
    if unchanged and container.presence is Presence.PRESENT:
        return Seen(container, guest, Presence.PRESENT, status, container.presence_reason, identity)
    odd = _why_odd(container, guest, identity)
    if odd is not None:
        return _follow_odd_row(container, guest, identity, odd, status)
    return _follow_usual_row(container, guest, identity, status)


def _why_odd(container: Container, guest: Guest, identity: Identity) -> str | None:
    """Return the reason to doubt that a row is the recorded guest's; None where there is none, or where the record has
    nothing that a config could be compared with.
    """
    has_no_evidence = container.fingerprint is None and container.marker is None
    if has_no_evidence and container.presence is Presence.PRESENT:
        return None
    placeholder = identity.sentence if identity.match is Match.PLACEHOLDER else None
    return oddness(container, guest) or placeholder


def _follow_odd_row(container: Container, guest: Guest, identity: Identity, odd: str, status: Status) -> Seen:
    """Return the match for a row that is not believed. One thing that it says is true all the same: that the status is
    not known.
    """
    kept = _kept(container, guest, identity, odd)
    status = Status.UNKNOWN if status is Status.UNKNOWN else container.status
    is_placeholder = identity.match is Match.PLACEHOLDER
    return replace(kept, status=status, doubted=is_placeholder and container.fingerprint is not None)


def _follow_usual_row(container: Container, guest: Guest, identity: Identity, status: Status) -> Seen:
    """Return the match for a row that nothing speaks against: its guest is present."""
    unseen = None if container.presence is Presence.PRESENT else f"it was {container.presence} before"
    due = None if container.identity_due_since is None else "it was shown as being created"
    return Seen(
        container, guest, Presence.PRESENT, status, _news(status), identity,
        suspicious=unseen or due, doubted=unseen is not None and container.fingerprint is not None,
    )  # fmt: skip


def _kept(container: Container, guest: Guest | None, identity: Identity, suspicious: str | None = None) -> Seen:
    """Return a match that keeps all known values, with their age."""
    return Seen(
        container, guest, container.presence, container.status, container.presence_reason, identity,
        suspicious=suspicious, confirmed=False,
    )  # fmt: skip


def _is_older(container: Container, inventory: Inventory) -> bool:
    """Return whether the guest was seen after the list was requested; a time in the future proves nothing."""
    seen = container.observed_at
    return seen is not None and inventory.taken_at < seen <= inventory.taken_at + AHEAD


def _news(status: Status) -> str | None:
    return None if status is not Status.UNKNOWN else NO_DATA


def _why_missing(container: Container, inventory: Inventory) -> str:
    if (unreadable := inventory.why_unreadable(container.vmid)) is not None:
        return unreadable
    if inventory.reasons:
        return inventory.reasons[0]
    return inventory.why_not_gone(container.node) or f"not in the list of {inventory.cluster}"
