"""The execution of an adoption: it reads the whole guest, then writes everything in one transaction.

A killed process leaves either no record or a whole one, so adoption needs no journal and no resume.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest, plan_adoption
from proximity_tui.core.doctrine.observation.identity import fingerprint_of
from proximity_tui.core.doctrine.observation.judge import tags_in
from proximity_tui.core.engine.observe import inspection
from proximity_tui.core.engine.operations.outcome import Done, EngineSettings, Failed, Outcome, Refused, unwritten
from proximity_tui.core.engine.operations.plan_check import CapturedGuest, capture_as_shown
from proximity_tui.core.model import (
    Action,
    ClinicalRecord,
    Container,
    GuestDetail,
    GuestLookup,
    Inventory,
    Kind,
    Plan,
    PortMapping,
    Presence,
    Refusal,
    RefusalCode,
    State,
    Status,
)
from proximity_tui.core.model.actions.plan import AdoptionBound
from proximity_tui.core.model.guests.guest import display_name
from proximity_tui.core.model.lifecycle import state_for
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.store_errors import Conflict, PortsExhausted, StoreError
from proximity_tui.core.store.records import clinical_records, public_ports, records


def inspect_to_adopt(client: PveClient, vmid: int, inventory: Inventory | None = None) -> GuestLookup:
    """Return what is at a VMID, as far as an adoption needs it: two requests where an `inventory` is given."""
    return inspection.inspect_guest(client, vmid, inventory=inventory, read=client.inspect_briefly)


def plan(client: PveClient, vmid: int, request: AdoptionRequest, lookup: GuestLookup | None = None) -> Plan | Refusal:
    """Return the plan for adopting the guest at `vmid`, from a fresh inspection unless one is given; or the refusal."""
    existing = records.find_active(client.cluster, vmid)
    seen = lookup or inspect_to_adopt(client, vmid)
    name = name_of(seen) if isinstance(seen, GuestDetail) else display_name(None, vmid)
    return plan_adoption(vmid, request, seen, existing, name, records.last_tombstone(client.cluster, vmid))


def name_of(seen: GuestDetail) -> str:
    """Return the name of the guest: its hostname, or `CT105` where it has none."""
    hostname = seen.fingerprint.hostname if seen.fingerprint else None
    return display_name(hostname, seen.vmid)


def execute(client: PveClient, agreed: Plan, request: AdoptionRequest, settings: EngineSettings) -> Outcome:
    """Adopt by a confirmed plan, and only the guest that was shown, unchanged. Return the outcome."""
    found = capture_as_shown(client, agreed, lambda lookup: plan(client, lookup.vmid, request, lookup))
    if isinstance(found, Refusal):
        return Refused(found, plan=agreed)
    try:
        return record_adopted(client, found, request, settings)
    except Conflict as conflict:
        return Refused(Refusal(RefusalCode.MANAGED, str(conflict)), plan=agreed)
    except PortsExhausted as error:
        return Failed(f"{error}; adopt it without a port, or widen the pool", plan=agreed)
    except StoreError as error:
        return unwritten(error, "nothing was adopted", plan=agreed)


def record_adopted(
    client: PveClient, found: CapturedGuest, request: AdoptionRequest, settings: EngineSettings
) -> Outcome:
    """Write the record of a guest that was captured as it was shown, its clinical record and its port, all or nothing.
    Return the outcome. Raises StoreError.
    """
    captured = found.record
    keys = len(captured.config) if captured.config is not None else 0
    with transaction():
        container = _add(client.cluster, found, settings)
        clinical_records.add_revision(container.id, captured, "adopted")
        mapping = _publish(container.id, request.port, settings)
        container = records.transition(
            container,
            state_for(captured.status) or State.ERROR,
            actor=str(settings.actor),
            action=Action.ADOPT,
            message=f"adopted {container.label}, {captured.raw_status}, {keys} config keys captured",
            evidence={
                "digest": captured.digest,
                "config_keys_count": keys,
                "port": mapping,
                "gaps": captured.gaps,
            },
            last_error=_status_error(captured),
        )
    detail = {
        "status_at_adoption": captured.raw_status,
        "config_snapshot_captured": captured.config is not None,
        "config_keys_count": keys,
        "public_port": mapping.public if mapping else None,
    }
    return Done(plan=found.plan, container=container, detail=detail)


def _add(cluster: str, found: CapturedGuest, settings: EngineSettings) -> Container:
    """Add the record of the guest as it was captured, as `adopting`. Return the record."""
    seen, captured, agreed = found.seen, found.record, found.plan
    return records.add(
        records.NewRecord(
            cluster=cluster,
            vmid=seen.vmid,
            node=seen.node,
            name=agreed.name,
            kind=Kind.ADOPTED,
            state=State.ADOPTING,
            fingerprint=fingerprint_of(captured.config) if captured.config is not None else seen.fingerprint,
            predecessor=agreed.bound_to.predecessor if isinstance(agreed.bound_to, AdoptionBound) else None,
            seen=records.FirstSeen(
                status=captured.status,
                presence=Presence.PRESENT,
                observed_at=captured.captured_at,
                lock=seen.lock,
                template=seen.template,
                tags=tags_in(captured.config or seen.config or {}),
            ),
        ),
        actor=settings.actor,
        action=Action.ADOPT,
        message=f"adopting {agreed.name} (CT {seen.vmid} on {seen.node})",
    )


def _publish(container: int, port: int | None, settings: EngineSettings) -> PortMapping | None:
    return None if port is None else public_ports.allocate(container, port, settings.port_pool)


def _status_error(captured: ClinicalRecord) -> str | None:
    if captured.status is Status.UNKNOWN:
        return f"Proxmox reported the status {captured.raw_status!r}: neither running nor stopped"
    return None
