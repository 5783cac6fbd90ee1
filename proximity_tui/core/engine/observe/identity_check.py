"""The reading of configs that tell guests apart: the list has no fingerprint (law 3).

It is bounded, whatever the size of the fleet: a few configs a round, those of each node in turn, the longest unread
first, and no more once time is up or nothing answers. A config that cannot be read affects no other, and a node that
hangs none of another node. The doctrine judges the configs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.doctrine.observation.as_recorded import in_turns
from proximity_tui.core.model import Container, Guest, GuestConfig, Presence
from proximity_tui.core.proxmox.errors import ProxmoxError, Unreachable

MOST_CONFIGS = 20
"""How many configs are read in one round of the reconciler, one request each."""

PATIENCE = 5.0
"""Seconds after which no further config is read in this round."""

HANGS = 1.0
"""Seconds of waiting for nothing, after which a node is not asked again in this round."""

ReadConfig = Callable[[int, str], GuestConfig]
"""From a VMID and its node to the config there. Raises ProxmoxError."""


def read_configs(
    read: ReadConfig, wanted: Iterable[tuple[Container, Guest]], clock: Clock, most: int
) -> dict[int, GuestConfig]:
    """Return the configs that were read in this round, by the id of the record. Records known to be replaced come last,
    so that they delay no other.
    """
    found: dict[int, GuestConfig] = {}
    hanging: set[str] = set()
    deadline = clock.monotonic() + PATIENCE
    for container, guest in sorted(in_turns(wanted), key=_is_replaced)[:most]:
        began = clock.monotonic()
        if began >= deadline:
            break
        if guest.node in hanging:
            continue
        try:
            found[container.id] = read(guest.vmid, guest.node)
        except Unreachable:
            break
        except ProxmoxError:
            # It moved, vanished or was hidden since the list was read, or its answer is none: the next look will say.
            if (waited := clock.monotonic() - began) >= HANGS:
                # Its time is not that of the others, who could never be read as long as it hangs.
                hanging.add(guest.node)
                deadline += waited
    return found


def _is_replaced(pair: tuple[Container, Guest]) -> bool:
    return pair[0].presence is Presence.REPLACED
