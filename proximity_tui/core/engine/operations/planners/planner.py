"""The planner: the plan of an action, from a fresh inspection and the rules, or its refusal. It writes nothing.

Every call may block for as long as a cluster takes. The rules of an action are imported by the method that needs them:
most processes only look.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from proximity_tui.core.base import process_id
from proximity_tui.core.base.clock import Clock, SystemClock
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.guards.checks import check_native
from proximity_tui.core.doctrine.guards.provenance import check_ours, check_provenance
from proximity_tui.core.engine.operations.outcome import EngineSettings
from proximity_tui.core.engine.operations.planners.asking import asking_once, refused_where_denied
from proximity_tui.core.engine.operations.safemode import refuse_write
from proximity_tui.core.model import (
    Action,
    Container,
    CreateRequest,
    GuestDetail,
    GuestLookup,
    Inventory,
    Plan,
    Refusal,
    RefusalCode,
)
from proximity_tui.core.store.journal.journal import holder
from proximity_tui.core.store.records import operations, records, trail

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
    from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest
    from proximity_tui.core.doctrine.actions.deletion import Choice, HardOptions
    from proximity_tui.core.proxmox.client import PveClient


class Planner:
    """The read access of one process to its clusters and its database."""

    def __init__(
        self, clients: Mapping[str, PveClient], settings: EngineSettings, clock: Clock | None = None, role: str = ""
    ) -> None:
        """Plan for these clusters. `role` is the role that this process signs with, if it has one; see `process_id`."""
        self.clients = clients
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.owner = process_id.sign(role)

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
        return self.refuse_write_to(container.cluster) or refuse_held(container) or refuse_altered(container)

    @asking_once
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
        from proximity_tui.core.engine.operations.actions import backup

        soft = choice is Choice.SOFT
        refused = self.refuse_forgetting(container.cluster) if soft else self.refuse_write_to(container.cluster)
        if refused:
            return refused
        if soft:
            free = _released(container)
            return refuse_held(free) or deletion.plan_delete(free, choice)
        never = check_native(container) or refuse_not_ours(container)
        held = None if never else refuse_held(container)
        if held:
            return held
        if lookup is None and never is None:
            lookup = self.inspect(container, backups=True)
        planned = never or deletion.plan_delete(container, choice, lookup, options)
        return backup.refuse_without_rights(self.clients, planned) or planned

    def plan_power(self, container: Container, action: Action) -> Plan | Refusal:
        """Return the plan for start, shut down, stop or reboot, or the refusal."""
        from proximity_tui.core.doctrine.actions import power

        lookup = self.inspect_to_change(container)
        return lookup if isinstance(lookup, Refusal) else power.plan_power(container, action, lookup)

    def inspect_to_adopt(self, cluster: str, vmid: int, inventory: Inventory | None = None) -> GuestLookup:
        """Return what is at `vmid` of `cluster`, as far as an adoption needs it. Whoever adopts many hands in the
        `inventory` of them all.
        """
        from proximity_tui.core.engine.operations.actions import adopt

        return adopt.inspect_to_adopt(self.clients[cluster], vmid, inventory)

    def plan_adopt(
        self, cluster: str, vmid: int, request: AdoptionRequest, lookup: GuestLookup | None = None
    ) -> Plan | Refusal:
        """Return the plan for adopting the guest at `vmid` of `cluster`, or the refusal; from a fresh inspection unless
        the one of `inspect_to_adopt` is given that was shown to a person.
        """
        from proximity_tui.core.engine.operations.actions import adopt

        return self.refuse_write_to(cluster) or adopt.plan(self.clients[cluster], vmid, request, lookup)

    @refused_where_denied
    @asking_once
    def plan_create(self, cluster: str, request: CreateRequest) -> Plan | Refusal:
        """Return the plan for a new native container, or the refusal; node, storage and VMID are chosen where the
        request leaves them open. Raises ProxmoxError when the cluster cannot be read.
        """
        from proximity_tui.core.doctrine.actions.create import creation
        from proximity_tui.core.engine.observe.places import offers

        refused = self.refuse_write_to(cluster)
        if refused:
            return refused
        wrong = creation.check_request(request)
        if wrong:
            return wrong
        client = self.clients[cluster]
        vmid = self._number_for(client, cluster, request.vmid)
        if isinstance(vmid, Refusal):
            return vmid
        place = offers.place_for_creation(client, request, vmid, self.settings.port_pool)
        if isinstance(place, Refusal):
            return place
        quorate = client.quorum().quorate
        return creation.plan_create(
            replace(request, bridge=place.bridge, tags=place.tags),
            cluster,
            place.node,
            str(place.storage),
            vmid,
            uuid.uuid4().hex,
            quorate,
            place.warnings,
        )

    def _number_for(self, client: PveClient, cluster: str, wanted: int | None = None) -> int | Refusal:
        """Return the VMID of a new container: the wanted one, or one that is free and in no record; or the refusal."""
        ours = {container.vmid: container.name for container in records.active(cluster)}
        if wanted is None:
            return client.next_free(avoid=set(ours))
        holder = f"our record of {ours[wanted]} has it" if wanted in ours else "another guest has it"
        if wanted not in ours and client.is_free(wanted):
            return wanted
        return refusals.vmid_not_free(wanted, holder, client.next_free(avoid=set(ours)))

    @refused_where_denied
    @asking_once
    def plan_clone(self, source: Container, request: CloneRequest) -> Plan | Refusal:
        """Return the plan for a native copy of one of our containers, or the refusal; its VMID is chosen here. Raises
        ProxmoxError when the cluster cannot be read.
        """
        from proximity_tui.core.doctrine.actions.create import cloning
        from proximity_tui.core.engine.observe.places import offers

        refused = self.refuse_write_to(source.cluster) or cloning.check_request(request) or refuse_held(source)
        if refused:
            return refused
        lookup = self.inspect(source)
        if lookup is None:
            return refusals.no_guest_to_ask(source)
        client = self.clients[source.cluster]
        warnings: tuple[str, ...] = ()
        if isinstance(lookup, GuestDetail):
            place = offers.place_for_clone(client, request, lookup, self.settings.port_pool)
            if isinstance(place, Refusal):
                return place
            warnings = place.warnings
        vmid = self._number_for(client, source.cluster)
        if isinstance(vmid, Refusal):
            return vmid
        planned = cloning.plan_clone(source, request, lookup, vmid, uuid.uuid4().hex)
        return replace(planned, warnings=(*planned.warnings, *warnings)) if isinstance(planned, Plan) else planned

    def refuse_write_to(self, cluster: str) -> Refusal | None:
        """Return the refusal when nothing may be changed there now (read-only, frozen, not armed), else None."""
        return refuse_write(self.settings, cluster, self.clock.now())

    def refuse_acting_on(self, cluster: str) -> Refusal | None:
        """Return the refusal when nothing may be changed there now, or when the cluster is not configured here, else
        None.
        """
        return self.refuse_write_to(cluster) or (None if cluster in self.clients else refusals.not_configured(cluster))

    def refuse_forgetting(self, cluster: str) -> Refusal | None:
        """Return the refusal when no record of the cluster may be closed now, else None. A soft delete stays possible
        for a cluster that is recorded under two names: it is the only repair.
        """
        refused = self.refuse_write_to(cluster)
        return None if refused is not None and refused.code is RefusalCode.SAME_CLUSTER else refused


def refuse_held(container: Container) -> Refusal | None:
    """Return the refusal that names the operation that holds the record, at work or interrupted, else None."""
    if container.operation is None or container.is_tombstone:
        return None
    return Refusal(RefusalCode.BUSY, f"{container.name} is busy: {holder(operations.get(container.operation))}")


def refuse_altered(container: Container) -> Refusal | None:
    """Return the refusal when the audit trail does not confirm the record, else None."""
    return check_provenance(container, trail.provenance(container.id))


def refuse_not_ours(container: Container) -> Refusal | None:
    """Return the refusal when the audit trail does not permit to destroy the guest of a record, else None. A closed
    record is refused anyway.
    """
    return None if container.is_tombstone else check_ours(container, trail.provenance(container.id))


def _released(container: Container) -> Container:
    """Return the record without the interrupted operation that no process executes: a soft delete abandons it, too."""
    if container.operation is None or operations.is_alive(operations.get(container.operation)):
        return container
    return replace(container, operation=None)
