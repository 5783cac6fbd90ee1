"""The shapes that several commands print, as JSON (an outer contract: fields are added, never renamed) and as words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base.output import local, utc
from proximity_tui.core.fleet import FleetRow, GuestRow
from proximity_tui.core.model import Container, Event, Operation, Plan, PortMapping, Presence, StepOutcome, StepRecord
from proximity_tui.core.model.guests.probe import PortObservation

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome


def row_document(row: GuestRow) -> dict[str, Any]:
    """Return one entry of `list`. What only a container of ours has is null or empty for the others."""
    ours = row if isinstance(row, FleetRow) else None
    return {
        "id": row.id,
        "cluster": row.cluster,
        "node": row.node,
        "vmid": row.vmid,
        "name": row.name,
        "kind": row.kind,
        "state": row.state,
        "status": row.status,
        "presence": row.presence,
        "presence_reason": row.reason,
        "observed_at": utc(row.observed_at),
        "ports": [port_document(port) for port in ours.ports] if ours else [],
        "drift": ours.drift if ours else None,
        "last_error": ours.last_error if ours else None,
        "operation": operation_document(ours.operation) if ours and ours.operation else None,
        "tags": list(row.tags),
        "lock": row.lock,
    }


def port_document(port: PortMapping) -> dict[str, int]:
    """Return the document of a port that we allocated."""
    return {"public": port.public, "container": port.container}


def observation_document(one: PortObservation) -> dict[str, Any]:
    """Return what a connect met: an observation, with its time and origin."""
    return {
        "address": one.address,
        "port": one.port,
        "outcome": one.outcome,
        "observed_at": utc(one.observed_at),
        "origin": one.origin,
    }


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return the document of a plan, as `--plan` prints it."""
    # Few commands show a plan.
    from proximity_tui.core.doctrine.by_hand.lines import lines_by_hand

    return {
        "action": plan.action,
        "cluster": plan.cluster,
        "node": plan.node,
        "vmid": plan.vmid,
        "name": plan.name,
        "summary": plan.summary,
        "steps": [{"step": step.name, "reason": step.reason} for step in plan.steps],
        "warnings": list(plan.warnings),
        "pct": list(lines_by_hand(plan)),
    }


def step_documents(plan: Plan | None, operation: Operation | None, *, done: bool) -> list[dict[str, Any]]:
    """Return the outcome of each step: from the journal, or, for a plan without one, from its ending."""
    if operation is not None:
        return [_step_document(step) for step in operation.steps]
    outcome = StepOutcome.DONE if done else StepOutcome.PENDING
    steps = plan.steps if plan else ()
    return [{"step": step.name, "outcome": outcome, "task": None} for step in steps]


def whose_document(container: Container) -> dict[str, Any]:
    """Return the fields that say which container a document is about."""
    return {
        "container": container.id,
        "cluster": container.cluster,
        "node": container.node,
        "vmid": container.vmid,
        "name": container.name,
    }


def state_fields(container: Container | None) -> dict[str, Any]:
    """Return the fields for the state of a record as it is now: a closed one has none, but a reason."""
    if container is None or container.is_tombstone:
        return {"state": None, "closed": container.closed_reason if container is not None else None}
    return {"state": container.state}


def outcome_document(container: Container, result: Outcome, action: str, **fields: Any) -> dict[str, Any]:
    """Return the document of an action on a container: whose it is, `fields` of its own, its steps and its error."""
    return {
        "success": result.success,
        "action": action,
        **whose_document(container),
        **fields,
        "steps": step_documents(result.plan, result.operation, done=result.success),
        "error": result.error,
    }


def _step_document(step: StepRecord) -> dict[str, Any]:
    document = {"step": step.name, "outcome": step.outcome, "task": step.task}
    return {**document, "warnings": list(step.warnings)} if step.warnings else document


def operation_document(operation: Operation) -> dict[str, Any]:
    """Return the document of an operation with its journal."""
    return {
        "id": operation.id,
        "container": operation.container,
        "cluster": operation.cluster,
        "vmid": operation.vmid,
        "name": operation.name,
        "action": operation.action,
        "status": operation.status,
        "actor": operation.actor,
        "started_at": utc(operation.started_at),
        "heartbeat_at": utc(operation.heartbeat_at),
        "progress": operation.progress,
        "steps": step_documents(None, operation, done=False),
        "error": operation.error,
    }


def event_document(event: Event) -> dict[str, Any]:
    """Return the document of one line of the audit trail."""
    return {
        "seq": event.seq,
        "at": utc(event.at),
        "actor": event.actor,
        "action": event.action,
        "container": event.container,
        "cluster": event.cluster,
        "vmid": event.vmid,
        "message": event.message,
        "evidence": event.evidence,
        "hash": event.hash,
    }


def ports_words(row: GuestRow | Container) -> str | None:
    """Return the ports as `8101→80, 8102→22`, or None."""
    if not isinstance(row, FleetRow | Container):
        return None
    return ", ".join(f"{port.public}→{port.container}" for port in row.ports) or None


def status_words(row: GuestRow) -> str:
    """Return the status, and the reason where it is unknown."""
    doubtful = row.presence is not Presence.PRESENT
    verdict = f" ({row.presence})" if doubtful and row.presence is not Presence.UNKNOWN else ""
    return f"{row.status}{verdict}"


def notes_words(row: GuestRow) -> str | None:
    """Return the notes on the row, most urgent first, or None."""
    ours = row if isinstance(row, FleetRow) else None
    notes = []
    if ours and ours.operation is not None:
        notes.append(f"{ours.operation.action} {ours.operation.status}, step {ours.operation.progress}")
    if ours and ours.last_error:
        notes.append(ours.last_error)
    if row.reason and not (ours and row.reason == ours.last_error):
        notes.append(row.reason)
    if row.lock and not (ours and ours.unsettled):
        notes.append(f"locked ({row.lock})")
    if ours and ours.drift:
        notes.append(f"drift {ours.drift}")
    if row.presence is not Presence.PRESENT and row.observed_at is not None:
        notes.append(f"last seen {local(row.observed_at)}")
    return "; ".join(notes) or None
