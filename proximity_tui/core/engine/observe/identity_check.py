"""The reading of configs that tell guests apart: the list has no fingerprint (law 3).

It is bounded, whatever the size of the fleet: a few configs a round, those of each node in turn, the longest unread
first, and no more once time is up or nothing answers. A config that cannot be read affects no other. The nodes are read
side by side: one that hangs is waited for while the others are read, and is not asked again. The doctrine judges the
configs.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.base.daemon_threads import DaemonExecutor
from proximity_tui.core.doctrine.observation.as_recorded import in_turns
from proximity_tui.core.model import Container, Guest, GuestConfig, Presence
from proximity_tui.core.proxmox.errors import ProxmoxError, Unreachable

MOST_CONFIGS = 20
"""How many configs are read in one round of the reconciler, one request each."""

NODES_AT_ONCE = 8
"""Of how many nodes configs are read side by side."""

PATIENCE = 5.0
"""Seconds after which no further config of a node is read in this round."""

LONGEST = 20.0
"""Seconds that all configs of a node may take, however many URLs it is asked by (law 10)."""

HANGS = 1.0
"""Seconds of waiting for nothing, after which a node is not asked again in this round."""

Pair = tuple[Container, Guest]


class ConfigAccess(Protocol):
    """The access that is needed: configs, each by one request, within a time."""

    def config(self, vmid: int, node: str) -> GuestConfig:
        """Return the config of one container. Raises ProxmoxError."""
        ...

    def close(self) -> None:
        """Close the connections of the calling thread."""
        ...

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Limit everything that this thread reads in the context to end `seconds` from now at the latest."""
        ...


def read_configs(reader: ConfigAccess, wanted: Iterable[Pair], clock: Clock, most: int) -> dict[int, GuestConfig]:
    """Return the configs that were read in this round, by the id of the record. Records known to be replaced come last,
    so that they delay no other.
    """
    nodes: dict[str, list[Pair]] = {}
    for pair in sorted(in_turns(wanted), key=_is_replaced)[:most]:
        nodes.setdefault(pair[1].node, []).append(pair)
    gone = threading.Event()
    if len(nodes) <= 1:
        # On this thread, whose connection is open: nobody else is waiting.
        return {id_: config for pairs in nodes.values() for id_, config in _read(reader, pairs, clock, gone).items()}
    workers = DaemonExecutor("configs", NODES_AT_ONCE, at_end=reader.close)
    parts = [workers.submit(_read, reader, pairs, clock, gone) for pairs in nodes.values()]
    workers.shutdown()
    return {id_: config for part in parts for id_, config in part.result().items()}


def _read(reader: ConfigAccess, pairs: Sequence[Pair], clock: Clock, gone: threading.Event) -> dict[int, GuestConfig]:
    """Return the configs of one node that were read. `gone` is set once the cluster does not answer at all."""
    found: dict[int, GuestConfig] = {}
    deadline = clock.monotonic() + PATIENCE
    with reader.within(LONGEST):
        for container, guest in pairs:
            began = clock.monotonic()
            if began >= deadline or gone.is_set():
                break
            try:
                found[container.id] = reader.config(guest.vmid, guest.node)
            except Unreachable:
                gone.set()
            except ProxmoxError:
                # It moved, vanished or was hidden since the list was read, or its answer is none: the next look will
                # say.
                if clock.monotonic() - began >= HANGS:
                    break
    return found


def _is_replaced(pair: Pair) -> bool:
    return pair[0].presence is Presence.REPLACED
