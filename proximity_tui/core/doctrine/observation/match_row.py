"""The match of a row with a record, and the changes that follow for the record.

Status, figures and lock of a row may be shown as they are: seen at this VMID. Name, node, tags and template of a record
follow only a config that was judged to be the same guest's (law 3, `judge`).
"""

from __future__ import annotations

from dataclasses import replace

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.identity import (
    UNSETTLED_LOCKS,
    half_destroyed,
    unsettled,
    weakened,
)
from proximity_tui.core.doctrine.observation.judge import (
    AHEAD,
    LIST_AGE,
    NO_DATA,
    GuestDescription,
    Read,
    description_of,
    identity_is_due,
    judge,
    oddness,
    who_is_there,
)
from proximity_tui.core.model import Container, Guest, Identity, Inventory, Lock, Match, NodeStatus, Presence, Status
from proximity_tui.core.model.lifecycle import has_followed

_LIST_IS_OLDER = Identity(Match.OLDER, ("the list was read before the guest was last seen",))


@value_object
class Seen:
    """The result of one inventory, and of a config if it was read, for one container."""

    container: Container
    guest: Guest | None
    presence: Presence
    status: Status
    reason: str | None = None
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


def follow(container: Container, inventory: Inventory, read: Read | None = None, *, familiar: bool = False) -> Seen:
    """Return the meaning of `inventory`, and of the config if that was `read`, for `container`. A miss is only
    `unknown` here: only the reconciler proves absence. The config of a `familiar` row was read before, and the row did
    not change since.
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
        return Seen(container, None, Presence.UNKNOWN, Status.UNKNOWN, _why_missing(container.vmid, inventory))
    if not is_older and guest.is_container and inventory.node_status(guest.node) == NodeStatus.OFFLINE:
        return Seen(container, guest, Presence.UNKNOWN, Status.UNKNOWN, inventory.why_offline(guest.node))
    identity = judge(container, guest if read is None else read, inventory.taken_at if read is None else read.taken_at)
    if identity.match is Match.DIFFERENT:
        reason = who_is_there(identity, read)
        return Seen(container, guest, Presence.REPLACED, Status.UNKNOWN, reason, identity, read)
    if read is not None:
        # A config says who is there all the same: the clock of whoever saw the guest last may be ahead of ours.
        return _follow_config(container, guest, inventory, identity, read)
    return _follow_row(container, guest, inventory, identity, familiar=familiar)


def still_holds(seen: Seen, inventory: Inventory) -> bool:
    """Return whether nothing is to be written but when it was seen, and the same row of a later list would mean the
    same: its age plays no part, there is no doubt, and the state has followed.
    """
    container, guest = seen.container, seen.guest
    return (
        guest is not None
        and has_followed(container.state, container.status)
        and seen.read is None
        and seen.confirmed
        and seen.suspicious is None
        and not seen.doubted
        and seen.presence is Presence.PRESENT
        and (container.presence, container.status, container.presence_reason)
        == (seen.presence, seen.status, seen.reason)
        and container.lock == guest.lock
        and container.missing_since is None
        and container.half_destroyed_since is None
        and not list_is_older(container, inventory)
    )


def same_row(guest: Guest, before: Guest) -> bool:
    """Return whether two rows of one VMID differ at most in figures, by which nobody is judged."""
    return guest is before or _told(guest) == _told(before)


def _told(guest: Guest) -> tuple[object, ...]:
    return guest.type, guest.node, guest.name, guest.tags, guest.template, guest.lock, guest.status


def wants_reconciler(container: Container, inventory: Inventory) -> bool:
    """Return whether a container should be judged at once, not at the next scheduled run: it is missing for the first
    time, another guest has its VMID, or a destroy that is not ours is seen to begin or to be over. Return False where
    the ladder could not be passed anyway.
    """
    if container.vmid is None or not inventory.complete or not inventory.quorum.allows_conclusions:
        return False
    guest = inventory.guests.get(container.vmid)
    if guest is None:
        return _misses_first(container, container.vmid, inventory)
    half_destroyed_before = container.half_destroyed_since is not None
    if guest.lock == Lock.DESTROYED:
        return not half_destroyed_before and container.operation is None
    return half_destroyed_before or container.presence is Presence.REPLACED


def _misses_first(container: Container, vmid: int, inventory: Inventory) -> bool:
    """Return whether a list that should have a container is the first that does not."""
    its_row_is_unreadable = inventory.row_set_aside(vmid) is not None
    missed_before = container.missing_since is not None
    known_as_hidden = container.presence is Presence.HIDDEN
    return not (its_row_is_unreadable or missed_before or known_as_hidden)


def due_for_check(seen: Seen, inventory: Inventory) -> Guest | None:
    """Return the row of a container whose config is due to be read although the list that it was `seen` in gives no
    reason for doubt, on a node that answers; else None.
    """
    container, listed = seen.container, seen.guest
    if seen.match is Match.SAME or container.fingerprint is None:
        # A row is the same guest's only while its fingerprint is not due.
        return None
    if listed is None or seen.presence is not Presence.PRESENT or seen.suspicious or listed.lock is not None:
        return None
    if not identity_is_due(container, listed, inventory.taken_at):
        return None
    return listed if inventory.node_status(listed.node) == NodeStatus.ONLINE else None


def list_is_older(container: Container, inventory: Inventory) -> bool:
    """Return whether our own inspection is younger than the status in the list. Proxmox renews that status every 10 s
    and caches it for 4 more, so right after an operation the list still shows the status before it.
    """
    return inventory.taken_at - container.state_since < LIST_AGE


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
    container: Container, guest: Guest, inventory: Inventory, identity: Identity, *, familiar: bool
) -> Seen:
    """Return the match where only the list was read: it may confirm what is known, and never add anything new."""
    if container.presence is Presence.REPLACED:
        return _kept(container, guest, identity, "it was replaced")
    comparable = container.fingerprint is not None
    if guest.lock in UNSETTLED_LOCKS:
        return Seen(
            container, guest, Presence.UNKNOWN, Status.UNKNOWN, unsettled(guest.lock or ""), identity,
            confirmed=False, doubted=comparable,
        )  # fmt: skip
    if container.half_destroyed_since is not None:
        # Whether it is whole again shows its config, which the reconciler reads.
        return _kept(container, guest, identity, "it was half destroyed")
    placeholder = identity.sentence if identity.match is Match.PLACEHOLDER else None
    odd = oddness(container, guest) or placeholder
    status = container.status if list_is_older(container, inventory) else guest.status
    if familiar and container.presence is Presence.PRESENT:
        return Seen(container, guest, Presence.PRESENT, status, container.presence_reason, identity)
    if not comparable and container.marker is None and container.presence is Presence.PRESENT:
        # There is nothing that a config could be compared with.
        odd = None
    if odd is not None:
        kept = _kept(container, guest, identity, odd)
        # A row that is not believed says one thing that is true all the same: that the status is not known.
        status = Status.UNKNOWN if status is Status.UNKNOWN else container.status
        return replace(kept, status=status, doubted=comparable and placeholder is not None)
    unseen = None if container.presence is Presence.PRESENT else f"it was {container.presence} before"
    due = None if container.identity_due_since is None else "it was shown as being created"
    return Seen(
        container, guest, Presence.PRESENT, status, _news(status), identity,
        suspicious=unseen or due, doubted=comparable and unseen is not None,
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


def _why_missing(vmid: int, inventory: Inventory) -> str:
    if (unreadable := inventory.why_unreadable(vmid)) is not None:
        return unreadable
    if inventory.reasons:
        return inventory.reasons[0]
    return f"not in the list of {inventory.cluster}"
