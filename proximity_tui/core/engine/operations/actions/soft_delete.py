"""The execution of a soft delete: one transaction, and no request to Proxmox (law 1)."""

from __future__ import annotations

import logging

from proximity_tui.core.doctrine.actions.deletion import SOFT_PHRASE
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.engine.operations.outcome import Done, Outcome, Refused
from proximity_tui.core.model import Action, ClosedReason, Container, Plan
from proximity_tui.core.store.db.store_errors import LostRace
from proximity_tui.core.store.records import records

log = logging.getLogger(__name__)


def execute(agreed: Plan, container: Container, actor: str) -> Outcome:
    """Close the record by a confirmed plan. Refused when the record changed since. Return the outcome."""
    if agreed.version != container.version:
        return Refused(refusals.changed(f"{container.name} changed"), plan=agreed, container=container)
    log.info("%s: %s", SOFT_PHRASE, container.label)
    try:
        closed = records.close(
            container,
            reason=ClosedReason.FORGOTTEN,
            actor=actor,
            action=Action.SOFT_DELETE,
            message=SOFT_PHRASE,
            evidence={
                "deletion_type": "soft",
                "vmid_preserved": container.vmid,
                "ports_freed": [port.public for port in container.ports],
            },
        )
    except LostRace:
        return Refused(refusals.changed(f"{container.name} changed"), plan=agreed, container=container)
    return Done(plan=agreed, container=closed)
