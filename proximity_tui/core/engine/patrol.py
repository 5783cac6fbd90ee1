"""A round among the containers whose rows look as ever: the list has no fingerprint, so that another guest under the
same name is only told by its config (law 3).

Only what is due is read: what was started or stopped since, and everything once an hour
(`observation.identity_is_due`). It is bounded, whatever the size of the fleet: a few configs a run, the longest unseen
first, and none more once Proxmox is slow or says no. What the fingerprints mean is the doctrine's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from proximity_tui.core.clock import Clock
from proximity_tui.core.doctrine.observation import follow, identity_is_due
from proximity_tui.core.model import Container, Fingerprint, Guest, Inventory, Presence
from proximity_tui.core.proxmox.errors import NotFound, ProxmoxError

MOST_CONFIGS = 20
"""How many configs are read in one round, one request each."""

PATIENCE = 5.0
"""Seconds after which no further config is read in this round."""

NEVER = datetime.min.replace(tzinfo=UTC)

ReadFingerprint = Callable[[int, str], Fingerprint | None]
"""From a VMID and its node to the fingerprint there, None while its config is not settled. Raises ProxmoxError."""


def go_round(
    read: ReadFingerprint, containers: Iterable[Container], inventory: Inventory, held: frozenset[int], clock: Clock
) -> Iterator[tuple[Container, Guest, Fingerprint]]:
    """The fingerprints that this round came to see, with the row and the record of each."""
    due = [(one, guest) for one in containers if (guest := _due(one, inventory, held)) is not None]
    due.sort(key=lambda pair: pair[0].identity_seen_at or NEVER)
    deadline = clock.monotonic() + PATIENCE
    for container, guest in due[:MOST_CONFIGS]:
        if clock.monotonic() >= deadline:
            return
        try:
            seen = read(guest.vmid, guest.node)
        except NotFound:
            # It moved, or vanished, since the list was read: the next run will say.
            continue
        except ProxmoxError:
            return
        if seen is not None:
            yield container, guest, seen


def _due(container: Container, inventory: Inventory, held: frozenset[int]) -> Guest | None:
    """The row of a container whose turn it is: the list gives no reason to doubt it, and its node answers."""
    if container.fingerprint is None or container.id in held:
        return None
    seen = follow(container, inventory)
    listed = seen.guest
    if listed is None or seen.presence is not Presence.PRESENT or seen.suspicious or listed.lock is not None:
        return None
    if not identity_is_due(container, listed, inventory.taken_at):
        return None
    return listed if inventory.node_status(listed.node) == "online" else None
