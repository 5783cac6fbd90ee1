"""The plan of a restore, from a fresh reading of the backups and of the place, or its refusal. It writes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.engine.operations.planners.create_planner import CreatePlanner
from proximity_tui.core.engine.operations.planners.plan_reads import (
    ask_who_has_a_quorum,
    reads_once,
    refused_where_denied,
)
from proximity_tui.core.engine.operations.record_guards import refuse_altered, refuse_busy
from proximity_tui.core.model import (
    BackupList,
    ClinicalRecord,
    ClosedReason,
    Container,
    CreateRequest,
    Plan,
    Refusal,
    RefusalCode,
)
from proximity_tui.core.model.actions.plan_options import CreateOptions
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store import clusters
from proximity_tui.core.store.records import clinical_records, public_ports, records

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.actions.restore.recreating import RecreateRequest
    from proximity_tui.core.doctrine.actions.restore.restoring import RestoreRequest
    from proximity_tui.core.proxmox.client import PveClient


class RestorePlanner(CreatePlanner):
    """The part of the planner that brings containers back that are gone."""

    def lost_record(self, record_id: int) -> Container:
        """Return the record of a container that is to be restored: of one that was never made, the one before it. Its
        cluster has the name of today.
        """
        record = records.get(record_id)
        while record.closed_reason == ClosedReason.NEVER_CREATED and record.predecessor is not None:
            record = records.get(record.predecessor)
        return record

    @reads_once
    def restorable(self, record: Container) -> BackupList | Refusal:
        """Return the backups that a container can be restored from, or the refusal. Raises ProxmoxError."""
        from proximity_tui.core.engine.observe.places import restorable

        client = self.clients.get(clusters.current_name(record.cluster))
        if client is None:
            return refusals.not_configured(record.cluster)
        if record.vmid is None:
            return refusals.no_guest_to_ask(record)
        return restorable.backups_of(client, record)

    @reads_once
    def refuse_recreation(self, record: Container) -> Refusal | None:
        """Return the refusal to make an empty container in the place of this one, else None. Raises ProxmoxError."""
        client = self.clients.get(clusters.current_name(record.cluster))
        lost = refusals.not_configured(record.cluster) if client is None else _made_again(client, record)
        return lost if isinstance(lost, Refusal) else None

    @refused_where_denied
    @reads_once
    def plan_recreate(self, record: Container, wanted: RecreateRequest) -> Plan | Refusal:
        """Return the plan for an empty container as the clinical record of a lost one says, or the refusal; its
        warnings say what is lost, and give the line for `pct create`. Raises ProxmoxError as `plan_create` does.
        """
        from proximity_tui.core.doctrine.actions.restore import recreating

        cluster = clusters.current_name(record.cluster)
        client = self.clients.get(cluster)
        if client is None:
            return refusals.not_configured(cluster)
        lost = _made_again(client, record)
        if isinstance(lost, Refusal):
            return lost
        captured, former = lost
        ask_who_has_a_quorum(client)
        config = captured.config or {}
        node = wanted.node or record.node or client.least_loaded_node()
        offered = [one.volid for one in client.templates(str(node), [])]
        template = recreating.choose_template(config, offered, wanted.template)
        if isinstance(template, Refusal):
            return template
        known = replace(record, ports=public_ports.held_when_closed(record))
        own = record.vmid if former is None else None
        request = recreating.request_for(known, config, template, wanted, own)
        planned = self.plan_create(cluster, request)
        return planned if isinstance(planned, Refusal) else _instead_of(record, captured, request, planned)

    @refused_where_denied
    @reads_once
    def plan_restore(self, record: Container, request: RestoreRequest) -> Plan | Refusal:
        """Return the plan for restoring the container of a record, open or closed, or the refusal. Raises ProxmoxError
        when the cluster cannot be read.
        """
        from proximity_tui.core.doctrine.actions.restore import restoring
        from proximity_tui.core.engine.observe.places import restorable

        cluster = clusters.current_name(record.cluster)
        client = self.clients.get(cluster)
        refused = self.refuse_write_to(cluster) or restoring.check_request(request)
        if refused is not None:
            return refused
        if client is None:
            return refusals.not_configured(cluster)
        refused = refuse_busy(record) or refuse_altered(record)
        if refused is not None:
            return refused
        ask_who_has_a_quorum(client)
        lost = restorable.read_lost(client, record)
        gone = restoring.check_lost(lost)
        if gone is not None:
            return gone
        backups = restorable.backups_of(client, record)
        chosen = restorable.choose_backup(client, record, backups, request.backup)
        if isinstance(chosen, Refusal):
            # Of a container that is there it does not matter that it has no backup.
            former = restorable.former_holder(client, record)
            return former if isinstance(former, Refusal) else chosen
        place = restorable.place_for(client, lost, chosen, request)
        return place if isinstance(place, Refusal) else restoring.plan_restore(lost, chosen, place, request)


def _made_again(client: PveClient, record: Container) -> tuple[ClinicalRecord, str | None] | Refusal:
    """Return the clinical record by which a lost container can be made again, and who has its VMID now; or the
    refusal.
    """
    from proximity_tui.core.engine.observe.places import restorable

    captured = _captured(record)
    if isinstance(captured, Refusal):
        return (None if record.is_tombstone else _refuse_where_seen(client, record)) or captured
    former = None if record.vmid is None else restorable.former_holder(client, record)
    return former if isinstance(former, Refusal) else (captured, former)


def _refuse_where_seen(client: PveClient, record: Container) -> Refusal | None:
    """Return the refusal of a container that is seen to be there: nobody is told to close its record."""
    from proximity_tui.core.doctrine.actions.restore import restoring
    from proximity_tui.core.engine.observe.places import restorable

    try:
        refused = restoring.check_lost(restorable.read_lost(client, record))
    except ProxmoxError:
        return None
    return refused if refused is not None and refused.code is RefusalCode.VMID_TAKEN else None


def _captured(record: Container) -> ClinicalRecord | Refusal:
    """Return the clinical record by which a lost container can be made again, or the refusal."""
    from proximity_tui.core.engine.observe.places import restorable

    revision = clinical_records.latest(record.id)
    if revision is None or revision.record.config is None:
        return Refusal(RefusalCode.NO_CLINICAL_RECORD, f"no config of {record.name} was ever captured")
    if not record.is_tombstone:
        message = f"the record of {record.name} is still open: reconcile first, or close it (delete --soft)"
        return Refusal(RefusalCode.MANAGED, message)
    successor = records.find_successor(record.id) or restorable.made_instead_of(record)
    return revision.record if successor is None else refusals.back_already(record, successor)


def _instead_of(record: Container, captured: ClinicalRecord, request: CreateRequest, planned: Plan) -> Plan:
    """Return the plan of a creation as that of a container made instead of a lost one, with what is lost."""
    from proximity_tui.core.doctrine.actions.restore import recreating
    from proximity_tui.core.doctrine.pct_commands.recreation_line import recreation_line

    config, snapshots = captured.config or {}, [str(one.get("name")) for one in captured.snapshot_rows]
    lost = recreating.what_is_lost(config, snapshots)
    options = replace(planned.carries(CreateOptions), instead_of=record.id)
    # A plan is printed and kept: the secrets of the config stay behind `show --reveal`.
    line = recreation_line(request, config, int(planned.vmid or 0), options.storage)
    by_hand = f"or by hand, as root on {planned.node}: {line}"
    return replace(planned, options=options, warnings=(*lost, by_hand, *planned.warnings))
