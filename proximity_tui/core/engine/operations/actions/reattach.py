"""The execution of a re-attachment: a new record that follows a tombstone, in one transaction, and
no write to Proxmox.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.actions.adoption import check_reattach
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.guards.provenance import check_kind_kept
from proximity_tui.core.doctrine.observation.identity import fingerprint_of
from proximity_tui.core.doctrine.observation.judge import tags_in
from proximity_tui.core.doctrine.undo.undo_rules import ShownGuest, has_changed
from proximity_tui.core.engine.observe import inspection
from proximity_tui.core.engine.operations.outcome import Done, EngineSettings, Failed, Outcome, Refused
from proximity_tui.core.model import ClinicalRecord, Container, GuestDetail, Kind, Presence, Refusal, RefusalCode, State
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.model.lifecycle import state_for
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.store_errors import Conflict
from proximity_tui.core.store.records import clinical_records, identity_trail, public_ports, records

_FIRST_STATE = {Kind.NATIVE: State.DEPLOYING, Kind.ADOPTED: State.ADOPTING}


def execute(
    client: PveClient, tombstone: Container, settings: EngineSettings, shown: ShownGuest | None = None
) -> Outcome:
    """Manage the guest of a tombstone again, as what it was. An inspection decides whether it is the same guest; one
    that a person was `shown` must still be as it was. Return the outcome.
    """
    lookup = inspection.inspect_guest(client, tombstone.vmid) if tombstone.vmid is not None else None
    existing = records.find_active(client.cluster, tombstone.vmid) if tombstone.vmid is not None else None
    managed = refusals.managed(existing) if existing is not None else None
    other_kind = managed or check_kind_kept(tombstone, identity_trail.provenance(tombstone.id))
    refused = other_kind or check_reattach(tombstone, existing, lookup)
    if refused is not None:
        return Refused(refused, container=tombstone)
    if has_changed(shown, lookup):
        return Refused(refusals.changed(f"CT {tombstone.vmid} changed"), container=tombstone)
    assert isinstance(lookup, GuestDetail), "what was not seen is refused"
    try:
        captured = client.clinical(lookup.node, lookup.vmid)
        if captured.config is None:
            gaps = "; ".join(captured.gaps)
            return Failed(f"nothing was re-attached: not read whole ({gaps})", container=tombstone)
        if fingerprint_of(captured.config) != lookup.fingerprint:
            changed = f"nothing was re-attached: CT {lookup.vmid} changed while it was read; try again"
            return Refused(Refusal(RefusalCode.CHANGED, changed), container=tombstone)
        return Done(container=_record(tombstone, lookup, captured, settings))
    except ProxmoxError as error:
        return Failed(f"nothing was re-attached: {error.sentence}", container=tombstone)
    except Conflict as conflict:
        return Refused(Refusal(RefusalCode.MANAGED, str(conflict)), container=tombstone)


def _record(tombstone: Container, seen: GuestDetail, captured: ClinicalRecord, settings: EngineSettings) -> Container:
    with transaction():
        container = records.add(
            _new_record(tombstone, seen),
            actor=settings.actor,
            action=EventAction.REATTACH,
            message=f"re-attaching {tombstone.label}, closed before: {tombstone.closed_words}",
        )
        clinical_records.add_revision(container.id, captured, "re-attached")
        back = public_ports.take_back(container.id, public_ports.held_when_closed(tombstone))
        container = records.transition(
            container,
            state_for(seen.status) or State.ERROR,
            actor=settings.actor,
            action=EventAction.REATTACH,
            message=f"re-attached {container.label}, {seen.status}",
            evidence={
                "tombstone": tombstone.id,
                "digest": seen.digest,
                "ports_back": [port.public for port in back],
            },
        )
        alerts.resolve(alerts.key_of(AlertKind.RETURNED, container=tombstone.id), "re-attached", by=settings.actor)
    return container


def _new_record(tombstone: Container, seen: GuestDetail) -> records.NewRecord:
    """Return the record that continues a closed one, of the guest as it was seen."""
    return records.NewRecord(
        cluster=seen.cluster,
        vmid=tombstone.vmid,
        node=seen.node,
        name=seen.fingerprint.hostname if seen.fingerprint and seen.fingerprint.hostname else tombstone.name,
        kind=tombstone.kind,
        state=_FIRST_STATE[tombstone.kind],
        fingerprint=seen.fingerprint,
        predecessor=tombstone.id,
        seen=records.FirstSeen(
            status=seen.status,
            presence=Presence.PRESENT,
            observed_at=seen.taken_at,
            lock=seen.lock,
            template=seen.template,
            tags=tags_in(seen.config or {}),
        ),
    )
