"""Undo: which event is meant, the plan that takes it back from a fresh look, and carrying it out as it was shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.core.doctrine.actions.deletion import Choice
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.guards.provenance import check_kind_kept
from proximity_tui.core.doctrine.undo.undo_kinds import UndoKind, newest_decision
from proximity_tui.core.doctrine.undo.undo_rules import (
    UndoPlan,
    opposite_request,
    plan_baseline,
    plan_port,
    plan_reattach,
    plan_reopen,
    plan_stop_managing,
    undo_kind,
)
from proximity_tui.core.engine.observe import inspection
from proximity_tui.core.engine.operations.actions import change_ports
from proximity_tui.core.engine.operations.outcome import Done, Outcome, Refused
from proximity_tui.core.model import Container, Event, Refusal, RefusalCode
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.actions.port_plan import PortPlan
from proximity_tui.core.model.port_registry import PortRegistry
from proximity_tui.core.store import clusters, events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.store_errors import Conflict, LostRace
from proximity_tui.core.store.records import baselines, clinical_records, identity_trail, public_ports, records

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

MOST_EVENTS = 500
"""Events that are looked through for the one to take back."""


def last_of_container(container_id: int) -> Event | Refusal:
    """Return the last thing that somebody did with a record, open or closed. Raises StoreError."""
    found = newest_decision(events.list_events(container=container_id, limit=MOST_EVENTS))
    return found or _nothing(f"nothing was done with record {container_id}")


def last_of_actor(actor: str, cluster: str | None = None) -> Event | Refusal:
    """Return the last thing that an actor did, in a cluster or anywhere. Raises StoreError."""
    found = (one for one in events.list_events(cluster=cluster, limit=MOST_EVENTS) if one.actor == actor)
    return newest_decision(found) or _nothing(f"{actor} has done nothing lately")


def with_number(seq: int) -> Event | Refusal:
    """Return the event with this number. Raises StoreError."""
    found = events.list_events(before=seq + 1, limit=1)
    if found and found[0].seq == seq:
        return found[0]
    return Refusal(RefusalCode.NOT_FOUND, f"there is no event {seq}")


def of_acknowledgement(alert_id: int) -> Event | Refusal:
    """Return the event of the present acknowledgement of an alert. Raises StoreError."""
    alert = alerts.get(alert_id)
    if alert.acknowledged is None:
        return _nothing(f"alert {alert_id} is not acknowledged")
    about = events.list_events(container=alert.container, cluster=alert.cluster, vmid=alert.vmid, limit=MOST_EVENTS)
    found = (
        one for one in about if one.action == EventAction.ALERT_ACKNOWLEDGED and one.evidence.get("alert") == alert_id
    )
    return next(found, None) or _nothing(f"the event of the acknowledgement of alert {alert_id} is too old")


def plan_undo(context: AppContext, event: Event) -> UndoPlan | Refusal:
    """Return the plan that takes an event back, or the refusal. Inspects the guest where that is needed."""
    kind = undo_kind(event)
    match kind:
        case Refusal():
            return kind
        case UndoKind.REOPEN:
            alert, present = int(event.evidence["alert"]), of_acknowledgement(int(event.evidence["alert"]))
            return plan_reopen(event, alerts.get(alert), present if isinstance(present, Event) else None)
        case UndoKind.STOP_MANAGING:
            container = _record_of(event)
            return plan_stop_managing(event, container, context.engine.plan_delete(container, Choice.SOFT))
        case UndoKind.REATTACH:
            return _plan_reattach(context, event, _record_of(event))
        case UndoKind.BASELINE:
            container = _record_of(event)
            latest = clinical_records.latest(container.id)
            return plan_baseline(event, container, None if latest is None else latest.revision)
        case UndoKind.PORT:
            return plan_port(event, _opposite(context, event))


def undo(context: AppContext, plan: UndoPlan) -> Outcome:
    """Carry out a confirmed plan. Refused where what it was made from changed since. Return the outcome."""
    match plan.kind:
        case UndoKind.REATTACH:
            return context.engine.reattach(_record_of(plan.event).id, plan.guest)
        case UndoKind.STOP_MANAGING:
            assert plan.closing is not None
            container = _record_of(plan.event)
            return context.engine.delete(plan.closing, container)
        case UndoKind.REOPEN:
            return _reopen(context, plan)
        case UndoKind.BASELINE:
            return _restore_baseline(context, plan)
        case UndoKind.PORT:
            return _change_port(context, plan)


def _record_of(event: Event) -> Container:
    assert event.container is not None, "an event of a record names it"
    return records.get(event.container)


def _plan_reattach(context: AppContext, event: Event, tombstone: Container) -> UndoPlan | Refusal:
    cluster = clusters.current_name(tombstone.cluster)
    client = context.clients.get(cluster)
    refused = context.engine.refuse_write_to(cluster) or (None if client else refusals.not_configured(cluster))
    if refused or client is None or tombstone.vmid is None:
        return refused or refusals.no_guest_to_ask(tombstone)
    existing = records.find_active(cluster, tombstone.vmid)
    other_kind = None if existing is not None else check_kind_kept(tombstone, identity_trail.provenance(tombstone.id))
    if other_kind is not None:
        return other_kind
    # A record that holds the VMID answers without asking the cluster.
    lookup = None if existing is not None else inspection.inspect_guest(client, tombstone.vmid)
    return plan_reattach(event, tombstone, existing, lookup)


def _reopen(context: AppContext, plan: UndoPlan) -> Outcome:
    assert plan.acknowledgement is not None
    settings = context.engine.settings
    if settings.read_only:
        return Refused(refusals.READ_ONLY)
    try:
        alerts.reopen(int(plan.event.evidence["alert"]), settings.actor, plan.acknowledgement)
    except Conflict as conflict:
        return Refused(Refusal(RefusalCode.CHANGED, str(conflict)))
    return Done()


def _restore_baseline(context: AppContext, plan: UndoPlan) -> Outcome:
    assert plan.baseline is not None
    container = _record_of(plan.event)
    refused = context.engine.refuse_write_to(container.cluster)
    if refused:
        return Refused(refused, container=container)
    before = int(plan.event.evidence["baseline_before"])
    try:
        baselines.return_to(container, before, plan.baseline, context.engine.settings.actor, plan.event.seq)
    except LostRace as lost:
        return Refused(Refusal(RefusalCode.CHANGED, str(lost)), container=container)
    return Done(container=container)


def _opposite(context: AppContext, event: Event) -> PortPlan | Refusal:
    engine = context.engine
    request = opposite_request(event, PortRegistry(public_ports.registry(), engine.settings.port_pool))
    return request if isinstance(request, Refusal) else change_ports.plan(request, engine.settings, engine.clock.now())


def _change_port(context: AppContext, plan: UndoPlan) -> Outcome:
    assert plan.port is not None
    engine = context.engine
    if engine.settings.read_only:
        return Refused(refusals.READ_ONLY)
    changed = change_ports.execute(plan.port, engine.settings, engine.clock.now())
    return Refused(changed) if isinstance(changed, Refusal) else Done()


def _nothing(why: str) -> Refusal:
    return Refusal(RefusalCode.NOT_UNDOABLE, f"there is nothing to undo: {why}")
