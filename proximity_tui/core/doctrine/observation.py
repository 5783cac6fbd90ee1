"""What an inventory row changes in our record: status, node, name, tags, lock and template follow what is seen.

It decides on the list alone, which has no fingerprint: a row that looks like another guest is named suspicious, and
then somebody reads the config before anything is believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from proximity_tui.core.doctrine.identity import DESTROYED, unsettled
from proximity_tui.core.model import Container, Guest, Inventory, Presence, Status

LIST_AGE = timedelta(seconds=14)
"""How old the status in the list of a healthy cluster may be at most (recorded: 10 s of broadcast, 4 s of caches)."""

SURE_FOR = timedelta(hours=1)
"""How long the fingerprint of a guest is taken for known at most while the list gives no reason to doubt it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one inventory says of one container. `suspicious` is the reason to read its fingerprint again."""

    container: Container
    guest: Guest | None
    presence: Presence
    status: Status
    reason: str | None = None
    suspicious: str | None = None


def follow(container: Container, inventory: Inventory) -> Seen:
    """What `inventory` says of `container`. A miss is only `unknown` here: absence is the reconciler's to prove."""
    if container.vmid is None:
        return Seen(container, None, Presence.UNKNOWN, Status.UNKNOWN, "it has no VMID yet")
    guest = inventory.guests.get(container.vmid)
    if guest is None and container.presence is Presence.HIDDEN:
        # A miss does not undo a verdict: only being seen does, or the reconciler.
        return Seen(container, None, Presence.HIDDEN, Status.UNKNOWN, container.presence_reason)
    if guest is None:
        return Seen(container, None, Presence.UNKNOWN, Status.UNKNOWN, _why_missing(container.vmid, inventory))
    if guest.type != "lxc":
        reason = f"VMID {guest.vmid} is now the virtual machine {guest.display_name}"
        return Seen(container, guest, Presence.REPLACED, Status.UNKNOWN, reason)
    node = inventory.node_status(guest.node)
    if node == "offline":
        return Seen(container, guest, Presence.UNKNOWN, Status.UNKNOWN, f"node {guest.node} is offline")
    if container.presence is Presence.REPLACED:
        return Seen(container, guest, Presence.REPLACED, Status.UNKNOWN, container.presence_reason, "it was replaced")
    if guest.lock == DESTROYED:
        return Seen(container, guest, Presence.UNKNOWN, Status.UNKNOWN, unsettled(guest.lock))
    if container.half_destroyed_since is not None:
        # Whether it is whole again shows its config, which the reconciler reads.
        return Seen(
            container, guest, Presence.UNKNOWN, Status.UNKNOWN, container.presence_reason, "it was half destroyed"
        )
    if list_is_older(container, inventory):
        return Seen(container, guest, Presence.PRESENT, container.status, None, _suspicion(container, guest))
    news = None if guest.status is not Status.UNKNOWN else "Proxmox has no news of it"
    return Seen(container, guest, Presence.PRESENT, guest.status, news, _suspicion(container, guest))


def wants_reconciler(container: Container, inventory: Inventory) -> bool:
    """Whether what a list says of a container should be judged at once, not at the next scheduled run: it is missed
    for the first time, another guest has its VMID, or a destroy is seen to have begun or to be over that is not ours.
    Nothing is to be judged that no rung could be passed for."""
    if container.vmid is None or not inventory.complete or not inventory.quorum.allows_conclusions:
        return False
    guest = inventory.guests.get(container.vmid)
    if guest is not None and guest.lock == DESTROYED:
        return container.half_destroyed_since is None and container.operation is None
    if guest is not None:
        return container.presence is Presence.REPLACED or container.half_destroyed_since is not None
    if inventory.row_set_aside(container.vmid) is not None:
        return False
    return container.missing_since is None and container.presence is not Presence.HIDDEN


def identity_is_due(container: Container, guest: Guest, at: datetime) -> bool:
    """Whether the fingerprint should be read again although the row, listed at `at`, looks as ever (law 3).

    A guest is only destroyed while it is stopped. So for `SURE_FOR` one that has run without a break since its
    fingerprint was read is taken for the same; one that was started, or stopped, since then need not be.
    """
    known = container.identity_seen_at
    if known is None or at - known >= SURE_FOR:
        return True
    if guest.status is Status.RUNNING:
        return guest.uptime is None or at - timedelta(seconds=guest.uptime) > known
    return container.state.value != guest.status.value or container.state_since > known


def list_is_older(container: Container, inventory: Inventory) -> bool:
    """Whether our own close look is younger than the status in the list: Proxmox renews that only every 10 s and
    caches it for 4 more, so right after an operation it still tells of before."""
    return inventory.taken_at - container.state_since < LIST_AGE


def _why_missing(vmid: int, inventory: Inventory) -> str:
    unreadable = inventory.why_unreadable(vmid)
    if unreadable is not None:
        return unreadable
    if inventory.reasons:
        return inventory.reasons[0]
    return f"not in the list of {inventory.cluster}"


def _suspicion(container: Container, guest: Guest) -> str | None:
    """Why the row may be of another guest: free to check, and only a reason to look closer."""
    if guest.name is not None and guest.name != container.name:
        return f"it is called {guest.name} now"
    if guest.template and not container.template:
        return "it became a template"
    if container.presence is not Presence.PRESENT:
        return f"it was {container.presence} before"
    return None
