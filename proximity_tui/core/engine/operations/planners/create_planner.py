"""The plans of new containers: a creation, and a clone of one of ours. It writes nothing."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.engine.operations.planners.plan_reads import (
    ask_who_has_a_quorum,
    reads_once,
    refused_where_denied,
)
from proximity_tui.core.engine.operations.planners.planner import Planner
from proximity_tui.core.engine.operations.record_guards import refuse_busy
from proximity_tui.core.model import Container, CreateRequest, GuestDetail, Plan, Refusal
from proximity_tui.core.store.records import records

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest
    from proximity_tui.core.proxmox.client import PveClient


class CreatePlanner(Planner):
    """The part of the planner that is about new containers."""

    @refused_where_denied
    @reads_once
    def plan_create(self, cluster: str, request: CreateRequest) -> Plan | Refusal:
        """Return the plan for a new native container, or the refusal; node, storage and VMID are chosen where the
        request leaves them open. Raises ProxmoxError when the cluster cannot be read.
        """
        from proximity_tui.core.doctrine.actions.create import creation
        from proximity_tui.core.engine.observe.places import placement

        refused = self.refuse_write_to(cluster)
        if refused:
            return refused
        wrong = creation.check_request(request)
        if wrong:
            return wrong
        client = self.clients[cluster]
        ask_who_has_a_quorum(client)
        vmid = self._number_for(client, cluster, request.vmid)
        if isinstance(vmid, Refusal):
            return vmid
        place = placement.place_for_creation(client, request, vmid, self.settings.port_pool)
        if isinstance(place, Refusal):
            return place
        where = creation.CreatePlace(
            cluster, place.node, str(place.storage), vmid, client.quorum(), warnings=place.warnings
        )
        return creation.plan_create(replace(request, bridge=place.bridge, tags=place.tags), where, uuid.uuid4().hex)

    @refused_where_denied
    @reads_once
    def plan_clone(self, source: Container, request: CloneRequest) -> Plan | Refusal:
        """Return the plan for a native copy of one of our containers, or the refusal; its VMID is chosen here. Raises
        ProxmoxError when the cluster cannot be read.
        """
        from proximity_tui.core.doctrine.actions.create import cloning
        from proximity_tui.core.engine.observe.places import placement

        refused = self.refuse_write_to(source.cluster) or cloning.check_request(request) or refuse_busy(source)
        if refused:
            return refused
        lookup = self.inspect(source)
        if lookup is None:
            return refusals.no_guest_to_ask(source)
        client = self.clients[source.cluster]
        warnings: tuple[str, ...] = ()
        if isinstance(lookup, GuestDetail):
            place = placement.place_for_clone(client, request, lookup, self.settings.port_pool)
            if isinstance(place, Refusal):
                return place
            warnings = place.warnings
        vmid = self._number_for(client, source.cluster)
        if isinstance(vmid, Refusal):
            return vmid
        planned = cloning.plan_clone(source, request, lookup, vmid, uuid.uuid4().hex)
        return replace(planned, warnings=(*planned.warnings, *warnings)) if isinstance(planned, Plan) else planned

    def _number_for(self, client: PveClient, cluster: str, wanted: int | None = None) -> int | Refusal:
        """Return the VMID of a new container: the wanted one, or one that is free and in no record; or the refusal."""
        ours = {container.vmid: container.name for container in records.active(cluster)}
        if wanted is None:
            return client.next_free(avoid=set(ours))
        if wanted not in ours and client.is_free(wanted):
            return wanted
        return refusals.vmid_not_free(wanted, ours.get(wanted), client.next_free(avoid=set(ours)))
