"""What takes a change of a public port back: the opposite change, while the port is still as the event left it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proximity_tui.core.model import Event, Refusal, RefusalCode
from proximity_tui.core.model.actions.port_plan import PortChange, PortRequest
from proximity_tui.core.model.port_registry import PortHolding, PortRegistry


def opposite_request(event: Event, registry: PortRegistry) -> PortRequest | Refusal:
    """Return the request that makes a port what it was before an event, or the refusal. The plan of that request says
    whether it may still be so.
    """
    before, after = event.evidence.get("before"), event.evidence.get("after")
    held = None if after is None else _holding(after, registry)
    if after is not None and held is None:
        public = after.get("public")
        return Refusal(RefusalCode.CHANGED, f"port {public} is not held any more as event {event.seq} left it")
    if before is None:
        assert held is not None, "an event of a port tells what was, or what is"
        return PortRequest(PortChange.RELEASE, held.key)
    change = PortChange.RESERVE if held is None else PortChange.MOVE
    return PortRequest(
        change,
        None if held is None else held.key,
        before.get("public"),
        before.get("container"),
        before.get("container_port"),
        before.get("note"),
    )


def _holding(wanted: Mapping[str, Any], registry: PortRegistry) -> PortHolding | None:
    """Return the holding that an event tells of; names may have changed since."""
    same = ("public", "container_port", "container", "note")
    return next((one for one in registry.holdings if all(one.evidence[key] == wanted.get(key) for key in same)), None)
