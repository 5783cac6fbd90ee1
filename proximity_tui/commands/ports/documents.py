"""The shapes of ports in JSON (an outer contract: fields are added, never renamed), and their lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from proximity_tui.commands.printed import output
from proximity_tui.core.model.actions.port_plan import PortPlan
from proximity_tui.core.model.port_registry import PortHolding, PortRegistry


def registry_document(registry: PortRegistry, listed: Sequence[PortHolding]) -> dict[str, Any]:
    """Return the registry: its range, what is free, and the held ports that are to be listed."""
    return {
        "range": registry.range_words,
        "size": len(registry.pool),
        "free": registry.free,
        "next_free": registry.next_free,
        "ports": [
            {**holding_document(one), "conflicts": [conflict.name.lower() for conflict in registry.conflicts(one)]}
            for one in listed
        ],
    }


def holding_document(holding: PortHolding) -> dict[str, Any]:
    """Return a held port; `container` is the id of the record, null where it is reserved for nothing yet."""
    return {**holding.evidence, "since": output.utc(holding.since), "by": holding.by}


def plan_document(plan: PortPlan) -> dict[str, Any]:
    """Return the plan of a change of a port."""
    return {
        "action": f"port-{plan.request.change}",
        "cluster": plan.cluster,
        "summary": plan.summary,
        "before": plan.before.evidence if plan.before else None,
        "after": plan.after.evidence if plan.after else None,
        "warnings": list(plan.warnings),
    }


def print_registry(registry: PortRegistry, listed: Sequence[PortHolding]) -> None:
    """Print the held ports that are to be listed as a table, and how many are free."""
    if listed:
        headers = ("PORT", "LEADS TO", "HELD BY", "SINCE", "BY", "CONFLICT")
        output.table(headers, [_cells(one, registry) for one in listed])
    following = f", the next is {registry.next_free}" if registry.next_free is not None else ""
    output.note(f"{registry.free} of {len(registry.pool)} ports of {registry.range_words} are free{following}")


def _cells(holding: PortHolding, registry: PortRegistry) -> list[str | None]:
    return [
        str(holding.public),
        str(holding.container_port or ""),
        holding.holder,
        output.local(holding.since),
        holding.by,
        ", ".join(registry.conflicts(holding)),
    ]
