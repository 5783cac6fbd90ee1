"""The actions that only read from Proxmox and change our records: adoption, re-attachment, the acceptance of drift.

Each is one transaction, so none needs a journal: a killed process leaves all of it or nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.engine.operations.outcome import Outcome, Refused
from proximity_tui.core.engine.operations.planners.planner import Planner
from proximity_tui.core.engine.operations.record_guards import refuse_busy
from proximity_tui.core.model import Container, GuestLookup, Plan, Refusal
from proximity_tui.core.store import clusters
from proximity_tui.core.store.records import records

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
    from proximity_tui.core.doctrine.undo.undo_rules import ShownGuest


class RecordActions(Planner):
    """The part of the engine that writes our records alone."""

    def adopt(self, agreed: Plan, request: AdoptionRequest) -> Outcome:
        """Execute a confirmed adoption. Return the outcome."""
        from proximity_tui.core.engine.operations.actions import adopt_guest

        refused = self.refuse_write_to(agreed.cluster)
        if refused:
            return Refused(refused, plan=agreed)
        return adopt_guest.execute(self.clients[agreed.cluster], agreed, request, self.settings)

    def reattach(self, tombstone_id: int, shown: ShownGuest | None = None) -> Outcome:
        """Manage a container that came back again, as what it was; refused where the guest is not as it was `shown`.
        Only reads from Proxmox. Return the outcome.
        """
        from proximity_tui.core.engine.operations.actions import reattach

        tombstone = records.get(tombstone_id)
        cluster = clusters.current_name(tombstone.cluster)
        refused = self.refuse_acting_on(cluster)
        if refused:
            return Refused(refused, container=tombstone)
        return reattach.execute(self.clients[cluster], tombstone, self.settings, shown)

    def plan_acceptance(self, container: Container, lookup: GuestLookup | None = None) -> Plan | Refusal:
        """Return the plan for making the present config of a container its baseline, or the refusal; from a fresh
        inspection unless the one is given that was shown.
        """
        from proximity_tui.core.engine.operations.actions import accept_drift

        refused = self.refuse_write_to(container.cluster) or refuse_busy(container)
        if refused:
            return refused
        seen = lookup or self.inspect(container)
        return refusals.no_guest_to_ask(container) if seen is None else accept_drift.plan(container, seen)

    def accept_drift(self, agreed: Plan, container: Container, note: str) -> Outcome:
        """Accept drift as it was confirmed: the config that was shown becomes the baseline. Return the outcome."""
        from proximity_tui.core.engine.operations.actions import accept_drift

        refused = self.refuse_acting_on(agreed.cluster)
        if refused:
            return Refused(refused, plan=agreed, container=container)
        return accept_drift.execute(self.clients[agreed.cluster], agreed, container, note, self.settings)
