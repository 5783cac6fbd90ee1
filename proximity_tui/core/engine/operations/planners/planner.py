"""The planner: the plan of an action, from a fresh inspection and the rules, or its refusal. It writes nothing.

Every call may block for as long as a cluster takes. The rules of an action are imported by the method that needs them:
most processes only look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from proximity_tui.core.base import process_id
from proximity_tui.core.base.clock import Clock, SystemClock
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.guards.checks import check_native
from proximity_tui.core.engine.operations.outcome import EngineSettings
from proximity_tui.core.engine.operations.planners.plan_reads import reads_once
from proximity_tui.core.engine.operations.record_guards import (
    refuse_altered,
    refuse_busy,
    refuse_closing,
    refuse_not_ours,
    refuse_write,
)
from proximity_tui.core.model import Action, Container, GuestLookup, Inventory, Plan, Refusal
from proximity_tui.core.store.records import operations

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
    from proximity_tui.core.doctrine.actions.deletion import Choice, HardOptions
    from proximity_tui.core.proxmox.client import PveClient


class Planner:
    """The read access of one process to its clusters and its database."""

    def __init__(
        self, clients: Mapping[str, PveClient], settings: EngineSettings, clock: Clock | None = None, owner: str = ""
    ) -> None:
        """Plan for these clusters. `owner` is the signature of this process, a new one by default; see `process_id`."""
        self.clients = clients
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.owner = owner or process_id.sign()

    def inspect(self, container: Container, *, backups: bool = False) -> GuestLookup | None:
        """Return a fresh close inspection of the guest of a record; None for a record without a VMID or a configured
        cluster.
        """
        from proximity_tui.core.engine.observe import inspection

        return inspection.inspect_container(self.clients, container, backups=backups)

    def inspect_to_change(
        self, container: Container, lookup: GuestLookup | None = None, *, backups: bool = False
    ) -> GuestLookup | Refusal:
        """Return a fresh close inspection of the guest of a record that may be changed now, or the `lookup` that is
        given instead; or the refusal.
        """
        return (
            self.refuse_change_of(container)
            or lookup
            or self.inspect(container, backups=backups)
            or refusals.no_guest_to_ask(container)
        )

    def refuse_change_of(self, container: Container) -> Refusal | None:
        """Return the refusal when the guest of a record may not be changed now: nothing may be changed there, an
        operation holds the record, or the audit trail does not confirm it; else None.
        """
        return self.refuse_write_to(container.cluster) or refuse_busy(container) or refuse_altered(container)

    @reads_once
    def plan_delete(
        self,
        container: Container,
        choice: Choice,
        options: HardOptions | None = None,
        lookup: GuestLookup | None = None,
    ) -> Plan | Refusal:
        """Return the plan for a soft or hard delete, or the refusal. A hard one inspects first, unless a fresh
        inspection is given.
        """
        from proximity_tui.core.doctrine.actions import deletion
        from proximity_tui.core.doctrine.actions.deletion import Choice
        from proximity_tui.core.doctrine.reconciliation.breaker import warn_while_held
        from proximity_tui.core.engine.operations import backup_guard
        from proximity_tui.core.store.jobs import breakers

        soft = choice is Choice.SOFT
        refused = self.refuse_soft_delete(container.cluster) if soft else self.refuse_write_to(container.cluster)
        if refused:
            return refused
        if soft:
            free = _released(container)
            return refuse_busy(free) or deletion.plan_delete(free, choice)
        never = check_native(container) or refuse_not_ours(container)
        busy = None if never else refuse_busy(container)
        if busy:
            return busy
        if lookup is None and never is None:
            lookup = self.inspect(container, backups=True)
        planned = never or deletion.plan_delete(container, choice, lookup, options)
        refused = backup_guard.refuse_without_rights(self.clients, planned)
        if refused is not None or isinstance(planned, Refusal):
            return refused or planned
        return warn_while_held(planned, breakers.state(container.cluster))

    def plan_power(self, container: Container, action: Action) -> Plan | Refusal:
        """Return the plan for start, shut down, stop or reboot, or the refusal."""
        from proximity_tui.core.doctrine.actions import power_rules

        lookup = self.inspect_to_change(container)
        return lookup if isinstance(lookup, Refusal) else power_rules.plan_power(container, action, lookup)

    def inspect_to_adopt(self, cluster: str, vmid: int, inventory: Inventory | None = None) -> GuestLookup:
        """Return what is at `vmid` of `cluster`, as far as an adoption needs it. Whoever adopts many hands in the
        `inventory` of them all.
        """
        from proximity_tui.core.engine.operations.actions import adopt_guest

        return adopt_guest.inspect_to_adopt(self.clients[cluster], vmid, inventory)

    def plan_adopt(
        self, cluster: str, vmid: int, request: AdoptionRequest, lookup: GuestLookup | None = None
    ) -> Plan | Refusal:
        """Return the plan for adopting the guest at `vmid` of `cluster`, or the refusal; from a fresh inspection unless
        the one of `inspect_to_adopt` is given that was shown to a person.
        """
        from proximity_tui.core.engine.operations.actions import adopt_guest

        return self.refuse_write_to(cluster) or adopt_guest.plan(self.clients[cluster], vmid, request, lookup)

    def refuse_write_to(self, cluster: str) -> Refusal | None:
        """Return the refusal when nothing may be changed there now (read-only, frozen, not armed), else None."""
        return refuse_write(self.settings, cluster, self.clock.now())

    def refuse_acting_on(self, cluster: str) -> Refusal | None:
        """Return the refusal when nothing may be changed there now, or when the cluster is not configured here, else
        None.
        """
        return self.refuse_write_to(cluster) or (None if cluster in self.clients else refusals.not_configured(cluster))

    def refuse_soft_delete(self, cluster: str) -> Refusal | None:
        """Return the refusal when no record of the cluster may be closed now, else None. A soft delete stays possible
        for a cluster that is recorded under two names: it is the only repair.
        """
        return refuse_closing(self.settings, cluster, self.clock.now())


def _released(container: Container) -> Container:
    """Return the record without the interrupted operation that no process executes: a soft delete abandons it, too."""
    if container.operation is None or operations.is_alive(operations.get(container.operation)):
        return container
    return replace(container, operation=None)
