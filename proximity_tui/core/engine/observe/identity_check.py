"""The reading of configs that tell guests apart: the list has no fingerprint (law 3).

It is bounded, whatever the size of the fleet: a few configs a round, the longest unread first, and no more once time is
up or nothing answers. A config that cannot be read affects no other. The doctrine judges the configs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.model import Container, Guest, GuestConfig, Presence
from proximity_tui.core.proxmox.errors import ProxmoxError, Unreachable

MOST_CONFIGS = 20
"""How many configs are read in one round of the reconciler, one request each."""

PATIENCE = 5.0
"""Seconds after which no further config is read in this round."""

NEVER = datetime.min.replace(tzinfo=UTC)

ReadConfig = Callable[[int, str], GuestConfig]
"""From a VMID and its node to the config there. Raises ProxmoxError."""


def read_configs(
    read: ReadConfig, wanted: Iterable[tuple[Container, Guest]], clock: Clock, most: int
) -> dict[int, GuestConfig]:
    """Return the configs that were read in this round, by the id of the record. Records known to be replaced come last,
    so that they delay no other.
    """
    found: dict[int, GuestConfig] = {}
    deadline = clock.monotonic() + PATIENCE
    for container, guest in sorted(wanted, key=_turn)[:most]:
        if clock.monotonic() >= deadline:
            break
        try:
            found[container.id] = read(guest.vmid, guest.node)
        except Unreachable:
            break
        except ProxmoxError:
            # It moved, vanished or was hidden since the list was read, or its answer is none: the next look will say.
            continue
    return found


def _turn(pair: tuple[Container, Guest]) -> tuple[bool, datetime]:
    container, _ = pair
    return container.presence is Presence.REPLACED, container.identity_seen_at or NEVER
