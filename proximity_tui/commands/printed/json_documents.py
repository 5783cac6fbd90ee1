"""The shapes that several commands print, as JSON (an outer contract: fields are added, never renamed)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proximity_tui.commands.printed.output import utc
from proximity_tui.core.model import StepOutcome

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome
    from proximity_tui.core.model import Container, Event, Operation, Plan, PortMapping, StepRecord
    from proximity_tui.core.model.guests.probe_result import PortObservation


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
    from proximity_tui.core.doctrine.pct_commands.plan_lines import lines_by_hand

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
