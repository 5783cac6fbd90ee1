"""The execution of a port change: one transaction in our own database, and no request to Proxmox.

A plan is agreed to as it was shown: it is made again inside the transaction, and anything else is refused (law 5).
"""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.doctrine.actions import port_rules
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.engine.operations.outcome import EngineSettings
from proximity_tui.core.engine.operations.record_guards import refuse_write
from proximity_tui.core.model import Refusal
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.actions.port_plan import PortChange, PortPlan, PortRequest
from proximity_tui.core.model.port_registry import PortHolding, PortRegistry
from proximity_tui.core.store import events
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.records import public_ports, records

_EVENTS = {
    PortChange.RESERVE: EventAction.PORT_RESERVED,
    PortChange.MOVE: EventAction.PORT_MOVED,
    PortChange.RELEASE: EventAction.PORT_RELEASED,
}


def plan(request: PortRequest, settings: EngineSettings, now: datetime) -> PortPlan | Refusal:
    """Return the plan of a request from the registry as it is now, or the refusal."""
    open_records = {one.id: one for one in records.active()}
    planned = port_rules.plan_port(request, PortRegistry(public_ports.registry(), settings.port_pool), open_records)
    if isinstance(planned, Refusal):
        return planned
    # Where no container is concerned, a freeze of every cluster still forbids it.
    refused = (refuse_write(settings, cluster, now) for cluster in planned.clusters or ("",))
    return next(filter(None, refused), None) or planned


def execute(agreed: PortPlan, settings: EngineSettings, now: datetime) -> PortHolding | Refusal | None:
    """Carry a confirmed plan out, with an event for each container concerned; return what is held now (None after a
    release), or the refusal where anything changed since the plan.
    """
    with transaction():
        again = plan(agreed.request, settings, now)
        if isinstance(again, Refusal):
            return again
        if again != agreed:
            return refusals.changed("the registry of ports changed")
        held = public_ports.replace(agreed.before, agreed.after, str(settings.actor))
        evidence = {
            "before": agreed.before.evidence if agreed.before else None,
            "after": agreed.after.evidence if agreed.after else None,
            **({"observed": agreed.request.observed} if agreed.request.observed else {}),
        }
        for about in _concerned(agreed):
            events.append(
                actor=settings.actor,
                action=_EVENTS[agreed.request.change],
                message=agreed.summary,
                container=about.container if about else None,
                cluster=about.cluster if about else None,
                vmid=about.vmid if about else None,
                evidence=evidence,
            )
        return held


def _concerned(plan: PortPlan) -> list[PortHolding | None]:
    """Return the holdings whose containers the history of a port belongs to: that of who loses it, and as the last one
    that of who gets it. None where no container is concerned.
    """
    holders = {one.container: one for one in (plan.before, plan.after) if one is not None and one.container is not None}
    return [*holders.values()] or [None]
