"""The containers that are judged at once by a run out of turn, because a list says that something happened to them."""

from __future__ import annotations

from proximity_tui.core.model import Container, Inventory, Lock, Presence


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
    nothing_follows = inventory.why_not_gone(container.node) is not None
    missed_before = container.missing_since is not None
    known_as_hidden = container.presence is Presence.HIDDEN
    return not (its_row_is_unreadable or nothing_follows or missed_before or known_as_hidden)
